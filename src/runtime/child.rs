//! A headless child of the same executable: `child_process.fork`, `ELECTRON_RUN_AS_NODE=1`, `--run-as-node`. No toolkit is started.

use std::path::Path;

use deno_core::error::{CoreError, CoreErrorKind};
use deno_core::url::Url;
use deno_runtime::deno_node::ops::ipc::ChildIpcSerialization;
use deno_runtime::fmt_errors::format_js_error;
use deno_runtime::worker::MainWorker;

use super::embedded;
use super::module_loader::{ElectronNames, Loader};
use super::services::Services;
use super::worker::{self, Recipe};
use crate::app::role::NodeStart;
use crate::error::{Error, Result};
use crate::{ops, printer};

/// Runs the script to its end on this thread; gives the exit code.
///
/// # Errors
/// There is nothing to run, or the script's path has no meaning.
pub fn run(start: NodeStart) -> Result<i32> {
  let channel = take_channel();
  // As in Electron: what a headless child starts from the same executable is headless too.
  // SAFETY: no other thread runs yet.
  unsafe { std::env::set_var(crate::app::role::RUN_AS_NODE_VARIABLE, "1") };
  super::prepare_process();
  let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::Thread)?;
  runtime.block_on(run_script(start, channel))
}

/// The channel to the parent, which our own children must not inherit.
fn take_channel() -> Option<(i64, ChildIpcSerialization)> {
  let descriptor = std::env::var("NODE_CHANNEL_FD").ok()?.parse().ok()?;
  let mode = std::env::var("NODE_CHANNEL_SERIALIZATION_MODE").ok().and_then(|mode| mode.parse().ok());
  for name in ["NODE_CHANNEL_FD", "NODE_CHANNEL_SERIALIZATION_MODE"] {
    // SAFETY: no other thread runs yet.
    unsafe { std::env::remove_var(name) };
  }
  Some((descriptor, mode.unwrap_or(ChildIpcSerialization::Json)))
}

async fn run_script(start: NodeStart, channel: Option<(i64, ChildIpcSerialization)>) -> Result<i32> {
  if start.script.is_none() && start.eval.is_none() {
    return Err(Error::NoScript);
  }
  let folder = std::env::current_dir().unwrap_or_default();
  let script = start.script.as_deref().map(|script| folder.join(script));
  let main_module = script
    .as_deref()
    .or(Some(&folder.join("[eval]")))
    .and_then(|path| Url::from_file_path(path).ok())
    .ok_or_else(|| Error::NoSuchApp(Path::new(start.script.as_deref().unwrap_or_default()).into()))?;
  let services = Services::new();
  let recipe = Recipe {
    main_module,
    loader: Loader::new(services.clone(), ElectronNames::default()),
    arguments: start.arguments.clone(),
    extensions: vec![ops::guard::shell_guard::init()],
    channel,
  };
  let mut worker = worker::build(&services, recipe);
  let code = match run_worker(&mut worker, &start, script.as_deref()).await {
    Ok(code) => code,
    Err(error) => {
      printer::error(&describe(error));
      1
    }
  };
  Ok(code)
}

async fn run_worker(worker: &mut MainWorker, start: &NodeStart, script: Option<&Path>) -> std::result::Result<i32, CoreError> {
  let settings = serde_json::json!({
    "script": script,
    "eval": start.eval,
    "execArgv": start.exec_arguments,
    "arguments": start.arguments,
  });
  worker.execute_script("shell:///common/process-versions.js", embedded::process_versions().into())?;
  worker.execute_script("shell:///child/init.js", embedded::call("child/init.js", &settings.to_string()).into())?;
  worker.dispatch_load_event()?;
  loop {
    worker.run_event_loop(false).await?;
    if !worker.dispatch_beforeunload_event()? && !worker.dispatch_process_beforeexit_event()? {
      break;
    }
  }
  worker.dispatch_unload_event()?;
  worker.dispatch_process_exit_event()?;
  super::code_cache::save();
  worker.run_napi_ref_finalizers();
  Ok(worker.exit_code())
}

fn describe(error: CoreError) -> String {
  match error.into_kind() {
    CoreErrorKind::Js(error) => format_js_error(&error, None),
    other => other.to_string(),
  }
}
