//! What each operating system does its own way. Each folder offers the same names.
//!
//! Linux has all its own, because GTK's windows and WebKitGTK do most of the work there. macOS and Windows share what tao, wry, rfd and muda do for
//! both (`common`), which calls the system's own part by the name `native`.

#[cfg(any(target_os = "windows", test))]
mod clipboard_formats;
#[cfg(any(target_os = "macos", target_os = "windows"))]
mod common;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "each engine tells its own part of these failures"))]
mod net;
mod partition;
#[cfg(target_os = "windows")]
mod windows;

#[cfg(any(target_os = "macos", target_os = "windows"))]
pub(crate) use common::*;
#[cfg(target_os = "linux")]
pub(crate) use linux::*;
#[cfg(target_os = "macos")]
use macos as native;
#[cfg(target_os = "windows")]
use windows as native;
