// The part of the build script that makes the heaps that workers start with, included by build.rs.
//
// Each is the runtime's own snapshot with one more extension: `node.js`, which has the Node layer evaluated, too, and modules of the shell. That of the main process
// has all modules that its start imports, without which a start evaluates some hundred. That of headless children and worker threads has only the few that they use:
// V8 makes all objects of a snapshot anew at each start. Scripts of the layer that nothing has evaluated yet are carried as text.
//
// The runtime lets a program named `deno` make its scripts smaller on their way into a snapshot. That program is this one, by another name.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::{env, fs};

use deno_runtime::deno_core::{self, Extension, ExtensionFileSource};
use deno_runtime::ops::bootstrap::SnapshotOptions;
use deno_runtime::snapshot::{LazyExtensionFile, LazyExtensionFileKind, create_runtime_snapshot};
use deno_runtime::transpile::maybe_transpile_source;

use super::mend::mend;
use super::squeeze::squeeze;

/// What `process.versions.typescript` says.
const TYPESCRIPT: &str = "6.0.3";

/// What starts the main process. It is evaluated in each of them; what it imports has been before.
const MAIN: &str = "main/init.js";

/// What starts a headless child. Of what it imports the folder of [`SHARED`] is evaluated before: the rest asks the native side for what it was started for.
const CHILD: &str = "child/init.js";
const SHARED: &str = "common/";

/// Whether this process was started by another one of its kind, to prepare the script that its input is: `deno run -A <program> <specifier>`.
pub(crate) fn is_preparer() -> bool {
  env::args().nth(1).as_deref() == Some("run")
}

/// Writes the prepared script to the output.
pub(crate) fn prepare_input() {
  let specifier = env::args().next_back().expect("the runtime names the script");
  let mut code = String::new();
  io::stdin().read_to_string(&mut code).expect("scripts are text");
  io::stdout().write_all(prepare(&specifier, code).as_bytes()).expect("the runtime reads it");
}

/// Has the runtime start this program for each script of a snapshot. What it would have started it with goes to the same folder, not to one that other users share.
fn offer_preparer(programs: &Path) {
  let program = programs.join("deno").with_extension(env::consts::EXE_EXTENSION);
  let own = env::current_exe().expect("a program can see itself");
  let _ = fs::remove_file(&program);
  fs::create_dir_all(programs).and_then(|()| fs::hard_link(own, program)).expect("the output folder is writable");
  let rest = env::var_os("PATH").unwrap_or_default();
  let path =
    env::join_paths([programs.to_path_buf()].into_iter().chain(env::split_paths(&rest))).expect("the folder's name can be in a path");
  // SAFETY: this program has no other thread yet.
  unsafe {
    env::set_var("PATH", path);
    env::set_var(if cfg!(windows) { "TMP" } else { "TMPDIR" }, programs);
    env::set_var("DENO_SNAPSHOT_MINIFY_SOURCES", "1");
  }
}

/// Writes the snapshots and the tables of the remaining scripts into the build's folder.
pub(crate) fn make_snapshot() {
  println!("cargo:rerun-if-changed=src/runtime/snapshot");
  let folder = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
  let target = env::var("TARGET").expect("cargo sets TARGET");
  // The build script itself changes with the runtime and with `node.js`; what it made is kept when only other parts of it have to run.
  let stamp = folder.join("snapshot.stamp");
  let release = env::var("PROFILE").as_deref() == Ok("release");
  let main = modules_of(MAIN, release, |_| true);
  let worker = modules_of(CHILD, release, |path| path.starts_with(SHARED));
  let mut hasher = DefaultHasher::new();
  (&main, &worker).hash(&mut hasher);
  let state = format!("{target} {} {:x} {}", deno_core::v8::VERSION_STRING, hasher.finish(), fingerprint());
  if fs::read_to_string(&stamp).is_ok_and(|made| made == state) {
    return;
  }
  let programs = folder.join("preparer");
  offer_preparer(&programs);
  // Functions whose code is in the snapshot need not be compiled at the first call. All of them cost 1.5 MB and spare a start 1 to 3 ms.
  deno_core::v8::V8::set_flags_from_string("--no-lazy");
  let mut scripts = Scripts { folder: &folder, written: BTreeMap::new() };
  let mut code = String::new();
  // In a debug build, whose modules are on disk, they would be the same.
  let wanted = [("WORKER", worker), ("MAIN", main)];
  for (name, modules) in wanted.into_iter().take(if release { 2 } else { 1 }) {
    write_snapshot(name, modules, &target, &mut scripts, &mut code);
  }
  if !release {
    code.push_str("pub(crate) static MAIN: &Snapshot = WORKER;\n");
  }
  for (place, path) in scripts.written.values() {
    writeln!(code, "static SCRIPT_{place}: &str = include_str!({:?});", path.display().to_string()).expect("writing to a string");
  }
  // Else this program, which is large, would be kept after it was made anew.
  let _ = fs::remove_dir_all(programs);
  fs::write(folder.join("snapshot.rs"), code).expect("the output folder is writable");
  fs::write(stamp, state).expect("the output folder is writable");
}

/// Makes one snapshot, and adds what names it to the code.
fn write_snapshot(name: &str, modules: BTreeMap<String, String>, target: &str, scripts: &mut Scripts<'_>, code: &mut String) {
  let mut entry = String::from("import 'ext:shell_node/node.js';\n");
  let mut files = vec![ExtensionFileSource::new_computed("ext:shell_node/node.js", include_str!("node.js").into())];
  for (path, source) in modules {
    let specifier = format!("shell:///{path}");
    writeln!(entry, "import '{specifier}';").expect("writing to a string");
    files.push(ExtensionFileSource::new_computed(specifier.leak(), source.into()));
  }
  files.push(ExtensionFileSource::new_computed("ext:shell_node/all.js", entry.into()));
  let node =
    Extension { name: "shell_node", esm_files: Cow::Owned(files), esm_entry_point: Some("ext:shell_node/all.js"), ..Default::default() };
  let options = SnapshotOptions { ts_version: TYPESCRIPT.into(), v8_version: deno_core::v8::VERSION_STRING, target: target.into() };
  let heap = scripts.folder.join(format!("{}.bin", name.to_lowercase()));
  let made = create_runtime_snapshot(heap.clone(), options, vec![node]);
  let consumed: HashSet<&str> = made.consumed_lazy_specifiers.iter().map(String::as_str).collect();
  let rest: Vec<_> = made.lazy_extension_files.iter().filter(|file| !consumed.contains(file.specifier.as_str())).collect();
  writeln!(code, "pub(crate) static {name}: &Snapshot = &Snapshot {{\n  heap: Some(include_bytes!({:?})),", heap.display().to_string())
    .expect("writing to a string");
  for (field, kind) in [("lazy_js", LazyExtensionFileKind::Js), ("lazy_esm", LazyExtensionFileKind::Esm)] {
    writeln!(code, "  {field}: &[").expect("writing to a string");
    for file in rest.iter().filter(|file| file.kind == kind) {
      writeln!(code, "    ({:?}, SCRIPT_{}),", file.specifier, scripts.place(file)).expect("writing to a string");
    }
    code.push_str("  ],\n");
  }
  code.push_str("};\n");
}

/// The scripts that are carried as text, each once.
struct Scripts<'a> {
  folder: &'a Path,
  written: BTreeMap<String, (usize, PathBuf)>,
}

impl Scripts<'_> {
  /// The number of a script, which is written if it was not yet.
  fn place(&mut self, file: &LazyExtensionFile) -> usize {
    let next = self.written.len();
    self.written.entry(file.specifier.clone()).or_insert_with(|| (next, write_script(self.folder, file))).0
  }
}

/// The modules that a start imports, by their path, of those that are wanted. A debug build has none in its snapshot: it reads them from disk.
fn modules_of(start: &str, release: bool, wanted: impl Fn(&str) -> bool) -> BTreeMap<String, String> {
  let mut found = BTreeMap::new();
  if !release {
    return found;
  }
  let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR")).join("shell-js");
  let read = |path: &str| fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
  let mut open = imports(start, &read(start));
  while let Some(path) = open.pop() {
    if found.contains_key(&path) {
      continue;
    }
    let source = read(&path);
    open.extend(imports(&path, &source));
    found.insert(path, source);
  }
  found.retain(|path, _| wanted(path));
  found
}

/// The files that a module imports, from lines as `import ... from './file.js';` and the end of one that is longer.
fn imports(path: &str, source: &str) -> Vec<String> {
  let from = |line: &str| {
    let rest = line.strip_suffix("';")?;
    let (before, file) = rest.rsplit_once('\'')?;
    let is_import = before == "import " || before.ends_with(" from ");
    (is_import && file.starts_with('.')).then(|| join(path, file))
  };
  source.lines().filter_map(from).collect()
}

/// The path of a file as another one names it.
fn join(path: &str, file: &str) -> String {
  let mut parts: Vec<&str> = path.split('/').collect();
  parts.pop();
  for part in file.split('/') {
    match part {
      "." => {}
      ".." => drop(parts.pop()),
      name => parts.push(name),
    }
  }
  parts.join("/")
}

/// Identifies this program: its size and the time it was made.
fn fingerprint() -> String {
  let made = env::current_exe().and_then(fs::metadata).expect("a program can see itself");
  format!("{} {:?}", made.len(), made.modified())
}

/// A script as it is carried: mended, and without what only its readers need.
fn prepare(specifier: &str, code: String) -> String {
  let code = mend(specifier, code);
  squeeze(&code).unwrap_or_else(|error| panic!("{specifier}: {error}"))
}

/// Writes a script as the runtime takes it: JavaScript, and those that are not modules as the body of a function.
fn write_script(folder: &Path, file: &LazyExtensionFile) -> PathBuf {
  let source = fs::read_to_string(&file.path).unwrap_or_else(|error| panic!("{}: {error}", file.path.display()));
  let (code, _) =
    maybe_transpile_source(file.specifier.clone().into(), source.into()).unwrap_or_else(|error| panic!("{}: {error}", file.specifier));
  let code = prepare(&file.specifier, code.as_str().to_owned());
  let code = match file.kind {
    LazyExtensionFileKind::Js => deno_core::wrap_lazy_ext_script(code.as_str()),
    LazyExtensionFileKind::Esm => code,
  };
  // The runtime takes these texts for ASCII without looking.
  assert!(code.is_ascii() && file.specifier.is_ascii(), "{} is not ASCII", file.specifier);
  let name: String = file.specifier.chars().map(|character| if character.is_ascii_alphanumeric() { character } else { '_' }).collect();
  let path = folder.join(format!("{name}.js"));
  fs::write(&path, code).expect("the output folder is writable");
  path
}
