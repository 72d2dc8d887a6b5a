//! Stands in for the canvas, which Node does not have: `vendor/stubs/README.md`.

/// Canvases of the app's own windows.
pub mod byow {
  use std::cell::RefCell;
  use std::rc::Rc;

  use deno_core::{GarbageCollected, v8};

  /// A window that can be drawn on. As there is no driver, none is ever made.
  pub struct UnsafeWindowSurface {
    pub data: Rc<RefCell<deno_webgpu::canvas::SurfaceData>>,
    pub active_context: (),
  }

  // SAFETY: It holds nothing of the heap.
  unsafe impl GarbageCollected for UnsafeWindowSurface {
    fn trace(&self, _visitor: &mut v8::cppgc::Visitor) {}

    fn get_name(&self) -> &'static std::ffi::CStr {
      c"UnsafeWindowSurface"
    }
  }
}

/// For another clone it is compiled anew: it names its scripts by their paths.
const _: Option<&str> = option_env!("SHELL_CHECKOUT");

deno_core::extension!(deno_canvas, lazy_loaded_esm = ["01_canvas.js"], lazy_loaded_js = ["02_surface.js"]);
