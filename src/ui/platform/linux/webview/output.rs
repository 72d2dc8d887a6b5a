//! What an app takes from a page: places where a text stands, the page as a file, the page on paper.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::path::Path;
use std::rc::Rc;

use gtk::{gio, glib, prelude::*};
use webkit2gtk::{FindControllerExt, FindOptions, PrintOperation, PrintOperationExt, SaveMode, SettingsExt, WebResourceExt, WebViewExt};

use super::WebView;
use crate::bridge::{PdfOptions, RequestId, UiEvent};

type Answer = Box<dyn FnOnce(Result<(), String>)>;

/// Searches whose outcome the engine has not told. It tells them in the order in which it was asked.
#[derive(Default)]
pub(in super::super) struct Searches {
  waiting: RefCell<VecDeque<(RequestId, bool)>>,
  listens: Cell<bool>,
}

impl WebView {
  /// Begins a search, or goes to the next place of the one that goes on.
  pub(crate) fn find(&self, request: RequestId, text: &str, begin: bool, forward: bool, match_case: bool) -> Result<(), String> {
    let finder = self.view.find_controller().ok_or("the page cannot be searched")?;
    if !self.searches.listens.replace(true) {
      let weak = self.weak();
      finder.connect_found_text(move |finder, matches| {
        let Some(this) = weak.upgrade() else { return };
        let begins = this.searches.waiting.borrow().front().is_some_and(|(_, begins)| *begins);
        match finder.search_text() {
          // Of a step the engine says only that there is a next place.
          Some(text) if !begins => finder.count_matches(&text, finder.options(), u32::MAX),
          _ => this.tell_found(matches),
        }
      });
      let weak = self.weak();
      finder.connect_counted_matches(move |_, matches| {
        if let Some(this) = weak.upgrade() {
          this.tell_found(matches);
        }
      });
      let weak = self.weak();
      finder.connect_failed_to_find_text(move |_| {
        if let Some(this) = weak.upgrade() {
          this.tell_found(0);
        }
      });
    }
    self.searches.waiting.borrow_mut().push_back((request, begin));
    if begin {
      let mut options = FindOptions::WRAP_AROUND;
      options.set(FindOptions::CASE_INSENSITIVE, !match_case);
      options.set(FindOptions::BACKWARDS, !forward);
      finder.search(&text.replace('\0', ""), options.bits(), u32::MAX);
    } else if forward {
      finder.search_next();
    } else {
      finder.search_previous();
    }
    Ok(())
  }

  fn tell_found(&self, matches: u32) {
    let next = self.searches.waiting.borrow_mut().pop_front();
    if let Some((request, _)) = next {
      self.tell(move |web_contents| UiEvent::FoundInPage { web_contents, request, matches });
    }
  }

  pub(crate) fn stop_find(&self) -> Result<(), String> {
    if let Some(finder) = self.view.find_controller() {
      finder.search_finish();
    }
    Ok(())
  }

  /// Writes the page with all that it shows as MHTML, or only what its address gave.
  pub(crate) fn save_page(&self, path: &str, whole: bool, answer: impl FnOnce(Result<(), String>) + 'static) {
    let file = gio::File::for_path(path);
    let outcome = |result: Result<(), glib::Error>| result.map_err(|error| error.to_string());
    if whole {
      self.view.save_to_file(&file, SaveMode::Mhtml, None::<&gio::Cancellable>, move |result| answer(outcome(result)));
      return;
    }
    let Some(resource) = self.view.main_resource() else {
      answer(Err("there is no page".to_owned()));
      return;
    };
    WebResourceExt::data(&resource, None::<&gio::Cancellable>, move |data| match data {
      Ok(data) => {
        let flags = gio::FileCreateFlags::REPLACE_DESTINATION;
        file.replace_contents_async(data, None, false, flags, None::<&gio::Cancellable>, move |result| {
          answer(outcome(result.map(|_| ()).map_err(|(_, error)| error)));
        });
      }
      Err(error) => answer(Err(error.to_string())),
    });
  }

  /// Prints the page into a file, by the printer that GTK has for that.
  pub(crate) fn print_to_pdf(&self, path: &Path, options: &PdfOptions, answer: impl FnOnce(Result<(), String>) + 'static) {
    let answer: Rc<RefCell<Option<Answer>>> = Rc::new(RefCell::new(Some(Box::new(answer))));
    let settle = move |result: Result<(), String>| {
      if let Some(answer) = answer.take() {
        answer(result);
      }
    };
    let uri = match glib::filename_to_uri(path, None) {
      Ok(uri) => uri,
      Err(error) => return settle(Err(error.to_string())),
    };
    let print = PrintOperation::new(&self.view);
    let settings = gtk::PrintSettings::new();
    // GTK knows its printers by names in the user's language.
    settings.set_printer(&glib::dgettext(Some("gtk30"), "Print to File"));
    settings.set(gtk::PRINT_SETTINGS_OUTPUT_FILE_FORMAT.as_str(), Some("pdf"));
    settings.set(gtk::PRINT_SETTINGS_OUTPUT_URI.as_str(), Some(&uri));
    settings.set_scale(options.scale * 100.0);
    if !options.pages.is_empty() {
      let ranges: Vec<_> = options.pages.iter().map(|&(first, last)| gtk::PageRange::new(first, last)).collect();
      settings.set_print_pages(gtk::PrintPages::Ranges);
      settings.set_page_ranges(&ranges);
    }
    let setup = gtk::PageSetup::new();
    let unit = gtk::Unit::Inch;
    setup.set_paper_size(&gtk::PaperSize::new_custom("shell-paper", "paper", options.width, options.height, unit));
    setup.set_orientation(if options.landscape { gtk::PageOrientation::Landscape } else { gtk::PageOrientation::Portrait });
    let [top, right, bottom, left] = options.margins;
    setup.set_top_margin(top, unit);
    setup.set_right_margin(right, unit);
    setup.set_bottom_margin(bottom, unit);
    setup.set_left_margin(left, unit);
    print.set_print_settings(&settings);
    print.set_page_setup(&setup);
    if let Some(settings) = WebViewExt::settings(&self.view) {
      settings.set_print_backgrounds(options.backgrounds);
    }
    let failed = settle.clone();
    print.connect_failed(move |_, error| failed(Err(error.to_string())));
    // The operation lives as long as its own handler, which it drops when it is done.
    let keep = RefCell::new(Some(print.clone()));
    print.connect_finished(move |_| {
      settle(Ok(()));
      let done = keep.take();
      glib::idle_add_local_once(move || drop(done));
    });
    print.print();
  }
}
