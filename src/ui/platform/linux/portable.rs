//! The portable lane on WebKitGTK: user scripts, script messages of an isolated world and a scheme of the shell's own.
//!
//! What they carry is [`crate::lane::portable`]'s business; this file only passes it on.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::{Rc, Weak};

use gtk::prelude::*;
use gtk::{gio, glib};
use soup::{MessageHeaders, MessageHeadersType};
use webkit2gtk::{
  URISchemeRequest, URISchemeRequestExt, URISchemeResponse, URISchemeResponseExt, UserContentInjectedFrames, UserContentManager,
  UserContentManagerExt, UserScript, UserScriptInjectionTime, WebContext, WebContextExt, WebViewExt,
};

use super::super::super::holds::{Holds, key_of};
use super::super::super::state::Ui;
use super::webview::WebView;
use crate::bridge::{LaneScripts, UiEvent};
use crate::lane::portable::{Asked, MAX_BODY, Out, Portable, Posted, Reach, Recipient, Refusal, Token, Waiting, bytes_of_text};

mod reply;
use reply::MessageReply;

/// The isolated world of preloads, and its script message handlers: the page's own world has none of them. What is sent to the second one is answered.
const WORLD: &str = "shell";
const HANDLER: &str = "shell";
const WAITING_HANDLER: &str = "shellWaiting";
const SCHEME: &str = "shell-lane";

/// Size of one read of a request's body.
const PIECE: usize = 1 << 20;

/// A view's end of the lane.
pub(super) struct ViewLane {
  lane: Portable,
  connection: u32,
  scripts: LaneScripts,
  /// Requests that JS has not answered.
  asked: RefCell<HashMap<Asked, URISchemeRequest>>,
  /// Documents of sub-frames that wait for something to be sent to them: the engine runs scripts of ours in main frames only.
  waiting_frames: RefCell<HashMap<u32, MessageReply>>,
  /// Those of the windows that opened this one: its messages come by them.
  managers: RefCell<Vec<UserContentManager>>,
  /// Requests that are answered when JS has worked off what came.
  waiting: RefCell<Vec<URISchemeRequest>>,
  /// Requests of workers, by their numbers, that wait for something to be sent to them.
  waiting_workers: RefCell<HashMap<u32, URISchemeRequest>>,
  /// What pages wait for until their preloads are done.
  holds: Holds<URISchemeRequest>,
}

impl WebView {
  /// JS has accepted the view: its pages are heard from now on.
  pub(super) fn accept_portable_lane(&self, ui: &Rc<Ui>, scripts: &LaneScripts) {
    self.open_portable_lane(ui, scripts);
    let Some(own) = self.lane.get() else { return };
    if own.scripts.own != scripts.own || own.scripts.page != scripts.page {
      // A window that a page opened has its opener's, until the app says otherwise.
      self.add_lane_scripts(scripts);
    }
    own.lane.accept(own.connection, self.id());
    let connection = own.connection;
    self.tell(move |web_contents| UiEvent::LaneOpened { web_contents, connection, socket: None });
  }

  /// A window that a page opens has a document at once, before JS is asked. It gets the scripts of its opener, which knows no other secrets.
  pub(super) fn open_lane_of(&self, ui: &Rc<Ui>, opener: &WebView) {
    if let Some(own) = opener.lane.get() {
      self.open_portable_lane(ui, &own.scripts);
      if let Some(lane) = self.lane.get() {
        lane.managers.replace([own.managers.borrow().clone(), opener.view.user_content_manager().into_iter().collect()].concat());
      }
    }
  }

  /// Gives the view the scripts of the lane, before anything is loaded in it.
  fn open_portable_lane(&self, ui: &Rc<Ui>, scripts: &LaneScripts) {
    if self.lane.get().is_some() {
      return;
    }
    let (Some(manager), Some(context), Some(secret)) =
      (self.view.user_content_manager(), self.view.context(), Token::from_hex(&scripts.secret))
    else {
      return;
    };
    serve_scheme(ui, &context);
    let lane = ui.config.lane.clone();
    let connection = lane.open(secret, &scripts.hook, Reach::MainFrames);
    if !scripts.own.is_empty() {
      hear_messages(ui, &manager, &lane);
    }
    self.add_lane_scripts(scripts);
    let _ = self.lane.set(ViewLane {
      lane,
      connection,
      scripts: scripts.clone(),
      asked: RefCell::default(),
      waiting_frames: RefCell::default(),
      managers: RefCell::default(),
      waiting: RefCell::default(),
      waiting_workers: RefCell::default(),
      holds: Holds::default(),
    });
  }

  fn add_lane_scripts(&self, scripts: &LaneScripts) {
    let Some(manager) = self.view.user_content_manager() else { return };
    manager.remove_all_scripts();
    let frames_of = |script: &crate::bridge::UserScript| match script.all_frames {
      true => UserContentInjectedFrames::AllFrames,
      false => UserContentInjectedFrames::TopFrame,
    };
    for script in &scripts.page {
      manager.add_script(&UserScript::new(&script.source, frames_of(script), UserScriptInjectionTime::Start, &[], &[]));
    }
    for script in &scripts.own {
      manager.add_script(&UserScript::for_world(&script.source, frames_of(script), UserScriptInjectionTime::Start, WORLD, &[], &[]));
    }
  }

  fn has_connection(&self, connection: u32) -> bool {
    self.lane.get().is_some_and(|own| own.connection == connection)
  }

  /// A document of a sub-frame can be sent something. `first` the first time.
  fn frame_waits(&self, document: u32, reply: MessageReply, first: bool) {
    let Some(own) = self.lane.get() else { return };
    if first {
      own.waiting_frames.borrow_mut().retain(|document, _| own.lane.has_document(own.connection, *document));
    }
    own.waiting_frames.borrow_mut().insert(document, reply);
    let _ = self.drain_lane();
  }

  /// Carries out what the lane has for the view.
  pub(crate) fn drain_lane(&self) -> Result<(), String> {
    let Some(own) = self.lane.get() else { return Ok(()) };
    own.waiting_workers.borrow_mut().retain(|worker, _| own.lane.has_document(own.connection, *worker));
    for out in own.lane.drain(own.connection) {
      match out {
        Out::Answer { asked, bytes } => {
          let request = own.asked.borrow_mut().remove(&asked);
          if let Some(request) = request {
            answer(&request, bytes);
          }
        }
        Out::News { document, frames } => {
          let request = own.waiting_workers.borrow_mut().remove(&document);
          if let Some(request) = request {
            answer(&request, frames);
          }
        }
        Out::Go => {
          for request in own.waiting.take() {
            answer(&request, Vec::new());
          }
        }
        Out::Script { to: Recipient::MainFrame, text, bytes } => {
          let (lane, connection) = (own.lane.clone(), own.connection);
          self.view.evaluate_javascript(&text, Some(WORLD), None, None::<&gio::Cancellable>, move |_| {
            lane.delivered(connection, Recipient::MainFrame, bytes);
          });
        }
        Out::Script { to: to @ Recipient::SubFrame(document), text, bytes } => {
          let reply = own.waiting_frames.borrow_mut().remove(&document);
          if let Some(reply) = reply {
            reply.answer(&text);
          }
          own.lane.delivered(own.connection, to, bytes);
        }
      }
    }
    Ok(())
  }

  /// Runs a script in a frame, in the page's world if none is named.
  pub(crate) fn evaluate_in_world(
    &self,
    to: Recipient,
    code: &str,
    url: &str,
    world: Option<&str>,
    answer: impl FnOnce(Result<(), String>) + 'static,
  ) {
    if to != Recipient::MainFrame {
      return answer(Err("WebKitGTK runs scripts of its host in main frames only".to_owned()));
    }
    // Without any the engine would name the page's.
    let url = Some(if url.is_empty() || url.contains('\0') { "about:blank" } else { url });
    self.view.evaluate_javascript(code, world, url, None::<&gio::Cancellable>, move |result| {
      answer(result.map(|_| ()).map_err(|error| error.message().to_owned()));
    });
  }

  /// The web process has ended, and every document with it.
  pub(super) fn lane_process_gone(&self) {
    if let Some(own) = self.lane.get() {
      own.asked.borrow_mut().clear();
      own.waiting.borrow_mut().clear();
      own.waiting_frames.borrow_mut().clear();
      own.waiting_workers.borrow_mut().clear();
      own.lane.forget_documents(own.connection);
    }
  }

  pub(super) fn close_portable_lane(&self) {
    if let Some(own) = self.lane.get() {
      own.lane.close(own.connection);
      own.waiting_frames.borrow_mut().clear();
      for request in own.asked.take().into_values().chain(own.waiting.take()).chain(own.waiting_workers.take().into_values()) {
        refuse_request(&request);
      }
    }
  }

  fn hold(&self, key: u32, request: &URISchemeRequest) {
    let Some(own) = self.lane.get() else { return refuse_request(request) };
    if let Some(request) = own.holds.hold(key, request.clone()) {
      answer_style(&request);
    }
  }

  /// Lets a page go on that waits under a key.
  pub(crate) fn release(&self, key: u32) -> Result<(), String> {
    let held = self.lane.get().map(|own| own.holds.release(key));
    held.into_iter().flatten().for_each(|request| answer_style(&request));
    Ok(())
  }

  fn knows(&self, token: &Token) -> bool {
    self.lane.get().is_some_and(|own| own.lane.may_ask(own.connection, token))
  }

  /// A request to the scheme, with its whole body.
  fn asked_by_page(&self, request: &URISchemeRequest, token: &Token, body: &[u8]) {
    let Some(own) = self.lane.get() else { return refuse_request(request) };
    let outcome = match request.path().as_deref() {
      Some("/load") => {
        self.guess_process(own);
        own.lane.load(own.connection, token, body).map(Posted::Asks)
      }
      Some("/meet") => own.lane.meet(own.connection, token, body).map(|()| Posted::Taken),
      Some("/post") => own.lane.post(own.connection, token, body),
      Some("/wait") => match own.lane.wait_for_news(own.connection, token) {
        Ok(worker) => {
          let before = own.waiting_workers.borrow_mut().insert(worker, request.clone());
          if let Some(before) = before {
            answer(&before, Vec::new());
          }
          let _ = self.drain_lane();
          return;
        }
        Err(error) => Err(error),
      },
      Some("/fetch") => match own.lane.fetch(own.connection, token, body) {
        Ok(bytes) => return answer(request, bytes),
        Err(error) => Err(error),
      },
      _ => Err(Refusal::Malformed),
    };
    match outcome {
      Ok(Posted::Asks(asked)) => {
        own.asked.borrow_mut().insert(asked, request.clone());
      }
      Ok(Posted::Wait) => own.waiting.borrow_mut().push(request.clone()),
      Ok(Posted::Taken) => answer(request, Vec::new()),
      Err(error) => {
        say_once(&self.lane_refused, &error);
        refuse_request(request);
      }
    }
  }

  /// Finds the view's process. WebKitGTK tells it to nobody outside of it, so the first one that serves no other view is taken: right as
  /// long as only one view at a time gets a new process.
  fn guess_process(&self, own: &ViewLane) {
    let Some(ui) = self.ui.upgrade() else { return };
    let processes = web_processes();
    if processes.contains(&self.process_id()) {
      return;
    }
    let taken: Vec<_> = ui.web_views.all().iter().map(|view| view.process_id()).collect();
    let found = processes.iter().find(|process| !taken.contains(process)).or(processes.first()).copied().unwrap_or(0);
    self.set_process_id(found);
    own.lane.set_peer(own.connection, found);
  }
}

/// Takes the script messages of a view's documents.
fn hear_messages(ui: &Rc<Ui>, manager: &UserContentManager, lane: &Portable) {
  let (messages, refused) = (lane.clone(), Cell::new(false));
  // Connected before the handler is registered, as WebKit wants it. The windows that the page opens use this manager too, whatever theirs is:
  // the token says which document a message is of.
  manager.connect_script_message_received(Some(HANDLER), move |_, message| {
    let Some(text) = message.js_value().map(|value| value.to_string()) else { return };
    match bytes_of_text(&text).and_then(|bytes| messages.post_message(None, &bytes)) {
      // The last word of a document that went away a moment ago.
      Ok(()) | Err(Refusal::Stranger) => {}
      Err(error) => say_once(&refused, &error),
    }
  });
  manager.register_script_message_handler_in_world(HANDLER, WORLD);
  let (messages, weak) = (lane.clone(), Rc::downgrade(ui));
  reply::connect(manager, WAITING_HANDLER, move |message, reply| {
    let token = bytes_of_text(&message.to_string()).ok().and_then(|bytes| Token::of_bytes(&bytes));
    match token.map(|token| messages.wait(&token)) {
      Some(Ok(Waiting::Document { connection, document, first })) => {
        let Some(ui) = weak.upgrade() else { return };
        if let Some(view) = ui.web_views.all().iter().chain(&ui.proposed_views.all()).find(|view| view.has_connection(connection)) {
          view.frame_waits(document, reply, first);
        }
      }
      Some(Ok(Waiting::Stranger(text))) => reply.answer(text),
      // It is gone.
      Some(Err(_)) | None => (),
    }
  });
  manager.register_script_message_handler_with_reply(WAITING_HANDLER, WORLD);
}

/// Says once for each view that something was dropped: a hostile page can try as often as it likes.
fn say_once(said: &Cell<bool>, error: &Refusal) {
  if !said.replace(true) {
    crate::printer::error(&format!("warning: a page's message was dropped: {error}"));
  }
}

/// Serves the scheme in a session, once.
fn serve_scheme(ui: &Rc<Ui>, context: &WebContext) {
  if !ui.sessions.first_use(context, SCHEME) {
    return;
  }
  if let Some(security) = context.security_manager() {
    use webkit2gtk::SecurityManagerExt;
    // Pages of https may be answered by it, and it may be asked across origins: whether it answers is decided by the token.
    security.register_uri_scheme_as_secure(SCHEME);
    security.register_uri_scheme_as_cors_enabled(SCHEME);
  }
  let ui = Rc::downgrade(ui);
  context.register_uri_scheme(SCHEME, move |request| {
    let Some(view) = view_of(&ui, request) else { return refuse_request(request) };
    if let Some(key) = request.path().as_deref().and_then(key_of) {
      return view.upgrade().map_or_else(|| refuse_request(request), |view| view.hold(key, request));
    }
    // The key stands in a header that needs no question before. Without it nothing is read: WebKit crashes when it is asked for a body that holds a
    // Blob, which a page can send.
    let token = request.http_headers().and_then(|headers| headers.one("Accept")).and_then(|token| Token::from_hex(&token));
    let Some(token) = token.filter(|token| view.upgrade().is_some_and(|view| view.knows(token))) else {
      return refuse_request(request);
    };
    let Some(body) = request.http_body().filter(|_| request.http_method().as_deref() == Some("POST")) else {
      return refuse_request(request);
    };
    let request = request.clone();
    read_body(body, Vec::new(), move |body| match (body, view.upgrade()) {
      (Some(body), Some(view)) => view.asked_by_page(&request, &token, &body),
      _ => refuse_request(&request),
    });
  });
}

/// WebKit says which view asks.
fn view_of(ui: &Weak<Ui>, request: &URISchemeRequest) -> Option<Weak<WebView>> {
  let (ui, asking) = (ui.upgrade()?, request.web_view()?);
  ui.web_views.all().iter().chain(&ui.proposed_views.all()).find(|view| view.view == asking).map(|view| view.weak())
}

/// Reads to the end, whatever the sizes of the reads are: a short one is not the last.
fn read_body(body: gio::InputStream, mut bytes: Vec<u8>, done: impl FnOnce(Option<Vec<u8>>) + 'static) {
  let stream = body.clone();
  body.read_bytes_async(PIECE, glib::Priority::DEFAULT, None::<&gio::Cancellable>, move |piece| match piece {
    Ok(piece) if piece.is_empty() => done(Some(bytes)),
    Ok(piece) if bytes.len() + piece.len() <= MAX_BODY => {
      bytes.extend_from_slice(&piece);
      read_body(stream, bytes, done);
    }
    _ => done(None),
  });
}

/// The web processes that are children of this one, oldest first.
fn web_processes() -> Vec<u32> {
  let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
  let lists = threads.filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok());
  let mut processes: Vec<u32> =
    lists.flat_map(|list| list.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<_>>()).collect();
  // The kernel cuts names off.
  processes.retain(|id| std::fs::read_to_string(format!("/proc/{id}/comm")).is_ok_and(|name| name.starts_with("WebKitWebProces")));
  processes.sort_unstable();
  processes
}

fn answer(request: &URISchemeRequest, bytes: Vec<u8>) {
  let length = i64::try_from(bytes.len()).unwrap_or(-1);
  let response = URISchemeResponse::new(&gio::MemoryInputStream::from_bytes(&glib::Bytes::from_owned(bytes)), length);
  response.set_status(200, None);
  response.set_content_type("application/octet-stream");
  let headers = MessageHeaders::new(MessageHeadersType::Response);
  // Only the origin that asked, and only what named its document's token gets so far.
  if let Some(origin) = request.http_headers().and_then(|headers| headers.one("Origin")) {
    headers.append("Access-Control-Allow-Origin", &origin);
  }
  headers.append("Cache-Control", "no-store");
  response.set_http_headers(headers);
  request.finish_with_response(&response);
}

/// A style sheet without styles.
fn answer_style(request: &URISchemeRequest) {
  request.finish(&gio::MemoryInputStream::new(), 0, Some("text/css"));
}

/// A network error, like that of a scheme that nobody serves.
fn refuse_request(request: &URISchemeRequest) {
  request.finish_error(&mut glib::Error::new(gio::IOErrorEnum::PermissionDenied, "refused"));
}
