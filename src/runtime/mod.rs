//! The JavaScript side of the native program: V8 with Node's API on a thread of its own.
//!
//! Architecture Invariant: V8 and Deno types stay in this module and in [`crate::ops`].

mod archives;
pub mod child;
mod cjs;
mod code_cache;
mod embedded;
mod failed_modules;
mod function_form;
mod inspector;
mod loaded;
mod log;
mod main_script;
mod module_loader;
mod native_addons;
mod page_modules;
mod parent_channel;
mod platform;
mod renderer_modules;
mod services;
mod snapshot;
mod stack_traces;
mod thread;
mod typescript;
mod uncaught;
mod web_worker;
mod worker;

pub(crate) use archives::{is_dir, is_file, read as read_file, read_archived, real_path, set_no_asar, set_original};
pub(crate) use code_cache::{
  app_folder as code_cache_folder, op_compile_function_cached, save_at_end as save_code, save_now as save_code_now,
};
pub use inspector::Debugging;
pub(crate) use loaded::{is_loaded, keep as keep_loaded};
pub use main_script::MainScript;
pub(crate) use main_script::mark_main_module;
pub use module_loader::{ElectronNames, InlineModules};
pub use page_modules::{PageModule, PageModules, PageScript};
pub(crate) use parent_channel::take_parent_channel;
pub(crate) use renderer_modules::renderer_modules;
pub(crate) use stack_traces::set_source_maps;
pub use thread::spawn;
pub(crate) use typescript::{SourceKind, explain_syntax, is_module, strip_types};

/// Gives V8 its options, and those back that it does not know. Must be called before [`prepare_process`].
pub(crate) fn set_v8_flags(flags: Vec<String>) -> Vec<String> {
  if flags.is_empty() {
    return flags;
  }
  // Compiled code is good for the options that it was compiled with.
  code_cache::disable();
  // The first one is the program's name.
  let unknown = deno_core::v8_set_flags(std::iter::once("shell".into()).chain(flags).collect());
  unknown.into_iter().skip(1).collect()
}

/// Prepares what must be ready before the first thread starts: the environment, TLS, V8's platform. Call it once, on the main thread.
pub fn prepare_process() {
  // Children would take it for their own.
  // SAFETY: no other thread runs yet.
  unsafe { std::env::remove_var(crate::app::role::FORK_ENTRY_VARIABLE) };
  platform::raise_file_limit();
  // The reports of exceptions go to standard error.
  deno_runtime::colors::set_use_color(std::io::IsTerminal::is_terminal(&std::io::stderr()) && deno_runtime::colors::use_color());
  // Fails only if a provider is set already, which then serves as well.
  let _ = deno_runtime::deno_tls::rustls::crypto::aws_lc_rs::default_provider().install_default();
  log::listen();
  deno_core::JsRuntime::init_platform(None);
}
