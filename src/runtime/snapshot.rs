//! The heap that workers start with, as the snapshot crate's build made it. A type check for another platform has none: to make one, the
//! runtime would have to be compiled for the machine that checks.

#[cfg(feature = "executable")]
pub(super) use deno_snapshots::{CLI_SNAPSHOT, RESIDUAL_LAZY_ESM, RESIDUAL_LAZY_JS};

#[cfg(not(feature = "executable"))]
pub(super) static CLI_SNAPSHOT: Option<&[u8]> = None;
#[cfg(not(feature = "executable"))]
pub(super) static RESIDUAL_LAZY_JS: &[(&str, &str)] = &[];
#[cfg(not(feature = "executable"))]
pub(super) static RESIDUAL_LAZY_ESM: &[(&str, &str)] = &[];
