//! Stands in for calls of foreign functions from JavaScript, which Node does not have; native addons do without: `vendor/stubs/README.md`.

use denort_helper::DenoRtNativeAddonLoaderRc;

/// For another clone it is compiled anew: it names its scripts by their paths.
const _: Option<&str> = option_env!("SHELL_CHECKOUT");

deno_core::extension!(
  deno_ffi,
  lazy_loaded_js = ["00_ffi.js"],
  options = {
    deno_rt_native_addon_loader: Option<DenoRtNativeAddonLoaderRc>,
  },
  state = |state, options| {
    // Native addons are found by it, too.
    if let Some(loader) = options.deno_rt_native_addon_loader {
      state.put(loader);
    }
  }
);
