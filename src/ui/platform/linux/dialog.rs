//! Message boxes and file dialogs.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use gtk::glib;
use gtk::prelude::*;

use crate::bridge::{FileDialog, FileDialogKind, FileFilter, MessageBox};

use super::menu::mnemonic;
use super::picture;
use super::window::Window;

type Answer = Box<dyn FnOnce(i32, bool)>;

/// An open message box. It has any number of buttons, which rfd's have not.
pub(crate) struct MessageDialog {
  dialog: gtk::MessageDialog,
  checkbox: Option<gtk::CheckButton>,
  cancel_id: i32,
  answer: RefCell<Option<Answer>>,
}

impl MessageDialog {
  /// Opens a message box. `answer` gets the button's number and the checkbox, once.
  pub(crate) fn open(parent: Option<&Window>, message_box: &MessageBox, answer: impl FnOnce(i32, bool) + 'static) -> Rc<Self> {
    let kind = match message_box.kind.as_str() {
      "info" => gtk::MessageType::Info,
      "warning" => gtk::MessageType::Warning,
      "error" => gtk::MessageType::Error,
      "question" => gtk::MessageType::Question,
      _ => gtk::MessageType::Other,
    };
    let flags = if parent.is_some() { gtk::DialogFlags::MODAL } else { gtk::DialogFlags::empty() };
    let text = |text: &str| text.replace('\0', "");
    let dialog = gtk::MessageDialog::new(parent.map(Window::gtk), flags, kind, gtk::ButtonsType::None, &text(&message_box.message));
    dialog.set_title(&text(&message_box.title));
    if !message_box.detail.is_empty() {
      dialog.set_secondary_text(Some(&text(&message_box.detail)));
    }
    if let Some(icon) = message_box.icon.as_ref().and_then(picture::to_pixbuf) {
      // GTK has no other place for a picture in a message box.
      let image = gtk::Image::from_pixbuf(Some(&icon));
      image.set_valign(gtk::Align::Start);
      image.show();
      dialog.set_property("image", &image);
    }
    let buttons: &[String] = if message_box.buttons.is_empty() { &["OK".to_owned()] } else { &message_box.buttons };
    for (number, label) in buttons.iter().enumerate() {
      let number = u16::try_from(number).unwrap_or(u16::MAX);
      dialog.add_button(&mnemonic(label), gtk::ResponseType::Other(number));
    }
    if let Ok(default) = u16::try_from(message_box.default_id) {
      dialog.set_default_response(gtk::ResponseType::Other(default));
    }
    let checkbox = (!message_box.checkbox_label.is_empty()).then(|| {
      let checkbox = gtk::CheckButton::with_label(&text(&message_box.checkbox_label));
      checkbox.set_active(message_box.checkbox_checked);
      if let Ok(area) = dialog.message_area().downcast::<gtk::Box>() {
        area.pack_start(&checkbox, false, false, 0);
      }
      checkbox.show();
      checkbox
    });
    let this =
      Rc::new(Self { dialog: dialog.clone(), checkbox, cancel_id: message_box.cancel_id, answer: RefCell::new(Some(Box::new(answer))) });
    // The handlers keep the box alive; they go with the dialog.
    let answering = this.clone();
    dialog.connect_response(move |_, response| {
      answering.finish(match response {
        gtk::ResponseType::Other(number) => Some(i32::from(number)),
        _ => None,
      });
    });
    let answering = this.clone();
    // A box whose parent is destroyed goes without a response.
    dialog.connect_destroy(move |_| answering.finish(None));
    if parent.is_some() {
      dialog.set_destroy_with_parent(true);
    }
    dialog.show();
    dialog.present();
    this
  }

  /// Closes the box as Escape would.
  pub(crate) fn cancel(&self) {
    self.finish(None);
  }

  fn finish(&self, button: Option<i32>) {
    let Some(answer) = self.answer.take() else { return };
    let checked = self.checkbox.as_ref().is_some_and(|checkbox| checkbox.is_active());
    answer(button.unwrap_or(self.cancel_id), checked);
    let dialog = self.dialog.clone();
    // Not inside of the dialog's own signal.
    glib::idle_add_local_once(move || {
      // SAFETY: nothing uses the widget after this; pointers that are left only keep its memory.
      unsafe { dialog.destroy() };
    });
  }
}

/// Opens a file dialog. rfd makes it, in an idle call of its own; what rfd has no setting for is set in the next idle call, when the
/// dialog is there. A dialog of the desktop's portal is out of reach and does without.
pub(crate) fn file_dialog(parent: Option<&Window>, options: FileDialog, answer: impl FnOnce(Vec<String>) + 'static) {
  let mut dialog = rfd::AsyncFileDialog::new();
  if let Some(title) = &options.title {
    // rfd makes C strings of these and takes it for granted that they are some.
    dialog = dialog.set_title(title.replace('\0', ""));
  }
  let (folder, name) = start_of(options.default_path.as_deref());
  if let Some(folder) = folder {
    dialog = dialog.set_directory(folder);
  }
  if let Some(name) = name {
    dialog = dialog.set_file_name(name);
  }
  for filter in &options.filters {
    let extensions: Vec<&str> = filter.extensions.iter().map(String::as_str).collect();
    dialog = dialog.add_filter(filter.name.clone(), &extensions);
  }
  let known = gtk::Window::list_toplevels();
  let picked: std::pin::Pin<Box<dyn Future<Output = Vec<PathBuf>>>> = match options.kind {
    FileDialogKind::OpenFile => one(dialog.pick_file()),
    FileDialogKind::OpenDirectory => one(dialog.pick_folder()),
    FileDialogKind::Save => one(dialog.save_file()),
    FileDialogKind::OpenFiles => many(dialog.pick_files()),
    FileDialogKind::OpenDirectories => many(dialog.pick_folders()),
  };
  let parent = parent.map(|parent| parent.gtk().downgrade());
  glib::idle_add_local_once(move || {
    let new = gtk::Window::list_toplevels().into_iter().filter(|window| !known.contains(window));
    for dialog in new.filter_map(|window| window.downcast::<gtk::FileChooserDialog>().ok()) {
      complete(&dialog, parent.as_ref().and_then(|parent| parent.upgrade()).as_ref(), &options);
    }
  });
  glib::MainContext::default().spawn_local(async move {
    let paths = picked.await;
    answer(paths.into_iter().map(|path| path.to_string_lossy().into_owned()).collect());
  });
}

fn one(picked: impl Future<Output = Option<rfd::FileHandle>> + 'static) -> std::pin::Pin<Box<dyn Future<Output = Vec<PathBuf>>>> {
  Box::pin(async move { picked.await.iter().map(|file| file.path().to_owned()).collect() })
}

fn many(picked: impl Future<Output = Option<Vec<rfd::FileHandle>>> + 'static) -> std::pin::Pin<Box<dyn Future<Output = Vec<PathBuf>>>> {
  Box::pin(async move { picked.await.unwrap_or_default().iter().map(|file| file.path().to_owned()).collect() })
}

/// Folder and file name that a dialog starts with.
fn start_of(default_path: Option<&str>) -> (Option<PathBuf>, Option<String>) {
  let Some(path) = default_path.filter(|path| !path.is_empty() && !path.contains('\0')).map(Path::new) else { return (None, None) };
  if path.is_dir() {
    return (Some(path.to_owned()), None);
  }
  let folder = path.parent().filter(|folder| folder.is_dir()).map(Path::to_owned);
  (folder, path.file_name().map(|name| name.to_string_lossy().into_owned()))
}

fn complete(dialog: &gtk::FileChooserDialog, parent: Option<&gtk::ApplicationWindow>, options: &FileDialog) {
  if let Some(parent) = parent {
    dialog.set_transient_for(Some(parent));
    dialog.set_modal(true);
  }
  dialog.set_show_hidden(options.show_hidden_files);
  dialog.set_create_folders(options.kind == FileDialogKind::Save || options.create_directory);
  if options.kind == FileDialogKind::Save {
    dialog.set_do_overwrite_confirmation(options.show_overwrite_confirmation);
  }
  if let Some(label) = &options.button_label
    && let Some(button) = dialog.widget_for_response(gtk::ResponseType::Accept).and_then(|button| button.downcast::<gtk::Button>().ok())
  {
    button.set_use_underline(true);
    button.set_label(&mnemonic(label));
  }
  // rfd's filter for every file wants a dot in its name.
  let current = dialog.list_filters();
  for filter in &current {
    dialog.remove_filter(filter);
  }
  for (number, filter) in options.filters.iter().enumerate() {
    let filter = file_filter(filter);
    dialog.add_filter(filter.clone());
    if number == 0 {
      dialog.set_filter(&filter);
    }
  }
}

fn file_filter(filter: &FileFilter) -> gtk::FileFilter {
  let made = gtk::FileFilter::new();
  made.set_name(Some(&filter.name.replace('\0', "")));
  for extension in &filter.extensions {
    if extension == "*" {
      made.add_pattern("*");
      continue;
    }
    // Names on Linux tell case apart, users of filters do not.
    let mut pattern = String::from("*.");
    for character in extension.chars().filter(|character| *character != '\0') {
      if character.is_ascii_alphabetic() {
        pattern.push_str(&format!("[{}{}]", character.to_ascii_lowercase(), character.to_ascii_uppercase()));
      } else {
        pattern.push(character);
      }
    }
    made.add_pattern(&pattern);
  }
  made
}

#[cfg(test)]
mod tests {
  use super::start_of;
  use std::path::PathBuf;

  #[test]
  fn dialogs_start_where_the_path_says() {
    assert_eq!(start_of(None), (None, None));
    assert_eq!(start_of(Some("/")), (Some(PathBuf::from("/")), None));
    assert_eq!(start_of(Some("/name.txt")), (Some(PathBuf::from("/")), Some("name.txt".to_owned())));
    assert_eq!(start_of(Some("name.txt")), (None, Some("name.txt".to_owned())));
  }
}
