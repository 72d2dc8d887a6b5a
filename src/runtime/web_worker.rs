//! Worker threads of an app (`worker_threads`, `Worker`). They have Node's API, and neither `electron` nor the shell's operations.

use std::rc::Rc;
use std::sync::Arc;

use deno_core::v8;
use deno_runtime::deno_node::ops::module_hooks::LoaderHookRegistry;
use deno_runtime::deno_node::ops::worker_threads::{DEFAULT_STACK_SIZE_MB, ResolvedResourceLimits};
use deno_runtime::ops::worker_host::{CreateWebWorkerArgs, CreateWebWorkerCb, ResourceLimits};
use deno_runtime::web_worker::{SendableWebWorkerHandle, WebWorker, WebWorkerOptions, WebWorkerServiceOptions};
use deno_runtime::{BootstrapOptions, WorkerExecutionMode};

use super::archives::AddonLoader;
use super::module_loader::Loader;
use super::page_modules::PageModules;
use super::services::Services;
use super::{embedded, snapshot, stack_traces, uncaught, worker};

const MEGABYTE: usize = 1024 * 1024;

/// What the runtime calls, on the new thread, for each worker.
pub(super) fn callback(services: Arc<Services>) -> Arc<CreateWebWorkerCb> {
  Arc::new(move |args| create(&services, args))
}

fn create(services: &Arc<Services>, args: CreateWebWorkerArgs) -> (WebWorker, SendableWebWorkerHandle) {
  // Only the main process knows the name of a page's context, and it counts once.
  let page = services.page_nodes.claim(&args.name);
  let is_page = page.is_some();
  let loader = Loader::new(services.clone(), Rc::default());
  let mut page_node = None;
  let loader = Rc::new(match page {
    Some(page) => {
      page_node = Some(crate::ops::page_node::shell_page_node::init(page, PageModules::new(loader.clone())));
      loader.for_page_node()
    }
    None => loader,
  });
  let worker_services = WebWorkerServiceOptions {
    blob_store: services.blobs.clone(),
    broadcast_channel: services.broadcast.clone(),
    deno_rt_native_addon_loader: Some(Arc::new(AddonLoader)),
    compiled_wasm_module_store: Some(services.wasm_modules.clone()),
    feature_checker: services.features.clone(),
    fs: services.file_system.clone(),
    main_inspector_session_tx: services.inspector.clone(),
    module_loader: loader.clone(),
    node_services: Some(services.node(loader)),
    npm_process_state_provider: None,
    permissions: args.permissions,
    root_cert_store_provider: None,
    shared_array_buffer_store: Some(services.shared_buffers.clone()),
    bundle_provider: None,
  };
  let (create_params, limits) = apply_limits(args.resource_limits.as_ref());
  let bootstrap = BootstrapOptions {
    location: Some(args.main_module.clone()),
    close_on_idle: args.close_on_idle,
    ..worker::bootstrap(services, Vec::new(), None, WorkerExecutionMode::Worker)
  };
  let options = WebWorkerOptions {
    name: args.name,
    main_module: args.main_module,
    worker_id: args.worker_id,
    bootstrap,
    extensions: worker::extensions(page_node),
    startup_snapshot: snapshot::WORKER.heap,
    residual_lazy_js_sources: snapshot::WORKER.lazy_js,
    residual_lazy_esm_sources: snapshot::WORKER.lazy_esm,
    create_params,
    unsafely_ignore_certificate_errors: None,
    seed: None,
    create_web_worker_cb: callback(services.clone()),
    format_js_error_fn: Some(Arc::new(stack_traces::describe)),
    worker_type: args.worker_type,
    stdio: Default::default(),
    cache_storage_dir: None,
    trace_ops: None,
    close_on_idle: args.close_on_idle,
    maybe_worker_metadata: args.maybe_worker_metadata,
    maybe_main_module_blob: args.maybe_main_module_blob,
    maybe_coverage_dir: None,
    maybe_cpu_prof_config: None,
    enable_raw_imports: false,
    enable_stack_trace_arg_in_ops: false,
    wait_for_debugger_on_start: args.wait_for_debugger_on_start,
    wait_for_page_wait_for_debugger: args.wait_for_page_wait_for_debugger,
  };
  let (mut worker, handle, bootstrap) = WebWorker::from_options(worker_services, options);
  let limited = limits.is_some();
  if let Some(limits) = limits {
    // Before the boot: `worker_threads` reads them while it starts.
    worker.js_runtime.op_state().borrow_mut().put(limits);
  }
  worker.js_runtime.v8_isolate().set_oom_error_handler(worker::end_out_of_memory);
  stack_traces::attach(worker.js_runtime.v8_isolate());
  worker.bootstrap(&bootstrap);
  uncaught::attach(&mut worker.js_runtime);
  // Neither can fail: they redefine what the boot has just made.
  let _ = worker.js_runtime.execute_script("shell:guard", crate::ops::guard::HIDE);
  let _ = worker.js_runtime.execute_script("shell:///common/process-versions.js", embedded::process_versions());
  worker::complete_node(&mut worker.js_runtime);
  if !is_page {
    worker::limit_globals(&mut worker.js_runtime);
  }
  worker.js_runtime.op_state().borrow_mut().put(LoaderHookRegistry::default());
  if limited {
    // A worker that outgrows its limit ends alone; without this V8 would end the whole process.
    let isolate = worker.js_runtime.v8_isolate().thread_safe_handle();
    let out_of_memory = worker.oom_triggered.clone();
    worker.js_runtime.add_near_heap_limit_callback(move |limit, _| {
      out_of_memory.store(true, std::sync::atomic::Ordering::SeqCst);
      isolate.terminate_execution();
      limit * 2
    });
  }
  (worker, handle)
}

/// V8's parameters for `resourceLimits`, and the limits that then hold.
fn apply_limits(limits: Option<&ResourceLimits>) -> (Option<v8::CreateParams>, Option<ResolvedResourceLimits>) {
  let Some(limits) = limits else {
    return (worker::create_params(), None);
  };
  let positive = |value: Option<usize>| value.filter(|value| *value > 0);
  let mut params = worker::create_params().unwrap_or_default();
  if let Some(size) = positive(limits.max_old_generation_size_mb) {
    params = params.set_max_old_generation_size_in_bytes(size * MEGABYTE);
  }
  if let Some(size) = positive(limits.max_young_generation_size_mb) {
    params = params.set_max_young_generation_size_in_bytes(size * MEGABYTE);
  }
  if let Some(size) = positive(limits.code_range_size_mb) {
    params = params.set_code_range_size_in_bytes(size * MEGABYTE);
  }
  let resolved = ResolvedResourceLimits {
    max_young_generation_size_mb: params.max_young_generation_size_in_bytes() / MEGABYTE,
    max_old_generation_size_mb: params.max_old_generation_size_in_bytes() / MEGABYTE,
    code_range_size_mb: params.code_range_size_in_bytes() / MEGABYTE,
    stack_size_mb: limits.stack_size_mb.unwrap_or(DEFAULT_STACK_SIZE_MB),
  };
  (Some(params), Some(resolved))
}
