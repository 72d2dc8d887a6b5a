//! A desktop application shell that runs Electron apps on the system's web view and a V8 main process with Node's API.

pub mod bridge;
#[cfg(unix)]
pub mod lane;
pub mod ui;
