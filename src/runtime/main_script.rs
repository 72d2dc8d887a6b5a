//! The main script of a program: the one that `import.meta.main` is true in, and that a debugger may ask to stop. The engine takes another module for the main one, the shell's own.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// What marks an ES module as the main one. It is there before the module's first line is evaluated; what the module imports never sees it.
const IS_MAIN: &str = "import.meta.main";

/// The main script that is being loaded. Cheap to clone.
#[derive(Clone, Default)]
pub struct MainScript(Arc<Mutex<Option<Named>>>);

struct Named {
  path: PathBuf,
  /// It stops at its first line.
  breaks: bool,
}

impl MainScript {
  /// Names the script that is loaded from now on; `None` ends that.
  pub(crate) fn set(&self, path: Option<PathBuf>, breaks: bool) {
    *self.0.lock().unwrap_or_else(PoisonError::into_inner) = path.map(|path| Named { path, breaks });
  }

  /// Whether a script is the main one, and whether it stops.
  fn look_up(&self, path: &Path) -> Option<bool> {
    self.0.lock().unwrap_or_else(PoisonError::into_inner).as_ref().filter(|named| named.path == path).map(|named| named.breaks)
  }

  /// The source of the script at `path`, as it is to be compiled.
  pub(super) fn mark(&self, path: &Path, source: String) -> String {
    if self.look_up(path) == Some(true) { begin_with("debugger;", &source) } else { source }
  }

  /// The same once more for an ES module; `None` where it stays as it is.
  pub(super) fn mark_module(&self, path: &Path, source: &str) -> Option<String> {
    self.look_up(path).and_then(|_| mark_main_module(source))
  }
}

/// The source of a main module in which `import.meta.main` is true; `None` if it does not ask.
pub(crate) fn mark_main_module(source: &str) -> Option<String> {
  source.contains(IS_MAIN).then(|| begin_with("import.meta.main=true;", source))
}

/// Lines keep their numbers.
fn begin_with(statement: &str, source: &str) -> String {
  match source.strip_prefix("#!") {
    Some(rest) => format!("{statement}//{rest}"),
    None => format!("{statement}{source}"),
  }
}

#[cfg(test)]
mod tests {
  use super::*;

  #[test]
  fn only_the_named_script_is_marked_and_keeps_its_lines() {
    let main = MainScript::default();
    let mark = |path: &str, source: &str| main.mark(Path::new(path), source.into());
    let module = |path: &str, source: &str| main.mark_module(Path::new(path), source).unwrap_or_else(|| source.into());
    assert_eq!((mark("/a.js", "a"), module("/a.js", "import.meta.main")), ("a".into(), "import.meta.main".into()));
    main.set(Some("/a.js".into()), true);
    assert_eq!((mark("/a.js", "a").as_str(), mark("/b.js", "b").as_str()), ("debugger;a", "b"));
    assert_eq!(mark("/a.js", "#!/bin/x\na"), "debugger;///bin/x\na");
    main.set(Some("/a.js".into()), false);
    assert_eq!((mark("/a.js", "a").as_str(), module("/a.js", "a").as_str()), ("a", "a"));
    assert_eq!(module("/a.js", "#!x\nimport.meta.main"), "import.meta.main=true;//x\nimport.meta.main");
    main.set(None, false);
    assert_eq!(module("/a.js", "import.meta.main"), "import.meta.main");
  }
}
