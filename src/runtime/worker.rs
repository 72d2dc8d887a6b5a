//! Builds the main worker of the process: with the shell's extension for an app, bare for a headless child.

use std::path::Path;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use deno_core::error::CoreError;
use deno_core::url::Url;
use deno_core::{Extension, FastString, JsRuntime, PollEventLoopOptions, v8};
use deno_runtime::deno_os::OpExitCallbacks;
use deno_runtime::worker::{MainWorker, WorkerOptions, WorkerServiceOptions};
use deno_runtime::{BootstrapOptions, WorkerExecutionMode, WorkerLogLevel, colors};
use tokio::time::Instant;

use super::archives::AddonLoader;
use super::inspector::{self, Debugging};
use super::module_loader::Loader;
use super::parent_channel::ParentChannel;
use super::services::Services;
use super::snapshot::{self, Snapshot};
use super::{code_cache, embedded, stack_traces, uncaught, web_worker};
use crate::app::node_options::Options;
use crate::ops::guard;
use crate::printer;

/// What the main worker differs in.
pub(super) struct Recipe {
  pub main_module: Url,
  pub snapshot: &'static Snapshot,
  pub loader: Loader,
  /// `process.argv` from the third entry on.
  pub arguments: Vec<String>,
  /// Beside those that all workers have.
  pub extensions: Vec<Extension>,
  pub debugging: Debugging,
  pub channel: Option<ParentChannel>,
}

/// Builds and boots the worker. The thread must have entered its tokio runtime.
pub(super) fn build(services: &Arc<Services>, recipe: Recipe) -> MainWorker {
  let loader = Rc::new(recipe.loader);
  let options = WorkerOptions {
    bootstrap: bootstrap(services, recipe.arguments, recipe.channel, WorkerExecutionMode::None),
    extensions: extensions(recipe.extensions),
    startup_snapshot: recipe.snapshot.heap,
    residual_lazy_js_sources: recipe.snapshot.lazy_js,
    residual_lazy_esm_sources: recipe.snapshot.lazy_esm,
    create_params: create_params(),
    skip_op_registration: false,
    create_web_worker_cb: web_worker::callback(services.clone()),
    format_js_error_fn: Some(Arc::new(stack_traces::describe)),
    ..Default::default()
  };
  let worker_services = WorkerServiceOptions {
    blob_store: services.blobs.clone(),
    broadcast_channel: services.broadcast.clone(),
    deno_rt_native_addon_loader: Some(Arc::new(AddonLoader)),
    feature_checker: services.features.clone(),
    fs: services.file_system.clone(),
    module_loader: loader.clone(),
    node_services: Some(services.node(loader)),
    npm_process_state_provider: None,
    permissions: services.permissions.clone(),
    root_cert_store_provider: None,
    fetch_dns_resolver: Default::default(),
    shared_array_buffer_store: Some(services.shared_buffers.clone()),
    compiled_wasm_module_store: Some(services.wasm_modules.clone()),
    v8_code_cache: None,
    bundle_provider: None,
  };
  let mut worker = MainWorker::bootstrap_from_options(&recipe.main_module, worker_services, options);
  worker.js_runtime.v8_isolate().set_oom_error_handler(end_out_of_memory);
  stack_traces::attach(worker.js_runtime.v8_isolate());
  uncaught::attach(&mut worker.js_runtime);
  services.inspector.set(worker.js_runtime.inspector().get_session_sender());
  // It cannot fail: it redefines globals that the boot has just made.
  let _ = worker.execute_script("shell:guard", FastString::from_static(guard::HIDE));
  limit_globals(&mut worker.js_runtime);
  complete_node(&mut worker.js_runtime);
  worker.js_runtime.op_state().borrow_mut().put(deno_runtime::deno_node::ops::module_hooks::LoaderHookRegistry::default());
  inspector::attach(&mut worker, &recipe.debugging);
  worker
}

/// Gives the global scope the look of Node's.
pub(super) fn limit_globals(runtime: &mut JsRuntime) {
  let event_source = if EVENT_SOURCE.load(Ordering::Relaxed) { "true" } else { "false" };
  // It cannot fail: the script redefines what the boot has just made.
  let _ = runtime.execute_script("shell:///common/global-scope.js", embedded::call("common/global-scope.js", event_source));
}

/// What every worker gets in addition to the runtime's Node layer, before any module. The last that takes from the native side is `required-modules.js`.
pub(super) fn complete_node(runtime: &mut JsRuntime) {
  let options = THREAD_OPTIONS.get().map(|options| ("common/thread-options.js", options.as_str()));
  let source_maps = if stack_traces::source_maps_count() { "true" } else { "false" };
  let always = [("common/archives.js", ""), ("common/module-api.js", source_maps), ("common/process-facts.js", "")];
  let last = [("common/required-modules.js", ""), ("common/console.js", "")];
  for (path, argument) in always.into_iter().chain(options).chain(last) {
    // It cannot fail: the script redefines what the boot has just made.
    let _ = runtime.execute_script(format!("shell:///{path}"), embedded::call(path, argument));
  }
}

/// Options of the command line that each thread sees to, as JSON. Set before any of them runs JavaScript.
static THREAD_OPTIONS: OnceLock<String> = OnceLock::new();

/// Whether `EventSource` is a global, which Node has by an option only.
static EVENT_SOURCE: AtomicBool = AtomicBool::new(false);

/// Has every thread of the process follow what concerns it of these options.
pub(super) fn set_thread_options(options: &Options) {
  EVENT_SOURCE.store(options.is_on("--experimental-eventsource"), Ordering::Relaxed);
  if !options.concern_threads() {
    return;
  }
  // Names and texts only, which JSON can always say.
  if let Ok(options) = serde_json::to_string(options) {
    let _ = THREAD_OPTIONS.set(options);
  }
}

/// Keeps the compiled form of the program's modules on disk, and takes it up again.
pub(super) fn keep_code(worker: &mut MainWorker, program: &Path) {
  code_cache::apps::open(program, v8::script_compiler::cached_data_version_tag());
  if !code_cache::apps::is_open() {
    return;
  }
  code_cache::start_pending(worker.js_runtime.v8_isolate());
  at_exit(worker, code_cache::save_at_end);
}

/// Has something done when the program ends itself; what was asked for first is done first.
pub(super) fn at_exit(worker: &mut MainWorker, action: impl FnMut() + 'static) {
  let state = worker.js_runtime.op_state();
  let mut state = state.borrow_mut();
  let mut actions = state.try_take::<OpExitCallbacks>().unwrap_or_default();
  actions.push(Box::new(action));
  state.put(actions);
}

/// Runs what there is to do until nothing is left. In between, while the program is at rest, its modules' code is taken for the cache.
pub(super) async fn run_event_loop(worker: &mut MainWorker) -> Result<(), CoreError> {
  let rest = tokio::time::sleep(Duration::ZERO);
  tokio::pin!(rest);
  std::future::poll_fn(|context| {
    let polled = worker.js_runtime.poll_event_loop(context, PollEventLoopOptions::default());
    // A program with nothing to take is never woken for it.
    while polled.is_pending() && rest.as_mut().poll(context).is_ready() {
      let Some(next) = code_cache::collect_some() else { break };
      rest.as_mut().reset(Instant::from_std(next));
    }
    polled
  })
  .await
}

/// The extensions of a worker: what all workers have, which begins with the snapshot's own, and what only this one has.
pub(super) fn extensions(own: impl IntoIterator<Item = Extension>) -> Vec<Extension> {
  [snapshot::shell_node::init(), guard::shell_guard::init()].into_iter().chain(own).collect()
}

/// Options that the main worker and the worker threads share.
pub(super) fn bootstrap(
  services: &Services,
  args: Vec<String>,
  node_ipc_init: Option<ParentChannel>,
  mode: WorkerExecutionMode,
) -> BootstrapOptions {
  BootstrapOptions {
    args,
    cpu_count: std::thread::available_parallelism().map_or(1, usize::from),
    log_level: WorkerLogLevel::Warn,
    locale: v8::icu::get_language_tag(),
    color_level: colors::get_color_level(),
    unstable_features: services.feature_ids(),
    user_agent: format!("Electron/{}", crate::app::ELECTRON_VERSION),
    // Else a spawn of `process.execPath` is taken for a spawn of another program and its arguments are rewritten.
    is_standalone: true,
    // Else the first `require` of a dependency fails.
    has_node_modules_dir: true,
    argv0: std::env::args().next(),
    node_debug: std::env::var("NODE_DEBUG").ok(),
    node_cluster_unique_id: std::env::var("NODE_UNIQUE_ID").ok(),
    node_cluster_sched_policy: std::env::var("NODE_CLUSTER_SCHED_POLICY").ok(),
    node_ipc_init,
    mode,
    ..Default::default()
  }
}

/// Ends the process as Node ends it: by SIGABRT, after a line that says why. V8's own end is a trap, after pages of addresses.
pub(super) unsafe extern "C" fn end_out_of_memory(place: *const std::ffi::c_char, details: &v8::OomDetails) {
  // SAFETY: V8 gives a text that ends with a zero, or none.
  let place = if place.is_null() { "V8".into() } else { unsafe { std::ffi::CStr::from_ptr(place) }.to_string_lossy() };
  let what = if details.is_heap_oom { "JavaScript heap out of memory" } else { "process out of memory" };
  printer::error(&format!("FATAL ERROR: {place} Allocation failed - {what}"));
  std::process::abort();
}

/// Where V8 puts new objects; three times the part that is in use. By itself it makes that of the machine's memory, up to 96 MB, and an app that only passes
/// messages on fills all of it with garbage before it looks.
const YOUNG_GENERATION: usize = 24 << 20;

/// V8's own default heap limit is meant for browser tabs; the machine's memory is the measure here.
pub(super) fn create_params() -> Option<v8::CreateParams> {
  let memory = deno_runtime::deno_os::sys_info::mem_info()?;
  let params = v8::CreateParams::default().heap_limits_from_system_memory(memory.total, 0);
  let young = params.max_young_generation_size_in_bytes().min(YOUNG_GENERATION);
  Some(params.set_max_young_generation_size_in_bytes(young))
}
