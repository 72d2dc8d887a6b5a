//! Stands in for `ImageBitmap`, which Node does not have: `vendor/stubs/README.md`.

/// For another clone it is compiled anew: it names its scripts by their paths.
const _: Option<&str> = option_env!("SHELL_CHECKOUT");

deno_core::extension!(deno_image, lazy_loaded_esm = ["01_image.js"]);
