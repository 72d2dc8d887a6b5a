//! What the JavaScript thread asks of the operating system. Each file offers the same names.

#[cfg(unix)]
#[path = "unix.rs"]
mod system;
#[cfg(windows)]
#[path = "windows.rs"]
mod system;

pub(super) use system::{
  BAD_DESCRIPTOR, INVALID_ARGUMENT, IS_A_FOLDER, NOT_A_FOLDER, NOT_THERE, Stdio, close_in_children, create_private_folder, end_with_parent,
  forward_quit_requests, is_channel, is_private, load_apart, make_private, never_follow, on_debug_signal, raise_file_limit, read_at,
};
