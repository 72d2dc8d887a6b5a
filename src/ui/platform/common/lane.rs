//! The portable lane of a view: script messages and scripts by the engine's own means, requests by wry's custom protocol.
//!
//! What they carry is [`crate::lane::portable`]'s business; this file only passes it on.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::{Rc, Weak};

use wry::http::header::{ACCEPT, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, HeaderValue, ORIGIN};
use wry::http::{Method, Request, Response, StatusCode};
use wry::{RequestAsyncResponder, WebViewBuilder};

use super::super::super::holds::{Holds, key_of};
use super::super::super::state::Ui;
use super::super::native::Frame;
use super::webview::WebView;
use crate::bridge::{LaneScripts, UiEvent};
use crate::lane::portable::{Asked, MAX_BODY, Out, Portable, Posted, Reach, Refusal, Token, bytes_of_text};

/// The isolated world of preloads, and the name of its script message handler.
pub(crate) const WORLD: &str = "shell";
const SCHEME: &str = "shell-lane";

thread_local! {
  static UI: RefCell<Weak<Ui>> = RefCell::default();
  /// A page's message was refused before. A hostile page can try as often as it likes, and the user is told once.
  static REFUSED: Cell<bool> = const { Cell::new(false) };
  static HOLDS: Holds<Asker> = Holds::default();
}

/// A view's end of the lane.
pub(crate) struct ViewLane {
  lane: Portable,
  connection: u32,
  /// Requests that JS has not answered.
  asked: RefCell<HashMap<Asked, Asker>>,
  /// Requests that are answered when JS has worked off what came.
  waiting: RefCell<Vec<Asker>>,
  /// Requests of workers, by their numbers, that wait for something to be sent to them.
  waiting_workers: RefCell<HashMap<u32, Asker>>,
  /// What the engine calls the frames of documents of sub-frames.
  pub(crate) frames: RefCell<HashMap<u32, Frame>>,
}

/// Who waits for an answer, and the origin that may read it.
struct Asker {
  responder: RequestAsyncResponder,
  origin: Option<HeaderValue>,
}

/// Names the tables in which the views of requests are found.
pub(super) fn init(ui: &Rc<Ui>) {
  UI.set(Rc::downgrade(ui));
}

/// Has a view serve the lane's scheme. Views that a page opened share the scheme's handler with it on some engines, so which view is meant is told
/// by the secret or the token in the request, which nobody guesses.
pub(crate) fn serve_scheme(builder: WebViewBuilder<'_>) -> WebViewBuilder<'_> {
  builder.with_asynchronous_custom_protocol(SCHEME.to_owned(), |_, request, responder| {
    let asker = Asker { responder, origin: request.headers().get(ORIGIN).cloned() };
    if let Some(key) = key_of(request.uri().path()) {
      return hold(key, asker);
    }
    // The key stands in a header that needs no question before. A navigation, an image or a script has none and gets nothing.
    let token = request.headers().get(ACCEPT).and_then(|token| token.to_str().ok()).and_then(Token::from_hex);
    let Some(token) = token.filter(|_| request.method() == Method::POST && request.body().len() <= MAX_BODY) else {
      return asker.refuse();
    };
    let views = UI.with_borrow(Weak::upgrade).map(|ui| ui.web_views.all()).unwrap_or_default();
    asked_by_page(&views, &request, &token, asker);
  })
}

/// A page that waits until its preload is done. Which view's it is the request does not tell: keys are of all views.
fn hold(key: u32, asker: Asker) {
  let go = HOLDS.with(|holds| holds.hold(key, asker));
  if let Some(asker) = go {
    asker.answer_as(Vec::new(), "text/css");
  }
}

/// A request to the scheme.
fn asked_by_page(views: &[Rc<WebView>], request: &Request<Vec<u8>>, token: &Token, asker: Asker) {
  let body = request.body();
  for (view, own) in views.iter().filter_map(|view| Some((view, view.lane.get()?))) {
    let outcome = match request.uri().path() {
      "/load" => own.lane.load(own.connection, token, body).map(Posted::Asks),
      "/meet" => own.lane.meet(own.connection, token, body).map(|()| Posted::Taken),
      "/post" => own.lane.post(own.connection, token, body),
      "/wait" => match own.lane.wait_for_news(own.connection, token) {
        Ok(worker) => {
          let before = own.waiting_workers.borrow_mut().insert(worker, asker);
          if let Some(before) = before {
            before.answer(Vec::new());
          }
          let _ = view.drain_lane();
          return;
        }
        Err(error) => Err(error),
      },
      "/fetch" => match own.lane.fetch(own.connection, token, body) {
        Ok(bytes) => return asker.answer(bytes),
        Err(error) => Err(error),
      },
      _ => Err(Refusal::Malformed),
    };
    match outcome {
      Ok(Posted::Asks(asked)) => {
        own.asked.borrow_mut().insert(asked, asker);
        return;
      }
      Ok(Posted::Wait) => {
        own.waiting.borrow_mut().push(asker);
        return;
      }
      Ok(Posted::Taken) => return asker.answer(Vec::new()),
      // Another view's.
      Err(Refusal::Stranger) => {}
      Err(error) => {
        tell_refusal(&error);
        return asker.refuse();
      }
    }
  }
  tell_refusal(&Refusal::Stranger);
  asker.refuse();
}

fn tell_refusal(error: &Refusal) {
  if !REFUSED.replace(true) {
    crate::printer::error(&format!("warning: a page's message was dropped: {error}"));
  }
}

impl Asker {
  fn answer(self, bytes: Vec<u8>) {
    self.answer_as(bytes, "application/octet-stream");
  }

  fn answer_as(self, bytes: Vec<u8>, kind: &'static str) {
    let mut response = Response::new(Cow::Owned(bytes));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Only the origin that asked, and only what named its document's token gets so far.
    if let Some(origin) = self.origin {
      headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    self.responder.respond(response);
  }

  fn refuse(self) {
    let mut response = Response::new(Cow::Owned(Vec::new()));
    *response.status_mut() = StatusCode::FORBIDDEN;
    self.responder.respond(response);
  }
}

impl WebView {
  /// Gives the view the scripts of the lane, before anything is loaded in it.
  pub(super) fn open_lane(&self, ui: &Rc<Ui>, scripts: &LaneScripts) {
    let Some(secret) = Token::from_hex(&scripts.secret) else { return };
    let lane = ui.config.lane.clone();
    let connection = lane.open(secret, &scripts.hook, Reach::AllFrames);
    self.install_lane(scripts);
    lane.accept(connection, self.id());
    let _ = self.lane.set(ViewLane {
      lane,
      connection,
      asked: RefCell::default(),
      waiting: RefCell::default(),
      waiting_workers: RefCell::default(),
      frames: RefCell::default(),
    });
    self.tell(move |web_contents| UiEvent::LaneOpened { web_contents, connection, socket: None });
  }

  /// A script message of the isolated world of a frame.
  pub(crate) fn message_from_page(&self, text: &str, frame: Frame) {
    let Some(own) = self.lane.get() else { return };
    let taken = bytes_of_text(text).and_then(|bytes| own.lane.post_message(Some(own.connection), &bytes).map(|()| bytes));
    match taken {
      Ok(bytes) => {
        if let Some(document) = own.lane.reached(own.connection, &bytes) {
          own.frames.borrow_mut().retain(|document, _| own.lane.has_document(own.connection, *document));
          own.frames.borrow_mut().insert(document, frame);
          let _ = self.drain_lane();
        }
      }
      Err(error) => tell_refusal(&error),
    }
  }

  /// The frame of a document of a sub-frame.
  pub(crate) fn frame_of(&self, document: u32) -> Result<Frame, String> {
    let frames = self.lane.get().map(|own| own.frames.borrow());
    frames.and_then(|frames| frames.get(&document).cloned()).ok_or_else(|| "the frame went away before the script could run".to_owned())
  }

  /// Carries out what the lane has for the view.
  pub(crate) fn drain_lane(&self) -> Result<(), String> {
    let Some(own) = self.lane.get() else { return Ok(()) };
    own.waiting_workers.borrow_mut().retain(|worker, _| own.lane.has_document(own.connection, *worker));
    for out in own.lane.drain(own.connection) {
      match out {
        Out::Answer { asked, bytes } => {
          let asker = own.asked.borrow_mut().remove(&asked);
          if let Some(asker) = asker {
            asker.answer(bytes);
          }
        }
        Out::News { document, frames } => {
          let asker = own.waiting_workers.borrow_mut().remove(&document);
          if let Some(asker) = asker {
            asker.answer(frames);
          }
        }
        Out::Go => {
          for asker in own.waiting.take() {
            asker.answer(Vec::new());
          }
        }
        Out::Script { to, text, bytes } => {
          let (lane, connection) = (own.lane.clone(), own.connection);
          self.evaluate_in_world(to, &text, "", Some(WORLD), move |_| lane.delivered(connection, to, bytes));
        }
      }
    }
    Ok(())
  }

  /// Lets a page go on that waits under a key.
  pub(crate) fn release(&self, key: u32) -> Result<(), String> {
    for asker in HOLDS.with(|holds| holds.release(key)) {
      asker.answer_as(Vec::new(), "text/css");
    }
    Ok(())
  }

  /// The web process has ended, and every document with it.
  pub(crate) fn lane_process_gone(&self) {
    if let Some(own) = self.lane.get() {
      self.refuse_askers(own);
      own.frames.borrow_mut().clear();
      own.lane.forget_documents(own.connection);
    }
  }

  pub(super) fn close_lane(&self) {
    if let Some(own) = self.lane.get() {
      own.lane.close(own.connection);
      self.refuse_askers(own);
    }
  }

  fn refuse_askers(&self, own: &ViewLane) {
    for asker in own.asked.take().into_values().chain(own.waiting.take()).chain(own.waiting_workers.take().into_values()) {
      asker.refuse();
    }
  }
}
