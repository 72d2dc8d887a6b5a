//! The channel to the program that has started this one with `fork`, or with `ipc` among its `stdio`.

use deno_runtime::deno_node::ops::ipc::ChildIpcSerialization;

use super::platform;

/// Node's names: the channel's descriptor, and how messages are written.
const VARIABLES: [&str; 2] = ["NODE_CHANNEL_FD", "NODE_CHANNEL_SERIALIZATION_MODE"];

/// A descriptor, and how messages are written.
pub(crate) type ParentChannel = (i64, ChildIpcSerialization);

/// Takes the channel, which our own children must not inherit. Must be called before the first thread starts.
pub(crate) fn take_parent_channel() -> Option<ParentChannel> {
  let [descriptor, mode] = VARIABLES.map(|name| std::env::var(name).ok());
  for name in VARIABLES {
    // SAFETY: no other thread runs yet.
    unsafe { std::env::remove_var(name) };
  }
  // A variable that was left behind, or made up, names nothing or something else, which must not be taken for a channel.
  let descriptor = descriptor?.parse().ok().filter(|descriptor| platform::is_channel(*descriptor))?;
  platform::close_in_children(descriptor);
  Some((descriptor, mode.and_then(|mode| mode.parse().ok()).unwrap_or(ChildIpcSerialization::Json)))
}
