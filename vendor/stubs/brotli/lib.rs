//! Hands on the release of the compressor that the runtime names, so that it and its dictionary are compiled and carried once: `vendor/stubs/README.md`.

pub use older::*;
