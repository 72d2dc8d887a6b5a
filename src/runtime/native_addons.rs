//! What native addons need before the runtime loads them.

use std::fs::File;
use std::io;
use std::path::Path;

use object::{Object as _, ObjectSymbol as _, ReadCache};

use super::platform;

/// How names begin that only Node's own program has: those of the C++ namespaces `v8` and `node`.
const FOREIGN: &[&str] = &["_ZN2v8", "_ZNK2v8", "_ZTIN2v8", "_ZTVN2v8", "_ZN4node", "_ZNK4node"];

/// Prepares an addon, and refuses one that was compiled for V8 itself, whose interface is another in each version of Node and Electron: the loader of the system
/// would find that out at the first call of a function that is not there, and end the process. Whatever else is wrong with a file is told when it is loaded.
pub(super) fn prepare(path: &Path) -> io::Result<()> {
  if let Some(name) = foreign_symbol(path) {
    return Err(io::Error::other(format!(
      "{} was compiled for the V8 of one version of Node or Electron (it needs {name}), and addons have to use Node-API here\nhint: take a version \
       of the package that is built for Node-API, or another package",
      path.display()
    )));
  }
  platform::load_apart(path);
  Ok(())
}

/// A name that the addon needs and nobody has.
fn foreign_symbol(path: &Path) -> Option<String> {
  let data = ReadCache::new(File::open(path).ok()?);
  let object = object::File::parse(&data).ok()?;
  let missing = object.dynamic_symbols().filter(|symbol| symbol.is_undefined() && !symbol.is_weak());
  let mut names = missing.filter_map(|symbol| symbol.name().ok());
  names.find(|name| FOREIGN.iter().any(|start| name.starts_with(start))).map(ToOwned::to_owned)
}
