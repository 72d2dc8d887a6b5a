//! Stands in for `ImageBitmap`, which Node does not have: `vendor/stubs/README.md`.

deno_core::extension!(deno_image, lazy_loaded_esm = ["01_image.js"]);
