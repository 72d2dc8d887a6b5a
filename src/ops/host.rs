//! The process and its surroundings: start-up configuration, exit, single instance, folders of the user, locale.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use deno_core::{JsBuffer, OpState, op2, v8};
use deno_error::JsErrorBox;

use crate::app::AppConfig;
use crate::app::single_instance::{self, SecondInstance, SingleInstance};
use crate::bridge::{JsEnd, Reply, Request, UiCommand, UiEnd, UiEvent};
use crate::printer;
use crate::runtime::{ElectronNames, MainScript};

/// How long the UI thread may take to end. After that the process ends without it.
const UI_PATIENCE: Duration = Duration::from_secs(4);

/// The single-instance lock while it is held.
pub struct Lock(pub Arc<Mutex<Option<SingleInstance>>>);

/// The function that shows an exception which reached the native side.
pub struct UncaughtHandler(pub v8::Global<v8::Function>);

/// Names that function.
#[op2]
pub fn op_set_uncaught_handler(state: &mut OpState, #[scoped] handler: v8::Global<v8::Function>) {
  state.put(UncaughtHandler(handler));
}

/// Where and why a script cannot be parsed; `null` when it can be.
#[op2]
#[string]
pub fn op_explain_syntax(#[string] path: &str) -> Option<String> {
  crate::runtime::explain_syntax(Path::new(path))
}

/// Whether this process has loaded a script from this place; known to apps that are being developed only.
#[op2(fast)]
pub fn op_is_loaded(#[string] path: &str) -> bool {
  crate::runtime::is_loaded(Path::new(path))
}

/// What the app was started with.
#[op2]
#[serde]
pub fn op_host(state: &mut OpState) -> AppConfig {
  state.borrow::<AppConfig>().clone()
}

/// Ends the process. The UI thread destroys its windows first; nothing of the app's JavaScript runs any more.
#[op2(fast)]
pub fn op_end_process(state: &mut OpState, code: i32) {
  // Explicitly: nothing is dropped when a process ends.
  if let Ok(mut lock) = state.borrow::<Lock>().0.lock() {
    drop(lock.take());
  }
  crate::runtime::save_code();
  let sent = state.borrow::<JsEnd>().send(Request { command: UiCommand::Exit { code }, reply: Reply::none() });
  if sent.is_ok() {
    std::thread::sleep(UI_PATIENCE);
  }
  end(code)
}

#[expect(clippy::exit, reason = "this is the one place where a process with a user interface ends from another thread")]
fn end(code: i32) -> ! {
  std::process::exit(code)
}

/// Runs the promise reactions that wait. Only a caller outside of promise reactions gets them run before it goes on.
#[op2(fast, reentrant)]
pub fn op_run_reactions(scope: &mut v8::PinScope) {
  scope.perform_microtask_checkpoint();
}

/// Says which names `import { ... } from 'electron'` has.
#[op2]
pub fn op_electron_names(state: &mut OpState, #[serde] names: Vec<String>) {
  *state.borrow::<ElectronNames>().borrow_mut() = Some(names);
}

/// Takes the lock of a user data folder. False when another process holds it, which has then been told.
#[op2]
pub fn op_single_instance_request(
  state: &mut OpState,
  #[string] user_data: String,
  #[serde] argv: Vec<String>,
  #[string] cwd: String,
  #[buffer] data: JsBuffer,
) -> bool {
  let held = state.borrow::<Lock>().0.clone();
  let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
  if held.is_some() {
    return true;
  }
  let ui_end = state.borrow::<UiEnd>().clone();
  let on_second = move |SecondInstance { argv, cwd, data }: SecondInstance| ui_end.emit(UiEvent::SecondInstance { argv, cwd, data });
  let message = SecondInstance { argv, cwd, data: data.to_vec() };
  // As in Electron a lock that cannot be taken is not held. Who is told why is the user: the app quits without a word.
  *held = single_instance::request(Path::new(&user_data), &message, on_second).unwrap_or_else(|error| {
    printer::error(&format!(
      "error: the single-instance lock in {user_data} cannot be taken: {error}\nhint: check that the folder may be written"
    ));
    None
  });
  held.is_some()
}

/// Gives the lock back, if it is held.
#[op2(fast)]
pub fn op_single_instance_release(state: &mut OpState) {
  if let Ok(mut lock) = state.borrow::<Lock>().0.lock() {
    drop(lock.take());
  }
}

/// Names the main script that is loaded from now on, and says whether it stops at its first line; an empty path ends that.
#[op2(fast)]
pub fn op_main_script(state: &mut OpState, #[string] path: &str, breaks: bool) {
  state.borrow::<MainScript>().set(Some(path).filter(|path| !path.is_empty()).map(Into::into), breaks);
}

/// Where the system finds a file that may be in an archive.
#[op2]
#[string]
pub fn op_real_path(#[string] path: &str) -> Result<String, JsErrorBox> {
  let real = crate::runtime::real_path(Path::new(path)).map_err(JsErrorBox::from_err)?;
  Ok(real.to_string_lossy().into_owned())
}

/// The user's locale as a language tag, `en-US` when the environment names none.
#[op2]
#[string]
pub fn op_locale() -> String {
  preferred_languages().into_iter().next().unwrap_or_else(|| "en-US".into())
}

/// The user's languages, the most wanted first.
#[op2]
#[serde]
pub fn op_preferred_languages() -> Vec<String> {
  preferred_languages()
}

fn preferred_languages() -> Vec<String> {
  let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
  let locale = variable("LC_ALL").or_else(|| variable("LC_MESSAGES")).or_else(|| variable("LANG"));
  let mut tags: Vec<String> = Vec::new();
  // LANGUAGE is a list, and counts only when the locale is not "C".
  let list = if locale.as_deref().is_none_or(|locale| language_tag(locale).is_none()) { None } else { variable("LANGUAGE") };
  for name in list.iter().flat_map(|list| list.split(':')).chain(locale.as_deref()) {
    if let Some(tag) = language_tag(name).filter(|tag| !tags.contains(tag)) {
      tags.push(tag);
    }
  }
  tags
}

/// `de_AT.UTF-8@euro` is `de-AT`; `C` and `POSIX` are no language.
fn language_tag(locale: &str) -> Option<String> {
  let name = locale.split(['.', '@']).next().unwrap_or_default();
  if name.is_empty() || name == "C" || name == "POSIX" || !name.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c)) {
    return None;
  }
  Some(name.replace('_', "-"))
}

/// A folder of the user by Electron's name (`home`, `appData`, `temp`, `desktop`, `documents`, `downloads`, `music`, `pictures`,
/// `videos`), `null` for a name that is no folder of the system.
#[op2]
#[string]
pub fn op_path(#[string] name: &str) -> Option<String> {
  crate::app::paths::user_folder(name).map(|path| path.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
  use super::*;

  #[test]
  fn locales_become_language_tags() {
    assert_eq!(language_tag("de_AT.UTF-8@euro").as_deref(), Some("de-AT"));
    assert_eq!(language_tag("fr").as_deref(), Some("fr"));
    assert_eq!(language_tag("C.UTF-8"), None);
    assert_eq!(language_tag(""), None);
  }
}
