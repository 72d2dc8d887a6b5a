//! The portable lane on WebView2, by the DevTools protocol: it knows isolated worlds, scripts of each document, and functions that send messages.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use serde_json::{Value, json};
use webview2_com::DevToolsProtocolEventReceivedEventHandler;
use windows_core::HSTRING;

use super::super::super::common::WebView;
use super::super::super::common::lane::WORLD;
use super::text;
use crate::bridge::{LaneScripts, UserScript};
use crate::lane::portable::Recipient;

/// What the engine calls a frame: the number of the lane's context in it.
pub(crate) type Frame = i64;

/// The name of the function that sends messages, in the isolated world only.
const BINDING: &str = "shellPostMessage";

/// Gives the isolated world the handler that the lane's scripts know from other engines, and takes the function's own name away.
const HANDLER: &str = "{ const post = globalThis.shellPostMessage; delete globalThis.shellPostMessage; \
  Object.defineProperty(globalThis, 'webkit', { configurable: true, value: { messageHandlers: { shell: { postMessage: (text) => post(text) } } } }); }";

type Waiting = Box<dyn FnOnce(&WebView)>;

/// A world of a frame.
struct Context {
  /// The engine's name of the frame.
  frame: String,
  /// Empty for the page's.
  world: String,
}

/// What is known of the worlds of a view's frames.
#[derive(Default)]
pub(crate) struct Worlds {
  /// The engine's name of the main frame.
  frame: RefCell<String>,
  /// Worlds by the engine's numbers.
  contexts: RefCell<HashMap<i64, Context>>,
  /// Calls that the engine has not answered yet, before which nothing may be loaded.
  pending: Cell<usize>,
  waiting: RefCell<Vec<Waiting>>,
}

impl WebView {
  /// Calls a function once the engine has the lane's scripts: a document that comes before has no lane.
  pub(super) fn when_ready(&self, call: impl FnOnce(&WebView) + 'static) {
    let worlds = &self.engine.worlds;
    if worlds.pending.get() == 0 { call(self) } else { worlds.waiting.borrow_mut().push(Box::new(call)) }
  }

  /// Adds the scripts and the function that they send messages with. Only the isolated world has the function.
  pub(crate) fn install_lane(&self, scripts: &LaneScripts) {
    self.listen_to_worlds();
    let mut calls = vec![
      ("Page.enable", json!({})),
      ("Runtime.enable", json!({})),
      ("Runtime.addBinding", json!({ "name": BINDING, "executionContextName": WORLD })),
      ("Page.addScriptToEvaluateOnNewDocument", json!({ "source": HANDLER, "worldName": WORLD })),
    ];
    calls.extend(scripts.page.iter().map(|script| ("Page.addScriptToEvaluateOnNewDocument", json!({ "source": guarded(script) }))));
    calls.extend(
      scripts.own.iter().map(|script| ("Page.addScriptToEvaluateOnNewDocument", json!({ "source": guarded(script), "worldName": WORLD }))),
    );
    let worlds = &self.engine.worlds;
    worlds.pending.set(worlds.pending.get() + calls.len() + 1);
    for (method, parameters) in calls {
      let weak = self.weak();
      self.dev_tools_call(method, &parameters, move |_| {
        if let Some(this) = weak.upgrade() {
          this.lane_call_answered();
        }
      });
    }
    let weak = self.weak();
    self.dev_tools_call("Page.getFrameTree", &json!({}), move |answer| {
      let Some(this) = weak.upgrade() else { return };
      if let Ok(answer) = answer {
        this.engine.worlds.frame.replace(answer["frameTree"]["frame"]["id"].as_str().unwrap_or_default().to_owned());
      }
      this.lane_call_answered();
    });
  }

  fn lane_call_answered(&self) {
    let worlds = &self.engine.worlds;
    worlds.pending.set(worlds.pending.get().saturating_sub(1));
    if worlds.pending.get() == 0 {
      for call in worlds.waiting.take() {
        call(self);
      }
    }
  }

  fn listen_to_worlds(&self) {
    self.listen_to_protocol("Runtime.bindingCalled", |this, event| {
      if event["name"] == BINDING {
        this.message_from_page(event["payload"].as_str().unwrap_or_default(), event["executionContextId"].as_i64().unwrap_or_default());
      }
    });
    self.listen_to_protocol("Runtime.executionContextCreated", |this, event| {
      let context = &event["context"];
      let world = if context["auxData"]["isDefault"] == true { "" } else { context["name"].as_str().unwrap_or_default() }.to_owned();
      let frame = context["auxData"]["frameId"].as_str().unwrap_or_default().to_owned();
      if let Some(id) = context["id"].as_i64() {
        this.engine.worlds.contexts.borrow_mut().insert(id, Context { frame, world });
      }
    });
    self.listen_to_protocol("Runtime.executionContextDestroyed", |this, event| {
      if let Some(gone) = event["executionContextId"].as_i64() {
        this.engine.worlds.contexts.borrow_mut().remove(&gone);
      }
    });
    self.listen_to_protocol("Runtime.executionContextsCleared", |this, _| this.engine.worlds.contexts.borrow_mut().clear());
    self.listen_to_protocol("Page.frameNavigated", |this, event| {
      let frame = &event["frame"];
      if frame["parentId"].is_null() {
        this.engine.worlds.frame.replace(frame["id"].as_str().unwrap_or_default().to_owned());
      }
    });
  }

  /// Listens to an event of the DevTools protocol.
  fn listen_to_protocol(&self, name: &str, run: impl Fn(&WebView, &Value) + 'static) {
    let weak = self.weak();
    let handler = DevToolsProtocolEventReceivedEventHandler::create(Box::new(move |_, args| {
      if let (Some(this), Some(args)) = (weak.upgrade(), args) {
        // SAFETY: the arguments are alive for the call, and the pointer is to a variable of it.
        let json = text(|value| unsafe { args.ParameterObjectAsJson(value) });
        run(&this, &serde_json::from_str(&json).unwrap_or(Value::Null));
      }
      Ok(())
    }));
    let mut token = 0;
    // SAFETY: the view is alive, it keeps the handler, and the token outlives the call.
    unsafe {
      if let Ok(receiver) = self.engine.view.GetDevToolsProtocolEventReceiver(&HSTRING::from(name)) {
        let _ = receiver.add_DevToolsProtocolEventReceived(&handler, &raw mut token);
      }
    }
  }

  /// The engine's name of a frame.
  fn frame_name(&self, to: Recipient) -> Result<String, String> {
    let worlds = &self.engine.worlds;
    match to {
      Recipient::MainFrame => Ok(worlds.frame.borrow().clone()),
      Recipient::SubFrame(document) => {
        let context = self.frame_of(document)?;
        let contexts = worlds.contexts.borrow();
        let found = contexts.get(&context).map(|context| context.frame.clone());
        found.ok_or_else(|| "the frame went away before the script could run".to_owned())
      }
    }
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
    let code = if url.is_empty() || url.contains(['\n', '\r']) { code.to_owned() } else { format!("{code}\n//# sourceURL={url}") };
    let frame = match self.frame_name(to) {
      Ok(frame) => frame,
      Err(error) => return answer(Err(error)),
    };
    let is_meant = |context: &Context| context.frame == frame && context.world == world.unwrap_or_default();
    let known = self.engine.worlds.contexts.borrow().iter().find(|(_, context)| is_meant(context)).map(|(id, _)| *id);
    if known.is_some() || (world.is_none() && to == Recipient::MainFrame) {
      return self.evaluate_in(known, &code, answer);
    }
    let Some(world) = world else { return answer(Err("the frame's page has no world yet".to_owned())) };
    // The engine makes a world of a name once for each document.
    let weak = self.weak();
    self.dev_tools_call("Page.createIsolatedWorld", &json!({ "frameId": frame, "worldName": world }), move |made| {
      let Some(this) = weak.upgrade() else { return };
      match made.map(|made| made["executionContextId"].as_i64()) {
        Ok(Some(context)) => this.evaluate_in(Some(context), &code, answer),
        Ok(None) => answer(Err("the page went away before the script could run".to_owned())),
        Err(error) => answer(Err(error)),
      }
    });
  }

  fn evaluate_in(&self, context: Option<i64>, code: &str, answer: impl FnOnce(Result<(), String>) + 'static) {
    let mut parameters = json!({ "expression": code });
    if let Some(context) = context {
      parameters["contextId"] = context.into();
    }
    self.dev_tools_call("Runtime.evaluate", &parameters, move |result| {
      answer(result.and_then(|result| {
        let exception = &result["exceptionDetails"];
        if exception.is_null() {
          return Ok(());
        }
        let text =
          exception["exception"]["description"].as_str().or_else(|| exception["text"].as_str()).unwrap_or("Script failed to execute");
        Err(text.lines().next().unwrap_or_default().to_owned())
      }));
    });
  }
}

/// A script that runs where it shall: WebView2 has no choice of frames.
fn guarded(script: &UserScript) -> String {
  if script.all_frames { script.source.clone() } else { format!("if (window === window.top) {{ {}\n}}", script.source) }
}
