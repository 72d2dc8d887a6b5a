//! R36, the code cache of apps: that V8 took what was kept, and that nothing which is wrong with it can be seen in what a program does.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

const MODULES: usize = 12;

/// A program of some modules, with a cache of its own.
struct Program {
  folder: TempDir,
}

/// What the cache did, as the process itself tells it.
#[derive(Debug, PartialEq, Eq)]
struct Counts {
  accepted: usize,
  rejected: usize,
  compiled: usize,
}

const fn counts(accepted: usize, rejected: usize, compiled: usize) -> Counts {
  Counts { accepted, rejected, compiled }
}

/// A module that is long enough to be kept, and tells its number.
fn module(number: usize) -> String {
  let functions: String = (0..120).map(|index| format!("function f{index}(a) {{ return a + {index} + {number}; }}\n")).collect();
  // One that V8 does not hold as bytes.
  let note = if number == 1 { "// \u{65e5}\u{672c}\n" } else { "" };
  format!("{note}{functions}exports.number = f0({number}) - {number};\n")
}

fn program() -> Program {
  let folder = tempfile::tempdir().expect("temporary folder");
  let app = folder.path().join("app");
  fs::create_dir_all(&app).expect("folder");
  for number in 0..MODULES {
    fs::write(app.join(format!("m{number}.js")), module(number)).expect("file");
  }
  let sum = format!("Array.from({{ length: {MODULES} }}, (_, index) => require(`./m${{index}}.js`).number).reduce((a, b) => a + b)");
  fs::write(app.join("run.js"), format!("console.log({sum});\n")).expect("file");
  fs::write(app.join("exits.js"), format!("console.log({sum});\nprocess.exit(0);\n")).expect("file");
  fs::write(app.join("thread.js"), "new (require('node:worker_threads').Worker)('./run.js');\n").expect("file");
  let imports: String = (0..MODULES).map(|number| format!("import m{number} from './e{number}.mjs';\n")).collect();
  let added: Vec<String> = (0..MODULES).map(|number| format!("m{number}")).collect();
  fs::write(app.join("run.mjs"), format!("{imports}console.log({});\n", added.join(" + "))).expect("file");
  for number in 0..MODULES {
    let text = module(number).replace("exports.number =", "export default");
    fs::write(app.join(format!("e{number}.mjs")), text).expect("file");
  }
  fs::write(app.join("package.json"), r#"{ "name": "code-cache", "main": "main.js" }"#).expect("file");
  fs::write(app.join("main.js"), format!("console.log({sum});\nrequire('electron').app.quit();\n")).expect("file");
  Program { folder }
}

impl Program {
  fn app(&self) -> PathBuf {
    self.folder.path().join("app")
  }

  fn cache(&self) -> PathBuf {
    self.folder.path().join("cache")
  }

  fn files(&self) -> PathBuf {
    self.cache().join("shell/code/apps")
  }

  /// The one file of compiled code.
  fn file(&self) -> PathBuf {
    let found: Vec<_> = fs::read_dir(self.files()).expect("the folder").map(|entry| entry.expect("entry").path()).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    found[0].clone()
  }

  fn command(&self) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shell"));
    command.current_dir(self.app()).env("XDG_CACHE_HOME", self.cache()).env("NODE_DEBUG_NATIVE", "COMPILE_CACHE");
    command.env_remove("NODE_OPTIONS").env_remove("NODE_DISABLE_COMPILE_CACHE");
    command
  }

  fn run(&self, script: &str) -> Counts {
    check(&self.command().args(["--run-as-node", script]).output().expect("the shell starts"))
  }
}

/// Whatever the cache does, the program does the same.
#[track_caller]
fn check(output: &Output) -> Counts {
  let errors = String::from_utf8_lossy(&output.stderr).into_owned();
  let expected = (0..MODULES).sum::<usize>();
  assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stdout).trim()), (Some(0), expected.to_string().as_str()), "{errors}");
  let line = errors.lines().find_map(|line| line.strip_prefix("[compile cache] ")).unwrap_or_else(|| panic!("no report in:\n{errors}"));
  let number = |name: &str| {
    let rest = &line[line.find(name).expect("its name") + name.len()..];
    rest.trim_start().split(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse().ok()).expect("a number")
  };
  assert_eq!(errors.lines().count(), 1, "more than the report:\n{errors}");
  Counts { accepted: number("accepted"), rejected: number("rejected"), compiled: number("compiled") }
}

#[test]
fn r36_v8_accepts_the_second_time_what_the_first_kept() {
  // The main module of the last one is long enough to be kept as well.
  for (script, modules) in [("run.js", MODULES), ("exits.js", MODULES), ("run.mjs", MODULES + 1)] {
    let program = program();
    assert_eq!(program.run(script), counts(0, 0, modules), "{script}");
    assert_eq!(program.run(script), counts(modules, 0, 0), "{script}");
    assert_eq!(program.run(script), counts(modules, 0, 0), "{script}");
  }
}

#[test]
fn programs_ask_where_it_is_and_have_it_written() {
  let program = program();
  let text = format!(
    "const api = require('node:module');
for (let index = 0; index < {MODULES}; index++) require(`./m${{index}}.js`);
const {{ status, directory }} = api.enableCompileCache();
const before = require('node:fs').existsSync(directory);
api.flushCompileCache();
console.log(JSON.stringify([status, directory === api.getCompileCacheDir(), before, directory]));
try {{ api.enableCompileCache(1); }} catch (error) {{ console.log(error.code); }}
process.kill(process.pid, 'SIGKILL');\n"
  );
  fs::write(program.app().join("asks.js"), text).expect("file");
  let run = |command: &mut Command| {
    String::from_utf8_lossy(&command.args(["--run-as-node", "asks.js"]).output().expect("started").stdout).into_owned()
  };
  let told = format!("[2,true,false,{:?}]\nERR_INVALID_ARG_TYPE\n", program.files().display().to_string());
  assert_eq!(run(&mut program.command()), told);
  assert!(program.file().is_file(), "it was written before the process was killed");
  let text = "const { status, message } = require('node:module').enableCompileCache(); console.log(status, message, require('node:module').getCompileCacheDir())";
  let output = program.command().env("NODE_DISABLE_COMPILE_CACHE", "1").args(["--run-as-node", "-e", text]).output().expect("started");
  assert_eq!(String::from_utf8_lossy(&output.stdout), "3 Disabled by NODE_DISABLE_COMPILE_CACHE undefined\n");
}

#[test]
fn r36_worker_threads_use_the_code_of_their_program() {
  let program = program();
  // One more: the main module of a thread has an ES module around it.
  assert_eq!(program.run("thread.js"), counts(0, 0, MODULES + 1));
  assert_eq!(program.run("thread.js"), counts(MODULES + 1, 0, 0));
}

#[test]
fn r36_a_changed_module_is_compiled_and_the_others_are_not() {
  let program = program();
  program.run("run.js");
  let changed = program.app().join("m3.js");
  // As long as before: V8 itself looks at the length alone.
  let text = module(3).replace("return a + 0 + 3", "return a + 3 + 0");
  assert_ne!(text, module(3));
  fs::write(&changed, text).expect("file");
  assert_eq!(program.run("run.js"), counts(MODULES - 1, 0, 1));
}

#[test]
fn r36_an_app_that_was_moved_has_code_of_its_own() {
  let program = program();
  program.run("run.js");
  let other = program.folder.path().join("elsewhere");
  fs::rename(program.app(), &other).expect("moved");
  let output = program.command().current_dir(&other).args(["--run-as-node", "run.js"]).output().expect("the shell starts");
  assert_eq!(check(&output), counts(0, 0, MODULES));
}

#[test]
fn r36_a_damaged_file_is_never_executed_and_made_anew() {
  let program = program();
  program.run("run.js");
  let path = program.file();
  let whole = fs::read(&path).expect("the file");
  type Damage = dyn Fn(&mut Vec<u8>);
  let damage: [&Damage; 6] = [
    &|bytes| bytes.clear(),
    &|bytes| bytes.truncate(bytes.len() / 2),
    &|bytes| bytes[3] ^= 1,
    &|bytes| bytes[40] ^= 1,
    &|bytes| (0..bytes.len()).step_by(500).for_each(|at| bytes[at] ^= 0x40),
    &|bytes| bytes.fill(0xff),
  ];
  for (number, change) in damage.iter().enumerate() {
    let mut bytes = whole.clone();
    change(&mut bytes);
    fs::write(&path, bytes).expect("written");
    let found = program.run("run.js");
    assert!(found.rejected == 0 && found.compiled > 0, "damage {number}: {found:?}");
    assert_eq!(program.run("run.js"), counts(MODULES, 0, 0), "after damage {number}");
  }
}

#[test]
fn r36_code_that_v8_rejects_is_compiled_and_replaced() {
  let program = program();
  program.run("run.js");
  let path = program.file();
  let mut bytes = fs::read(&path).expect("the file");
  // All checksums are right, and the code is of another V8: its data begin with a number for the version.
  forge(&mut bytes);
  fs::write(&path, bytes).expect("written");
  assert_eq!(program.run("run.js"), counts(0, MODULES, 0));
  assert_eq!(program.run("run.js"), counts(MODULES, 0, 0));
}

/// The form of the file is that of `src/runtime/code_cache/apps.rs`.
fn forge(bytes: &mut [u8]) {
  const HEAD: usize = 28;
  const ROW: usize = 53;
  let number = |bytes: &[u8], at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"));
  let count = u32::from_le_bytes(bytes[16..20].try_into().expect("four bytes")) as usize;
  assert_eq!(count, MODULES);
  let body = HEAD + count * ROW;
  for row in (0..count).map(|index| HEAD + index * ROW) {
    let start = body + number(bytes, row + 33) as usize;
    let length = u32::from_le_bytes(bytes[row + 41..row + 45].try_into().expect("four bytes")) as usize;
    bytes[start + 4] ^= 0xff;
    let sum = checksum(&bytes[start..start + length]);
    bytes[row + 45..row + 53].copy_from_slice(&sum.to_le_bytes());
  }
  let sum = checksum(&bytes[HEAD..body]);
  bytes[20..28].copy_from_slice(&sum.to_le_bytes());
}

fn checksum(bytes: &[u8]) -> u64 {
  let (words, rest) = bytes.as_chunks::<8>();
  let mut sum = 0xcbf2_9ce4_8422_2325_u64 ^ bytes.len() as u64;
  for word in words {
    sum = (sum ^ u64::from_le_bytes(*word)).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
  }
  for byte in rest {
    sum = (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
  }
  sum
}

#[cfg(unix)]
#[test]
fn r36_files_and_folders_that_others_may_write_are_not_taken() {
  use std::os::unix::fs::{PermissionsExt, chown};
  let program = program();
  program.run("run.js");
  let file = program.file();
  let mode = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("mode");
  assert_eq!(fs::metadata(&file).expect("the file").permissions().mode() & 0o777, 0o600);
  assert_eq!(fs::metadata(program.files()).expect("the folder").permissions().mode() & 0o777, 0o700);

  mode(&program.files(), 0o777);
  assert_eq!(program.run("run.js"), counts(0, 0, MODULES), "a folder that others may write");
  mode(&program.files(), 0o700);
  mode(&file, 0o666);
  assert_eq!(program.run("run.js"), counts(0, 0, MODULES), "a file that others may write");
  // It was replaced by one of our own.
  assert_eq!(program.run("run.js"), counts(MODULES, 0, 0));
  // Only the superuser can give files away.
  if chown(&file, Some(12_345), None).is_ok() {
    assert_eq!(program.run("run.js"), counts(0, 0, MODULES), "a file of somebody else");
    chown(program.files(), Some(12_345), None).expect("the folder as well");
    assert_eq!(program.run("run.js"), counts(0, 0, MODULES), "a folder of somebody else");
    assert_eq!(program.run("run.js"), counts(0, 0, MODULES), "nothing is written there");
  }
}

#[cfg(unix)]
#[test]
fn r36_a_folder_that_cannot_be_written_is_no_error() {
  use std::os::unix::fs::PermissionsExt;
  let program = program();
  fs::create_dir_all(program.files()).expect("folder");
  fs::set_permissions(program.files(), fs::Permissions::from_mode(0o500)).expect("mode");
  // The superuser may write there all the same; for others nothing is kept.
  let first = program.run("run.js");
  assert_eq!(first, counts(0, 0, MODULES));
  program.run("run.js");
  fs::set_permissions(program.files(), fs::Permissions::from_mode(0o700)).expect("mode");

  // A file in the way stops everybody.
  let other = self::program();
  fs::create_dir_all(other.cache()).expect("folder");
  fs::write(other.cache().join("shell"), "").expect("file");
  for _ in 0..2 {
    assert_eq!(other.run("run.js"), counts(0, 0, MODULES));
  }
}

#[test]
fn r36_the_cache_can_be_turned_off() {
  let program = program();
  program.run("run.js");
  let output =
    program.command().args(["--run-as-node", "run.js"]).env("NODE_DISABLE_COMPILE_CACHE", "1").output().expect("the shell starts");
  assert_eq!(String::from_utf8_lossy(&output.stderr), "");
  assert!(output.status.success());
}

#[test]
fn r36_modules_of_an_archive_are_kept_too() {
  let program = program();
  let packed = Command::new(env!("CARGO_BIN_EXE_shell"))
    .args(["asar", "pack"])
    .args([program.app(), program.folder.path().join("app.asar")])
    .status()
    .expect("the shell starts");
  assert!(packed.success());
  let script = "../app.asar/run.js";
  assert_eq!(program.run(script), counts(0, 0, MODULES));
  assert_eq!(program.run(script), counts(MODULES, 0, 0));
}

/// Needs a display, as all of an app does.
#[test]
fn r36_an_app_has_its_code_the_second_time() {
  let program = program();
  let run = || {
    let mut command = program.command();
    command.arg(program.app()).env("XDG_CONFIG_HOME", program.folder.path().join("config"));
    check(&command.output().expect("the shell starts"))
  };
  assert_eq!(run(), counts(0, 0, MODULES));
  assert_eq!(run(), counts(MODULES, 0, 0));
}
