//! Script messages that are answered, which the bindings leave out.

use super::{ObjectExt, ToValue, UserContentManager, glib};
use webkit2gtk::ffi;

/// The answer to a script message. Without one the page hears `undefined`.
///
/// It is given as the message of an error: a value would have to be of the engine's own context at that moment, which nothing tells, and one of another
/// context brings the process down.
pub(super) struct MessageReply(*mut ffi::WebKitScriptMessageReply);

impl MessageReply {
  pub(super) fn answer(self, text: &str) {
    // SAFETY: the reply is ours and was not used before, for this takes it; the text outlives the call.
    unsafe { ffi::webkit_script_message_reply_return_error_message(self.0, glib::translate::ToGlibPtr::to_glib_none(text).0) }
  }
}

impl Drop for MessageReply {
  fn drop(&mut self) {
    // SAFETY: the reference is ours.
    unsafe { ffi::webkit_script_message_reply_unref(self.0) }
  }
}

/// Calls `take` with each message to a handler and its answer. To be connected before the handler is registered.
pub(super) fn connect(manager: &UserContentManager, handler: &str, take: impl Fn(&javascriptcore::Value, MessageReply) + 'static) {
  manager.connect_local(&format!("script-message-with-reply-received::{handler}"), false, move |values| {
    let [_, message, reply] = values else { return None };
    let message = message.get::<javascriptcore::Value>().ok()?;
    // SAFETY: the signal's second argument is such an answer, in a value that outlives the call. The reference that is added is dropped with
    // what holds it.
    let reply = unsafe {
      let reply = glib::gobject_ffi::g_value_get_boxed(glib::translate::ToGlibPtr::to_glib_none(reply).0);
      MessageReply(ffi::webkit_script_message_reply_ref(reply.cast()))
    };
    take(&message, reply);
    Some(true.to_value())
  });
}
