//! A desktop application shell that runs Electron apps on the system's web view and a V8 main process with Node's API.
//!
//! The process's main thread runs the user interface ([`ui`]), a thread of its own runs JavaScript ([`runtime`], [`ops`]), and
//! [`bridge`] holds the two enums that cross between them. [`app`] puts them together.

pub mod app;
pub mod asar;
pub mod bridge;
pub mod bundle;
pub mod cli;
pub mod dev;
#[cfg(target_os = "linux")]
mod distribution;
pub mod error;
pub mod lane;
pub mod ops;
pub mod printer;
pub mod runtime;
pub mod template;
pub mod ui;
