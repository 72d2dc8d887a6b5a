//! Message boxes: the system's task dialogs, which have any number of buttons and a checkbox.
//!
//! A task dialog keeps its thread until it is answered, so each has one of its own, and the answer comes back to this one.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicIsize, Ordering};

use tokio::sync::oneshot;
use windows::Win32::Foundation::{HWND, LPARAM, S_OK, WPARAM};
use windows::Win32::System::LibraryLoader::{GetProcAddress, LoadLibraryW};
use windows::Win32::UI::Controls::{
  TASKDIALOG_BUTTON, TASKDIALOG_NOTIFICATIONS, TASKDIALOGCONFIG, TD_ERROR_ICON, TD_INFORMATION_ICON, TD_WARNING_ICON,
  TDF_ALLOW_DIALOG_CANCELLATION, TDF_POSITION_RELATIVE_TO_WINDOW, TDF_SIZE_TO_CONTENT, TDF_USE_COMMAND_LINKS,
  TDF_VERIFICATION_FLAG_CHECKED, TDM_CLICK_BUTTON, TDN_CREATED,
};
use windows::Win32::UI::WindowsAndMessaging::{
  IDCANCEL, MB_ICONERROR, MB_ICONINFORMATION, MB_ICONWARNING, MB_OK, MB_OKCANCEL, MessageBoxW, PostMessageW,
};
use windows_core::{BOOL, HRESULT, HSTRING, PCWSTR, s, w};

use crate::bridge::MessageBox;

use super::super::common::Window;
use super::super::common::tasks::spawn_local;
use super::window::hwnd;

/// Numbers of our buttons: the system's own are below.
const FIRST_BUTTON: i32 = 100;

type TaskDialogIndirect = unsafe extern "system" fn(*const TASKDIALOGCONFIG, *mut i32, *mut i32, *mut BOOL) -> HRESULT;
type Answer = Box<dyn FnOnce(i32, bool)>;

/// An open message box.
pub(crate) struct MessageDialog {
  shared: Arc<Shared>,
  cancel_id: i32,
  answer: Rc<RefCell<Option<Answer>>>,
}

/// What the dialog's thread and ours share.
#[derive(Default)]
struct Shared {
  /// The dialog's window, once it is there.
  window: AtomicIsize,
  cancelled: AtomicBool,
}

/// Everything that the dialog's thread needs.
struct Recipe {
  parent: isize,
  title: HSTRING,
  message: HSTRING,
  detail: HSTRING,
  checkbox: HSTRING,
  checked: bool,
  buttons: Vec<HSTRING>,
  default: i32,
  kind: String,
  links: bool,
}

impl MessageDialog {
  /// Opens a message box. `answer` gets the button's number and the checkbox, once.
  pub(crate) fn open(parent: Option<&Window>, message_box: &MessageBox, answer: impl FnOnce(i32, bool) + 'static) -> Rc<Self> {
    let text = |text: &str| HSTRING::from(text.replace('\0', ""));
    let labels: &[String] = if message_box.buttons.is_empty() { &["OK".to_owned()] } else { &message_box.buttons };
    let recipe = Recipe {
      parent: parent.map_or(0, |parent| hwnd(parent.tao()).0 as isize),
      title: text(&message_box.title),
      message: text(&message_box.message),
      detail: text(&message_box.detail),
      checkbox: text(&message_box.checkbox_label),
      checked: message_box.checkbox_checked,
      buttons: labels.iter().map(|label| text(label)).collect(),
      default: message_box.default_id,
      kind: message_box.kind.clone(),
      links: !message_box.no_link && labels.len() > 1,
    };
    let shared = Arc::new(Shared::default());
    let this =
      Rc::new(Self { shared: shared.clone(), cancel_id: message_box.cancel_id, answer: Rc::new(RefCell::new(Some(Box::new(answer)))) });
    let (sender, received) = oneshot::channel();
    // A thread that cannot be had is a box that is cancelled at once.
    let _ = std::thread::Builder::new().name("message-box".into()).spawn(move || {
      let _ = sender.send(show(&recipe, &shared));
    });
    let answering = this.clone();
    spawn_local(async move {
      match received.await {
        Ok((button, checked)) => answering.finish(button, checked),
        Err(_) => answering.finish(None, false),
      }
    });
    this
  }

  /// Closes the box as Escape would.
  pub(crate) fn cancel(&self) {
    self.shared.cancelled.store(true, Ordering::Release);
    let window = HWND(self.shared.window.load(Ordering::Acquire) as _);
    if !window.is_invalid() {
      // SAFETY: a dialog that has just gone does not take the message.
      let _ = unsafe { PostMessageW(Some(window), TDM_CLICK_BUTTON.0 as u32, WPARAM(IDCANCEL.0 as usize), LPARAM(0)) };
    }
    self.finish(None, false);
  }

  fn finish(&self, button: Option<i32>, checked: bool) {
    if let Some(answer) = self.answer.take() {
      answer(button.unwrap_or(self.cancel_id), checked);
    }
  }
}

/// Shows the dialog until it is answered: the button's number, if one was pressed, and the checkbox.
fn show(recipe: &Recipe, shared: &Shared) -> (Option<i32>, bool) {
  // The function is only in the sixth version of the library, which an executable gets by its manifest. To name it at link time would keep an
  // executable without one from starting at all.
  // SAFETY: the names end with a zero, and the function has the type that its documentation gives.
  let function = unsafe {
    let library = LoadLibraryW(w!("comctl32.dll"));
    let address = library.ok().and_then(|library| GetProcAddress(library, s!("TaskDialogIndirect")));
    address.map(|address| std::mem::transmute::<unsafe extern "system" fn() -> isize, TaskDialogIndirect>(address))
  };
  let Some(function) = function else { return show_simple(recipe) };
  let buttons: Vec<TASKDIALOG_BUTTON> = (FIRST_BUTTON..)
    .zip(&recipe.buttons)
    .map(|(number, label)| TASKDIALOG_BUTTON { nButtonID: number, pszButtonText: PCWSTR(label.as_ptr()) })
    .collect();
  let mut flags = TDF_ALLOW_DIALOG_CANCELLATION | TDF_SIZE_TO_CONTENT | TDF_POSITION_RELATIVE_TO_WINDOW;
  if recipe.checked {
    flags |= TDF_VERIFICATION_FLAG_CHECKED;
  }
  if recipe.links {
    flags |= TDF_USE_COMMAND_LINKS;
  }
  let optional = |text: &HSTRING| if text.is_empty() { PCWSTR::null() } else { PCWSTR(text.as_ptr()) };
  let mut config = TASKDIALOGCONFIG {
    cbSize: size_of::<TASKDIALOGCONFIG>() as u32,
    hwndParent: HWND(recipe.parent as _),
    dwFlags: flags,
    pszWindowTitle: optional(&recipe.title),
    pszMainInstruction: optional(&recipe.message),
    pszContent: optional(&recipe.detail),
    pszVerificationText: optional(&recipe.checkbox),
    cButtons: buttons.len() as u32,
    pButtons: buttons.as_ptr(),
    nDefaultButton: recipe.default.max(0).saturating_add(FIRST_BUTTON),
    pfCallback: Some(told),
    lpCallbackData: std::ptr::from_ref(shared) as isize,
    ..TASKDIALOGCONFIG::default()
  };
  config.Anonymous1.pszMainIcon = match recipe.kind.as_str() {
    "info" | "question" => TD_INFORMATION_ICON,
    "warning" => TD_WARNING_ICON,
    "error" => TD_ERROR_ICON,
    _ => PCWSTR::null(),
  };
  let (mut button, mut checked) = (0, BOOL(0));
  // SAFETY: everything that the configuration points to outlives the call.
  let result = unsafe { function(&raw const config, &raw mut button, std::ptr::null_mut(), &raw mut checked) };
  if result.is_err() {
    return show_simple(recipe);
  }
  ((button >= FIRST_BUTTON).then(|| button - FIRST_BUTTON), checked.as_bool())
}

unsafe extern "system" fn told(window: HWND, what: TASKDIALOG_NOTIFICATIONS, _: WPARAM, _: LPARAM, data: isize) -> HRESULT {
  if what == TDN_CREATED {
    // SAFETY: the data is what the configuration holds, and outlives the dialog.
    let shared = unsafe { &*(data as *const Shared) };
    shared.window.store(window.0 as isize, Ordering::Release);
    if shared.cancelled.load(Ordering::Acquire) {
      // SAFETY: the dialog is alive: it calls us.
      let _ = unsafe { PostMessageW(Some(window), TDM_CLICK_BUTTON.0 as u32, WPARAM(IDCANCEL.0 as usize), LPARAM(0)) };
    }
  }
  S_OK
}

/// The old message box: the first button is its OK, the second its cancel, and there are no others.
fn show_simple(recipe: &Recipe) -> (Option<i32>, bool) {
  let text = HSTRING::from(format!("{}\n\n{}", recipe.message, recipe.detail));
  let icon = match recipe.kind.as_str() {
    "warning" => MB_ICONWARNING,
    "error" => MB_ICONERROR,
    _ => MB_ICONINFORMATION,
  };
  let buttons = if recipe.buttons.len() > 1 { MB_OKCANCEL } else { MB_OK };
  let parent = (recipe.parent != 0).then_some(HWND(recipe.parent as _));
  // SAFETY: the texts outlive the call.
  let pressed = unsafe { MessageBoxW(parent, &text, &recipe.title, icon | buttons) };
  ((pressed != IDCANCEL).then_some(0), recipe.checked)
}
