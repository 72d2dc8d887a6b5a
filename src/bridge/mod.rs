//! What crosses between the UI thread and the JS thread: two closed enums, the channel that carries them, and reply slots.
//!
//! Architecture Invariant: this module imports neither side. No V8, Deno, tao, wry, rfd or GTK type appears here.
//!
//! Architecture Invariant: the UI thread never waits on the JS thread. JS may wait on the UI thread through [`reply::Reply`].

mod channel;
mod command;
mod event;
mod reply;
mod types;

pub use channel::{CommandReceiver, EventReceiver, JsEnd, Request, UiEnd, Waker, pair};
pub use command::UiCommand;
pub use event::UiEvent;
pub use reply::{Reply, ReplyResult, ReplyValue};
pub use types::*;
