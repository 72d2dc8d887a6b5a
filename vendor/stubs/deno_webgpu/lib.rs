//! Stands in for WebGPU, which Node does not have: `vendor/stubs/README.md`.

/// A graphics driver. There is none.
#[derive(Clone)]
pub enum Instance {}

impl Instance {
  /// Makes a surface of a window.
  ///
  /// # Safety
  /// It cannot be called: there is no value of this type.
  pub unsafe fn instance_create_surface<D, W>(&self, _display: Option<D>, _window: W, _id: Option<u64>) -> Result<u64, &'static str> {
    match *self {}
  }
}

/// What surfaces of windows are made of.
pub mod canvas {
  /// A surface and its size in pixels.
  pub struct SurfaceData {
    pub id: u64,
    pub width: u32,
    pub height: u32,
    pub instance: super::Instance,
  }
}

/// For another clone it is compiled anew: it names its scripts by their paths.
const _: Option<&str> = option_env!("SHELL_CHECKOUT");

deno_core::extension!(deno_webgpu, lazy_loaded_js = ["00_init.js"]);
