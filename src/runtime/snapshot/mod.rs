//! The heap that workers start with, as build.rs made it. A type check for another platform has none: to make one, the runtime would have to
//! be compiled for the machine that checks.

#[cfg(feature = "executable")]
pub(super) static SNAPSHOT: Option<&[u8]> = Some(include_bytes!(concat!(env!("OUT_DIR"), "/snapshot.bin")));
#[cfg(feature = "executable")]
include!(concat!(env!("OUT_DIR"), "/snapshot.rs"));

#[cfg(not(feature = "executable"))]
pub(super) static SNAPSHOT: Option<&[u8]> = None;
#[cfg(not(feature = "executable"))]
pub(super) static RESIDUAL_LAZY_JS: &[(&str, &str)] = &[];
#[cfg(not(feature = "executable"))]
pub(super) static RESIDUAL_LAZY_ESM: &[(&str, &str)] = &[];

// The snapshot's own extension. Its scripts, among them all modules of the main process in a release build, were evaluated when the snapshot was made.
deno_core::extension!(shell_node);
