//! What the JavaScript thread asks of the operating system. Each file offers the same names.

#[cfg(unix)]
#[path = "unix.rs"]
mod system;
#[cfg(windows)]
#[path = "windows.rs"]
mod system;

pub(super) use system::{create_private_folder, forward_quit_requests, is_private, make_private};
