//! The thread that JavaScript runs on.

use std::rc::Rc;
use std::thread::Builder;

use deno_core::error::{CoreError, CoreErrorKind};
use deno_core::url::Url;
use deno_core::v8;
use deno_runtime::worker::MainWorker;

use super::module_loader::{ElectronNames, Loader};
use super::parent_channel::ParentChannel;
use super::services::Services;
use super::worker::{self, Recipe};
use super::{platform, snapshot, stack_traces};
use crate::app::AppConfig;
use crate::bridge::{EventReceiver, JsEnd, Reply, Request, UiCommand, UiEnd};
use crate::error::{Error, Result};
use crate::lane::before_sleep;
use crate::lane::portable::Portable;
use crate::ops::host::UncaughtHandler;
use crate::{ops, printer};

/// As large as that of a program's main thread on Linux: deep recursion in an app should end in a RangeError, not in a crash.
const STACK_SIZE: usize = 8 * 1024 * 1024;

/// The module that starts everything on the JavaScript side.
const ENTRY: &str = "shell:///main/init.js";

/// Starts the thread. It runs until the process ends.
///
/// # Errors
/// The system gives no thread.
pub fn spawn(
  config: AppConfig,
  channel: Option<ParentChannel>,
  lane: Portable,
  end: JsEnd,
  events: EventReceiver,
  ui_end: UiEnd,
) -> Result<()> {
  let body = move || {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().on_thread_park(before_sleep).build() {
      Ok(runtime) => runtime,
      Err(error) => return fail(&end, &error.to_string()),
    };
    runtime.block_on(run(config, channel, lane, end, events, ui_end));
  };
  Builder::new().name("javascript".into()).stack_size(STACK_SIZE).spawn(body).map_err(Error::Thread)?;
  Ok(())
}

async fn run(config: AppConfig, channel: Option<ParentChannel>, lane: Portable, end: JsEnd, events: EventReceiver, ui_end: UiEnd) {
  let Ok(main_module) = Url::parse(ENTRY) else {
    return fail(&end, "the entry module has no valid address");
  };
  let debugging = config.debugging;
  // Debuggers show it as what the process runs.
  let main_path = config.main_path.clone();
  let app_module = Url::from_file_path(&config.main_path).unwrap_or_else(|()| main_module.clone());
  let services = Services::new(&[]);
  let electron = ElectronNames::default();
  let recipe = Recipe {
    main_module: app_module,
    snapshot: snapshot::MAIN,
    loader: Loader::new(services.clone(), electron.clone()),
    arguments: config.argv.get(1..).unwrap_or_default().to_vec(),
    extensions: vec![ops::shell::init(
      config,
      lane,
      end.clone(),
      ui_end.clone(),
      events,
      Rc::clone(&electron),
      services.page_nodes.clone(),
      services.main_script.clone(),
    )],
    debugging,
    channel,
  };
  let mut worker = worker::build(&services, recipe);
  worker::keep_code(&mut worker, &main_path);
  // Not earlier: a program that waits for a debugger must end as it would without an app.
  platform::forward_quit_requests(&ui_end);
  if let Err(error) = worker.execute_main_module(&main_module).await {
    return fail(&end, &describe(error));
  }
  loop {
    // The event loop ends only with an error: the operation that waits for events is always pending.
    match worker::run_event_loop(&mut worker).await {
      Ok(()) => return fail(&end, "the event loop of the JavaScript thread ended"),
      Err(error) => report(&mut worker, error),
    }
  }
}

/// An exception that no JavaScript handler saw. The app lives on.
fn report(worker: &mut MainWorker, error: CoreError) {
  let text = describe(error);
  let handler = worker.js_runtime.op_state().borrow().try_borrow::<UncaughtHandler>().map(|handler| handler.0.clone());
  let Some(handler) = handler else {
    return printer::error(&text);
  };
  deno_core::scope!(scope, &mut worker.js_runtime);
  let handler = v8::Local::new(scope, handler);
  let this = v8::undefined(scope);
  let shown = v8::String::new(scope, &text).and_then(|text| handler.call(scope, this.into(), &[text.into()]));
  if shown.is_none() {
    printer::error(&text);
  }
}

fn describe(error: CoreError) -> String {
  match error.into_kind() {
    CoreErrorKind::Js(error) => stack_traces::describe(&error),
    other => other.to_string(),
  }
}

/// Ends the process because the JavaScript side cannot go on.
fn fail(end: &JsEnd, text: &str) {
  printer::error(&format!("error: {text}"));
  let _ = end.send(Request { command: UiCommand::Exit { code: 1 }, reply: Reply::none() });
}
