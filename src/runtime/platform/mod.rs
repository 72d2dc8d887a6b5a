//! What the JavaScript thread asks of the operating system. Each file offers the same names.

#[cfg(target_os = "macos")]
#[path = "cache_macos.rs"]
mod cache;
#[cfg(all(unix, not(target_os = "macos")))]
#[path = "cache_xdg.rs"]
mod cache;
#[cfg(windows)]
#[path = "cache_windows.rs"]
mod cache;
#[cfg(unix)]
#[path = "unix.rs"]
mod system;
#[cfg(windows)]
#[path = "windows.rs"]
mod system;

pub(super) use cache::cache_folder;
pub(super) use system::{create_private_folder, forward_quit_requests, is_private, make_private};
