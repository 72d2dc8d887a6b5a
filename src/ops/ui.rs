//! Commands to the UI thread.

use std::cell::RefCell;
use std::rc::Rc;

use deno_core::futures::executor::block_on;
use deno_core::{OpState, op2};
use deno_error::JsErrorBox;
use tokio::sync::oneshot;

use crate::bridge::{JsEnd, Reply, ReplyResult, ReplyValue, Request, UiCommand};

const UI_GONE: &str = "The user interface has ended";

/// Sends a command that nobody waits on. False when the UI thread has ended.
#[op2]
pub fn op_ui_send(state: &mut OpState, #[serde] command: UiCommand) -> bool {
  state.borrow::<JsEnd>().send(Request { command, reply: Reply::none() }).is_ok()
}

/// Sends a command and resolves with its answer.
#[op2]
#[serde]
pub async fn op_ui_call(state: Rc<RefCell<OpState>>, #[serde] command: UiCommand) -> Result<ReplyValue, JsErrorBox> {
  let answer = ask(&state.borrow(), command)?;
  received(answer.await)
}

/// Sends a command and blocks until it is answered.
#[op2]
#[serde]
pub fn op_ui_call_sync(state: &mut OpState, #[serde] command: UiCommand) -> Result<ReplyValue, JsErrorBox> {
  let answer = ask(state, command)?;
  received(block_on(answer))
}

fn ask(state: &OpState, command: UiCommand) -> Result<oneshot::Receiver<ReplyResult>, JsErrorBox> {
  let (reply, answer) = Reply::slot();
  state.borrow::<JsEnd>().send(Request { command, reply }).map_err(|_| JsErrorBox::generic(UI_GONE))?;
  Ok(answer)
}

fn received(answer: Result<ReplyResult, oneshot::error::RecvError>) -> Result<ReplyValue, JsErrorBox> {
  match answer {
    Ok(result) => result.map_err(JsErrorBox::generic),
    Err(_) => Err(JsErrorBox::generic(UI_GONE)),
  }
}
