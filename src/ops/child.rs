//! What a headless child's JavaScript gets from the native side.

use deno_core::url::Url;
use deno_core::{OpState, op2, v8};
use deno_error::JsErrorBox;
use serde::Serialize;

use crate::runtime::child::ChildStart;
use crate::runtime::{ElectronNames, InlineModules, MainScript, SourceKind};

/// What the child was started for.
#[op2]
#[serde]
fn op_child_start(state: &mut OpState) -> ChildStart {
  state.borrow::<ChildStart>().clone()
}

/// The options of the command line, for the Node layer.
#[op2]
#[serde]
fn op_child_exec_arguments(state: &mut OpState) -> Vec<String> {
  state.borrow::<ChildStart>().exec_arguments.clone()
}

/// A place in a script.
#[derive(Serialize)]
struct Place {
  name: String,
  line: usize,
  source: String,
  start: usize,
  end: usize,
}

/// Where a script could not be compiled; `null` for other exceptions.
#[op2]
#[serde]
fn op_child_syntax_place(scope: &mut v8::PinScope<'_, '_>, error: v8::Local<v8::Value>) -> Option<Place> {
  let message = v8::Exception::create_message(scope, error);
  let name = message.get_script_resource_name(scope).filter(|name| name.is_string())?.to_rust_string_lossy(scope);
  let line = message.get_line_number(scope)?;
  let source = message.get_source_line(scope)?.to_rust_string_lossy(scope);
  Some(Place { name, line, source, start: message.get_start_column(), end: message.get_end_column() })
}

/// Whether code without a file can only be an ES module.
#[op2(fast)]
fn op_child_is_module(#[string] source: &str, typescript: bool) -> bool {
  crate::runtime::is_module(source, if typescript { SourceKind::TypeScript } else { SourceKind::JavaScript })
}

/// TypeScript without a file as JavaScript.
#[op2]
#[string]
fn op_child_strip_types(#[string] source: String) -> Result<String, JsErrorBox> {
  crate::runtime::strip_types(source)
}

/// Puts a module under an address that no file has.
#[op2(fast)]
fn op_child_add_module(state: &mut OpState, #[string] url: &str, #[string] source: String) -> Result<(), JsErrorBox> {
  let url = Url::parse(url).map_err(JsErrorBox::from_err)?;
  // It is the program itself, or what comes before it.
  let source = crate::runtime::mark_main_module(&source).unwrap_or(source);
  state.borrow::<InlineModules>().borrow_mut().insert(url, source);
  Ok(())
}

deno_core::extension!(
  shell_child,
  ops = [super::host::op_electron_names, super::host::op_real_path, super::host::op_main_script, op_child_add_module, op_child_exec_arguments, op_child_is_module, op_child_syntax_place, op_child_start, op_child_strip_types],
  esm_entry_point = "ext:shell_child/door.js",
  // Taken while the extension is evaluated: the runtime deletes them from `core.ops` when it boots. `child/binding.js` deletes the global. The
  // Node layer reads its options while it boots too, so they must be there before.
  esm = ["ext:shell_child/door.js" = { source = "import { core } from 'ext:core/mod.js';\nconst { op_electron_names, op_real_path, op_main_script, op_child_add_module, op_child_exec_arguments, op_child_is_module, op_child_syntax_place, op_child_start, op_child_strip_types } = core.ops;\ncore.loadExtScript('ext:deno_node/internal_binding/node_options.ts').setOptionSourceExecArgv(op_child_exec_arguments());\nObject.defineProperty(globalThis, '__shellChild', { configurable: true, value: { op_electron_names, op_real_path, op_main_script, op_child_add_module, op_child_is_module, op_child_syntax_place, op_child_start, op_child_strip_types, runTicks: () => core.processTicksAndRejections() } });\n" }],
  options = { start: ChildStart, inline: InlineModules, electron: ElectronNames, main_script: MainScript },
  state = |state, options| {
    state.put(options.start);
    state.put(options.inline);
    state.put(options.electron);
    state.put(options.main_script);
  },
);
