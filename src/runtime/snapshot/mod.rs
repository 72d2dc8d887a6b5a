//! The heaps that workers start with, as build.rs made them. A type check for another platform has none: to make one, the runtime would have to
//! be compiled for the machine that checks.

/// A heap, and the scripts of the Node layer that are not in it.
pub(super) struct Snapshot {
  pub heap: Option<&'static [u8]>,
  /// Names and texts.
  pub lazy_js: &'static [(&'static str, &'static str)],
  pub lazy_esm: &'static [(&'static str, &'static str)],
}

// `MAIN`, of the main process of an app, and `WORKER`, of headless children and of worker threads.
#[cfg(feature = "executable")]
include!(concat!(env!("OUT_DIR"), "/snapshot.rs"));

#[cfg(not(feature = "executable"))]
pub(super) static WORKER: &Snapshot = &Snapshot { heap: None, lazy_js: &[], lazy_esm: &[] };
#[cfg(not(feature = "executable"))]
pub(super) static MAIN: &Snapshot = WORKER;

// The snapshots' own extension. Its scripts, among them all modules of the main process in a release build, were evaluated when the snapshots were made.
deno_core::extension!(shell_node);
