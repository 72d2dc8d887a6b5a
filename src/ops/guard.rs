//! What hides the runtime's own interface from apps, in every worker.
//!
//! The Node layer of the runtime uses the global `Deno` in many places, so it cannot be deleted; packages that find it take themselves to
//! be in another program. It becomes an accessor that answers only to scripts of the runtime itself and to ours.

use deno_core::{OpDecl, op2, v8};
use deno_error::JsErrorBox;

/// Frames that are looked at: the accessor, who reads it, and a few for code compiled from strings.
const FRAMES: usize = 5;

/// Whether the code that reads the accessor which calls this belongs to the runtime.
#[op2(fast)]
pub fn op_caller_is_internal(scope: &mut v8::PinScope<'_, '_>) -> bool {
  let Some(trace) = v8::StackTrace::current_stack_trace(scope, FRAMES) else {
    return false;
  };
  // Code that the runtime compiles from strings has no name of its own; who called it counts.
  let frame = (1..trace.get_frame_count()).filter_map(|index| trace.get_frame(scope, index)).find(|frame| !frame.is_eval());
  // Nobody called: the native side reads it.
  let Some(frame) = frame else {
    return true;
  };
  frame.get_script_name(scope).is_some_and(|name| {
    let name = name.to_rust_string_lossy(scope);
    ["ext:", "node:", "shell:"].iter().any(|own| name.starts_with(own))
  })
}

/// Stands in for the operation that rewrites arguments of a spawned `process.execPath` into those of another program. Whoever calls it
/// leaves the arguments as they are when it throws.
#[op2]
fn op_keep_arguments(#[scoped] _args: Vec<String>, _in_package: bool, _wrap_eval: bool) -> Result<(), JsErrorBox> {
  Err(JsErrorBox::generic("arguments are passed on as they are"))
}

/// `process.noAsar` of this thread: archives are files while it is set.
#[op2(fast)]
fn op_archives_off(off: bool) {
  crate::runtime::set_no_asar(off);
}

/// A call of a function of `original-fs` begins or ends.
#[op2(fast)]
fn op_archives_original(begins: bool) {
  crate::runtime::set_original(begins);
}

/// Whether source maps of scripts count in stack traces of this thread.
#[op2(fast)]
fn op_source_maps(enabled: bool) {
  crate::runtime::set_source_maps(enabled);
}

/// Where compiled code of the program's modules is kept; null if it is not.
#[op2]
#[string]
fn op_code_cache_folder() -> Option<String> {
  crate::runtime::code_cache_folder().map(|folder| folder.display().to_string())
}

/// Writes what was compiled since.
#[op2(fast, reentrant)]
fn op_code_cache_save() {
  crate::runtime::save_code_now();
}

fn replace(op: OpDecl) -> OpDecl {
  match op.name {
    "op_node_translate_cli_args" => op.with_implementation_from(&op_keep_arguments()),
    "op_compile_function" => op.with_implementation_from(&crate::runtime::op_compile_function_cached()),
    _ => op,
  }
}

deno_core::extension!(
  shell_guard,
  // The other one is the last, because the shell's own extension takes what comes after it.
  ops = [op_archives_off, op_archives_original, op_code_cache_folder, op_code_cache_save, op_source_maps, op_caller_is_internal],
  esm_entry_point = "ext:shell_guard/guard.js",
  esm = ["ext:shell_guard/guard.js" = {
    source = "import { core, internals } from 'ext:core/mod.js';\nconst { op_archives_off, op_archives_original, op_caller_is_internal, op_code_cache_folder, op_code_cache_save, op_inspector_connect, op_inspector_dispatch, op_set_format_exception_callback, op_source_maps } = core.ops;\nconst { defineProperty } = Object;\nObject.defineProperty(globalThis, '__shellNative', { configurable: true, value: { op_archives_off, op_archives_original, op_code_cache_folder, op_code_cache_save, op_inspector_connect, op_inspector_dispatch, op_set_format_exception_callback, op_source_maps } });\nObject.defineProperty(globalThis, '__shellGuard', { configurable: true, value() {\n  delete globalThis.__shellGuard;\n  if (internals.__nodeBootstrapArgs !== undefined) globalThis.nodeBootstrap(internals.__nodeBootstrapArgs);\n  const value = globalThis.Deno;\n  defineProperty(globalThis, 'Deno', { configurable: false, enumerable: false, get() { return op_caller_is_internal() ? value : undefined; }, set(_) {} });\n} });\n"
  }],
  middleware = replace,
);

/// The script that closes the door; it runs when the runtime has booted and before any other.
pub const HIDE: &str = "globalThis.__shellGuard()";
