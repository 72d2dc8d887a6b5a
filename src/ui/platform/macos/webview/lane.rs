//! The portable lane on WKWebView: user scripts, script messages of a content world, scripts in worlds.

use std::cell::Cell;

use block2::RcBlock;
use objc2::MainThreadOnly;
use objc2::rc::Retained;
use objc2::runtime::{AnyObject, ProtocolObject};
use objc2_foundation::{NSError, NSString};
use objc2_web_kit::{WKContentWorld, WKFrameInfo, WKUserScript, WKUserScriptInjectionTime};

use super::super::super::common::WebView;
use super::super::super::common::lane::WORLD;
use super::super::main_thread;
use crate::bridge::LaneScripts;
use crate::lane::portable::Recipient;

/// What the engine calls a frame.
pub(crate) type Frame = Retained<WKFrameInfo>;

/// The engine's key for the text of what a script threw.
const EXCEPTION_MESSAGE: &str = "WKJavaScriptExceptionMessage";

impl WebView {
  /// Adds the scripts and the handler that they send messages to. Only the isolated world has the handler.
  pub(crate) fn install_lane(&self, scripts: &LaneScripts) {
    let main = main_thread();
    let name = NSString::from_str(WORLD);
    // SAFETY: called on the main thread; the view, its controller and the delegate are alive.
    unsafe {
      let controller = self.engine.view.configuration().userContentController();
      let own = WKContentWorld::worldWithName(&name, main);
      controller.addScriptMessageHandler_contentWorld_name(ProtocolObject::from_ref(&*self.engine.delegate), &own, &name);
      let page = WKContentWorld::pageWorld(main);
      let sources = scripts.page.iter().map(|script| (script, &page)).chain(scripts.own.iter().map(|script| (script, &own)));
      for (script, world) in sources {
        let script = WKUserScript::initWithSource_injectionTime_forMainFrameOnly_inContentWorld(
          WKUserScript::alloc(main),
          &NSString::from_str(&script.source),
          WKUserScriptInjectionTime::AtDocumentStart,
          !script.all_frames,
          world,
        );
        controller.addUserScript(&script);
      }
    }
  }

  /// Takes the handler away, which the engine would keep.
  pub(super) fn remove_lane(&self) {
    let name = NSString::from_str(WORLD);
    // SAFETY: called on the main thread, and the view is alive. A handler that was never there is no fault.
    unsafe {
      let controller = self.engine.view.configuration().userContentController();
      controller.removeScriptMessageHandlerForName_contentWorld(&name, &WKContentWorld::worldWithName(&name, main_thread()));
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
    let main = main_thread();
    let frame = match to {
      Recipient::MainFrame => None,
      Recipient::SubFrame(document) => match self.frame_of(document) {
        Ok(frame) => Some(frame),
        Err(error) => return answer(Err(error)),
      },
    };
    let answer = Cell::new(Some(answer));
    let block = RcBlock::new(move |_: *mut AnyObject, error: *mut NSError| {
      // SAFETY: the engine gives an error that is alive for the call, or none.
      let result = unsafe { error.as_ref() }.map_or(Ok(()), |error| Err(thrown(error)));
      if let Some(answer) = answer.take() {
        answer(result);
      }
    });
    // SAFETY: called on the main thread, the view is alive, and the block takes what the engine gives.
    unsafe {
      let world = match world {
        Some(name) => WKContentWorld::worldWithName(&NSString::from_str(name), main),
        None => WKContentWorld::pageWorld(main),
      };
      let code = NSString::from_str(&named(code, url));
      self.engine.view.evaluateJavaScript_inFrame_inContentWorld_completionHandler(&code, frame.as_deref(), &world, Some(&block));
    }
  }
}

/// The code with the address that errors and DevTools shall show for it.
fn named(code: &str, url: &str) -> String {
  if url.is_empty() || url.contains(['\n', '\r', '\0']) { code.to_owned() } else { format!("{code}\n//# sourceURL={url}") }
}

/// What a script threw, or what else was wrong.
fn thrown(error: &NSError) -> String {
  let text = error.userInfo().objectForKey(&NSString::from_str(EXCEPTION_MESSAGE)).and_then(|value| value.downcast::<NSString>().ok());
  text.unwrap_or_else(|| error.localizedDescription()).to_string()
}
