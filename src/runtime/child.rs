//! A headless child of the same executable: `child_process.fork`, `ELECTRON_RUN_AS_NODE=1`, `--run-as-node`. It behaves as Node does, and no
//! toolkit is started.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use deno_core::FastString;
use deno_core::error::{CoreError, CoreErrorKind};
use deno_core::url::Url;
use deno_runtime::worker::MainWorker;
use serde::Serialize;

use super::inspector::{self, Debugging};
use super::module_loader::{ElectronNames, InlineModules, Loader};
use super::parent_channel::{ParentChannel, take_parent_channel};
use super::services::Services;
use super::worker::{self, Recipe};
use super::{archives, code_cache, embedded, platform, snapshot, stack_traces};
use crate::app::node_options::{NodeLine, Options};
use crate::error::{Error, Result};
use crate::{ops, printer};

/// Node's exit code for a command line that it does not take.
const INVALID_ARGUMENT: i32 = 9;
/// And for an inspector that could not be started.
const NO_DEBUGGER: i32 = 12;

/// Sets Node's exit code for a module that awaits forever.
const SET_UNSETTLED_CODE: &str = "if (typeof process === 'object') process.exitCode ??= 13;";

/// Electron's switch that makes archives plain files in a child.
const NO_ASAR_VARIABLE: &str = "ELECTRON_NO_ASAR";

/// Node's variable for `--redirect-warnings`.
const REDIRECT_VARIABLE: &str = "NODE_REDIRECT_WARNINGS";

/// The module that starts everything on the JavaScript side.
const ENTRY: &str = "shell:///child/init.js";

/// What the JavaScript side does.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChildStart {
  pub options: Options,
  pub exec_arguments: Vec<String>,
  /// As it was given.
  pub script: Option<String>,
  pub arguments: Vec<String>,
  /// Where relative names of modules of code without a file begin.
  pub folder_url: String,
  /// It is a child of `utilityProcess.fork`.
  pub is_utility: bool,
  /// The first script stops at its beginning, for a debugger.
  pub breaks: bool,
  /// `process.debugPort`, if it is another than Node's and nobody listens there yet.
  pub debug_port: Option<u16>,
}

/// What a headless child is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
  /// It behaves as Node.
  Node,
  /// It is one of `utilityProcess.fork`: a Node that has `parentPort` and `electron`.
  Utility,
}

/// Runs what Node's arguments ask for to its end, on this thread; gives the exit code.
///
/// # Errors
/// The system gives no event loop.
pub fn run(arguments: &[String], kind: Kind) -> Result<i32> {
  let read = read_command_line(arguments).and_then(|line| set_v8_flags(&line).and_then(|()| Ok((Debugging::wanted(&line.options)?, line))));
  let (debugging, line) = match read {
    Ok(read) => read,
    Err(fault) => {
      printer::error(&format!("{}: {fault}", std::env::args().next().unwrap_or_else(|| "shell".into())));
      return Ok(INVALID_ARGUMENT);
    }
  };
  if line.options.is_on("--version") {
    printer::output(&format!("v{}\n", deno_runtime::deno_node::NODE_VERSION));
    return Ok(0);
  }
  if line.options.is_on("--enable-source-maps") {
    stack_traces::enable_source_maps();
  }
  worker::set_thread_options(&line.options);
  let channel = take_parent_channel();
  if std::env::var_os(NO_ASAR_VARIABLE).is_some_and(|value| !value.is_empty()) {
    archives::disable();
  }
  match kind {
    // As in Electron: what a Node starts from the same executable is a Node too.
    // SAFETY: no other thread runs yet.
    Kind::Node => unsafe { std::env::set_var(crate::app::role::RUN_AS_NODE_VARIABLE, "1") },
    Kind::Utility => {
      platform::end_with_parent();
      // SAFETY: no other thread runs yet.
      unsafe { std::env::remove_var(crate::app::role::UTILITY_VARIABLE) };
    }
  }
  super::prepare_process();
  if let Err(fault) = debugging.listen() {
    printer::error(&fault);
    return Ok(NO_DEBUGGER);
  }
  let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::Thread)?;
  let code = runtime.block_on(run_to_end(line, channel, kind, debugging));
  // What still waits on a thread, as for standard input, must not keep the process.
  runtime.shutdown_background();
  Ok(code)
}

/// Reads the arguments, the files of `--env-file` and `NODE_OPTIONS`, which may stand in such a file.
fn read_command_line(arguments: &[String]) -> std::result::Result<NodeLine, String> {
  let line = NodeLine::parse(arguments)?;
  for (name, value) in read_environment_files(&line.options)? {
    if std::env::var_os(&name).is_none() {
      // SAFETY: no other thread runs yet.
      unsafe { std::env::set_var(name, value) };
    }
  }
  let mut line = match std::env::var("NODE_OPTIONS") {
    Ok(text) => line.with_environment(&text)?,
    Err(_) => line,
  };
  if let Some(file) = std::env::var(REDIRECT_VARIABLE).ok().filter(|file| !file.is_empty()) {
    line.options.add_default("--redirect-warnings", file);
  }
  line.check()?;
  Ok(line)
}

/// What the files say; the later word counts.
fn read_environment_files(options: &Options) -> std::result::Result<BTreeMap<String, String>, String> {
  let mut found = BTreeMap::new();
  let needed = options.values("--env-file").iter().map(|path| (path, true));
  let wanted = options.values("--env-file-if-exists").iter().map(|path| (path, false));
  for (path, is_needed) in needed.chain(wanted) {
    match std::fs::read_to_string(path) {
      Ok(text) => deno_dotenv::parse_env_content_hook(&text, &mut |name, value| {
        // The system has no room for others.
        if !name.is_empty() && !name.contains('=') && !name.contains('\0') && !value.contains('\0') {
          found.insert(name.to_owned(), value.to_owned());
        }
      }),
      Err(_) if is_needed => return Err(format!("{path}: not found")),
      Err(_) => printer::error(&format!("{path} not found. Continuing without it.")),
    }
  }
  Ok(found)
}

/// Gives V8 its options, and what neither Node nor V8 knows back as a fault.
fn set_v8_flags(line: &NodeLine) -> std::result::Result<(), String> {
  let mut flags = line.options.v8.clone();
  if line.options.is_on("--v8-options") {
    flags.push("--help".into());
  }
  match super::set_v8_flags(flags).first() {
    Some(unknown) => Err(format!("bad option: {unknown}")),
    None => Ok(()),
  }
}

async fn run_to_end(line: NodeLine, channel: Option<ParentChannel>, kind: Kind, debugging: Debugging) -> i32 {
  let folder = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("/"));
  let services = Services::new(line.options.values("--conditions"));
  let inline = InlineModules::default();
  let start = ChildStart {
    folder_url: Url::from_directory_path(&folder).map(Into::into).unwrap_or_default(),
    options: line.options,
    exec_arguments: line.exec_arguments,
    script: line.script,
    arguments: line.arguments,
    is_utility: kind == Kind::Utility,
    breaks: debugging.breaks(),
    debug_port: debugging.later_port(),
  };
  let electron = ElectronNames::default();
  let program = start.script.as_deref().filter(|script| *script != "-").map(|script| folder.join(script));
  let recipe = Recipe {
    main_module: main_module(&folder, start.script.as_deref()),
    snapshot: snapshot::WORKER,
    loader: Loader::new(services.clone(), electron.clone()).with_inline(inline.clone()),
    arguments: start.arguments.clone(),
    extensions: vec![ops::child::shell_child::init(start, inline, electron, services.main_script.clone())],
    debugging,
    channel,
  };
  let mut worker = worker::build(&services, recipe);
  if let Some(program) = &program {
    worker::keep_code(&mut worker, program);
  }
  inspector::wait_at_exit(&mut worker);
  // The isolate is taken down at the end, with what native addons want to be called for.
  match run_worker(&mut worker).await {
    Ok(code) => code,
    Err(error) => {
      // Exceptions of the program end it on the JavaScript side; here arrives what that could not take.
      printer::error(&describe(error));
      1
    }
  }
}

/// The address of what runs, as far as it is known before Node's resolution.
fn main_module(folder: &Path, script: Option<&str>) -> Url {
  let path = folder.join(script.unwrap_or("[eval]"));
  Url::from_file_path(path).unwrap_or_else(|()| ENTRY.parse().expect("our own address is one"))
}

async fn run_worker(worker: &mut MainWorker) -> std::result::Result<i32, CoreError> {
  worker.execute_script("shell:///common/process-versions.js", embedded::process_versions().into())?;
  // That has made the channel to a parent. Once the system was asked about it, a message is written in the moment in which it is sent, and a
  // program that ends right afterwards does not lose it.
  tokio::task::yield_now().await;
  let entry = ENTRY.parse().expect("our own address is one");
  worker.execute_main_module(&entry).await?;
  worker.dispatch_load_event()?;
  let mut was_unsettled = false;
  loop {
    let unsettled = unsettled_await(worker::run_event_loop(worker).await)?;
    // Listeners of `beforeExit` may bring it on; it is not asked a second time, because what awaits counts as work that is left.
    if let Some(place) = unsettled.as_ref().filter(|_| was_unsettled) {
      printer::error(&format!("Warning: Detected unsettled top-level await at {place}"));
      // Before the listeners of `exit` are called with it. A program may have put its own `process` there.
      worker.execute_script("shell:///child/unsettled.js", FastString::from_static(SET_UNSETTLED_CODE))?;
      break;
    }
    was_unsettled = unsettled.is_some();
    if !worker.dispatch_beforeunload_event()? && !worker.dispatch_process_beforeexit_event()? {
      break;
    }
  }
  worker.dispatch_unload_event()?;
  worker.dispatch_process_exit_event()?;
  code_cache::save_at_end();
  inspector::wait_for_disconnect(&worker.js_runtime.inspector());
  worker.run_napi_ref_finalizers();
  Ok(worker.exit_code())
}

/// Where a module awaits forever: that ends the process when nothing else is left to do.
fn unsettled_await(result: std::result::Result<(), CoreError>) -> std::result::Result<Option<String>, CoreError> {
  let Err(error) = result else { return Ok(None) };
  match error.as_kind() {
    // V8's words for it.
    CoreErrorKind::Js(error) if error.exception_message.contains("Top-level await promise never resolved") => {
      let frame = error.frames.first();
      let place = frame.and_then(|frame| Some(format!("{}:{}", frame.file_name.as_deref()?, frame.line_number?)));
      let source = error.source_line.as_deref().map(|line| format!("\n{line}")).unwrap_or_default();
      Ok(Some(format!("{}{source}", place.as_deref().unwrap_or("an unknown place"))))
    }
    _ => Err(error),
  }
}

fn describe(error: CoreError) -> String {
  match error.into_kind() {
    CoreErrorKind::Js(error) => stack_traces::describe(&error),
    other => other.to_string(),
  }
}
