//! The commands of web views.

use std::rc::Rc;

use crate::bridge::{Rect, Reply, ReplyValue, RequestId, WebContentsId, WebViewOptions, WindowId};
use crate::lane::portable::Recipient;

use super::platform::WebView;
use super::state::{Outcome, Ui, done, json};

pub(crate) fn create(ui: &Rc<Ui>, id: WebContentsId, window: WindowId, options: &WebViewOptions) -> Outcome {
  if ui.web_views.get(id).is_some() {
    return Err(format!("web view {id} exists already"));
  }
  let window = ui.window(window)?;
  let view = match options.open_request {
    Some(request) => {
      // The view exists since the page asked for it: it only moves into its window.
      let view = ui.proposed_views.remove(request).ok_or_else(|| format!("there is no open question {request}"))?;
      ui.web_views.insert(id, view.clone());
      view.adopt(id, &window, options);
      return done();
    }
    None => {
      let opener = options.opener.and_then(|opener| ui.web_views.get(opener));
      WebView::create(ui, id, &window, options, opener.as_deref())?
    }
  };
  ui.web_views.insert(id, view);
  done()
}

pub(crate) fn destroy(ui: &Rc<Ui>, id: WebContentsId) -> Outcome {
  let view = ui.web_views.remove(id).ok_or_else(|| format!("there is no web view {id}"))?;
  view.destroy();
  done()
}

pub(crate) fn expect_window(ui: &Rc<Ui>, id: WebContentsId, url: String) -> Outcome {
  let view = ui.web_view(id)?;
  let request = ui.next_request();
  let replaced = view.expect_window(request, url);
  json(serde_json::json!({ "request": request, "replaced": replaced }))
}

pub(crate) fn forget_window(ui: &Rc<Ui>, id: WebContentsId, request: RequestId) -> Outcome {
  json(ui.web_view(id)?.forget_window(request))
}

/// Takes back the view that a page opened: the page sees its new window closed.
pub(crate) fn refuse_window(ui: &Rc<Ui>, request: RequestId) -> Outcome {
  let view = ui.proposed_views.remove(request).ok_or_else(|| format!("there is no open question {request}"))?;
  view.destroy();
  done()
}

/// Looks the view up and answers with nothing but success or failure.
pub(crate) fn with(ui: &Rc<Ui>, id: WebContentsId, run: impl FnOnce(&WebView) -> Result<(), String>) -> Outcome {
  run(&*ui.web_view(id)?)?;
  done()
}

pub(crate) fn history(ui: &Rc<Ui>, id: WebContentsId, page_states: bool) -> Outcome {
  let (index, entries) = ui.web_view(id)?.history(page_states)?;
  json(serde_json::json!({ "index": index, "entries": entries }))
}

pub(crate) fn remove_history(ui: &Rc<Ui>, id: WebContentsId, index: Option<u32>) -> Outcome {
  json(ui.web_view(id)?.remove_history(index)?)
}

pub(crate) fn user_agent(ui: &Rc<Ui>, id: WebContentsId) -> Outcome {
  json(ui.web_view(id)?.user_agent())
}

pub(crate) fn dev_tools_open(ui: &Rc<Ui>, id: WebContentsId) -> Outcome {
  json(ui.web_view(id)?.dev_tools_open())
}

pub(crate) fn process_id(ui: &Rc<Ui>, id: WebContentsId) -> Outcome {
  json(ui.web_view(id)?.process_id())
}

pub(crate) fn capture(ui: &Rc<Ui>, id: WebContentsId, rect: Option<Rect>, reply: Reply) {
  match ui.web_view(id) {
    Ok(view) => view.capture(rect, move |result| reply.send(result.map(ReplyValue::Picture))),
    Err(error) => reply.send(Err(error)),
  }
}

pub(crate) fn lane_evaluate(ui: &Rc<Ui>, id: WebContentsId, to: Recipient, code: &str, url: &str, world: Option<&str>, reply: Reply) {
  match ui.web_view(id) {
    Ok(view) => {
      view.evaluate_in_world(to, code, url, world, move |result| reply.send(result.map(|()| ReplyValue::Json(serde_json::Value::Null))))
    }
    Err(error) => reply.send(Err(error)),
  }
}

/// For what a view carries out later.
pub(crate) fn answered(ui: &Rc<Ui>, id: WebContentsId, reply: Reply, run: impl FnOnce(&WebView, Box<dyn FnOnce(Result<(), String>)>)) {
  match ui.web_view(id) {
    Ok(view) => run(&view, Box::new(move |result| reply.send(result.and_then(|()| done())))),
    Err(error) => reply.send(Err(error)),
  }
}
