//! `shell dev` at a terminal: what follows a change, what the keys do, what is said about what goes wrong.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;

use super::running_app::{PATIENCE, RunningApp, app_folder, shell};
use super::templates::{new_app, npm_run, packages};
use crate::terminal::Terminal;

struct App {
  folder: TempDir,
  home: TempDir,
}

const PACKAGE: &str = r#"{ "name": "dev-app", "main": "main.js", "devDependencies": { "vite": "*" } }"#;

const MAIN: &str = r"
const { app, BrowserWindow } = require('electron');
const path = require('node:path');
const { word } = require('./word.js');
console.log('started with', word, process.argv.slice(2).join(' '));
app.whenReady().then(() => {
  const window = new BrowserWindow({ webPreferences: { preload: path.join(__dirname, 'preload.js') } });
  window.webContents.on('devtools-opened', () => console.error('tools are open'));
  if (process.env.VITE_DEV_SERVER_URL) window.loadURL(process.env.VITE_DEV_SERVER_URL);
  else window.loadFile('index.html');
});
";

impl App {
  /// An app of a main script with a module, a preload and a page.
  fn new() -> Self {
    let app = Self { folder: tempfile::tempdir().expect("temporary folder"), home: tempfile::tempdir().expect("temporary folder") };
    app.write("package.json", PACKAGE);
    app.write("main.js", MAIN);
    app.write("word.js", "exports.word = 'one';\n");
    app.write("preload.js", "require('electron').contextBridge.exposeInMainWorld('number', 1);\n");
    app.write("index.html", r#"<!doctype html><title>Dev</title><script type="module" src="page.js"></script>"#);
    app.write("page.js", "console.warn('page has', number);\n");
    app
  }

  /// The same with Vite for its page.
  fn with_vite(config: &str) -> Self {
    let app = Self::new();
    app.write("vite.config.mjs", config);
    std::os::unix::fs::symlink(packages(), app.folder.path().join("node_modules")).expect("a link");
    app
  }

  fn write(&self, name: &str, text: &str) {
    fs::write(self.folder.path().join(name), text).expect("written");
  }

  fn dev(&self, arguments: &[&str]) -> Terminal {
    let mut command = shell(self.home.path());
    command.arg("dev").arg(self.folder.path()).args(arguments).env("NO_COLOR", "1");
    Terminal::start(&mut command, false)
  }
}

#[test]
fn the_app_follows_its_sources() {
  let app = App::new();
  let mut terminal = app.dev(&["--own", "flag"]);
  terminal.expect("keys: r restarts the app");
  terminal.expect("main  | started with one --own flag\r\n");
  terminal.expect("page  | warning: page has 1  (page.js:1)");

  // A module of the main process.
  app.write("word.js", "exports.word = 'two';\n");
  terminal.expect("main  | started with two --own flag");
  terminal.expect("shell | restarted in ");
  terminal.expect("page has 1");
  // A preload and a page's script: the main process stays.
  app.write("preload.js", "require('electron').contextBridge.exposeInMainWorld('number', 2);\n");
  terminal.expect("shell | pages reloaded");
  assert!(!terminal.expect("page has 2").contains("started"));
  app.write("page.js", "console.error('a page that has', number);\n");
  assert!(!terminal.expect("page  | error: a page that has 2").contains("started"));
  // Data is neither.
  app.write("data.json", "{}");
  fs::create_dir(app.folder.path().join("node_modules")).expect("a folder");
  app.write("node_modules/page.js", "");
  // A module in a folder that is new.
  fs::create_dir(app.folder.path().join("lib")).expect("a folder");
  app.write("lib/word.js", "exports.word = 'three';\n");
  app.write("word.js", "exports.word = require('./lib/word.js').word;\n");
  assert!(!terminal.expect("started with three").contains("page has"));
  terminal.expect("a page that has 2");
  app.write("lib/word.js", "exports.word = 'four';\n");
  terminal.expect("started with four");
  terminal.expect("a page that has 2");

  terminal.press("d");
  terminal.expect("main  | tools are open");
  terminal.press("r");
  terminal.expect("started with four");
  terminal.expect("a page that has 2");
  assert!(!terminal.echoes());
  terminal.press("q");
  assert_eq!(terminal.wait(), Some(0));
  assert!(terminal.echoes(), "the terminal is not as it was");
}

/// Whatever becomes of the command, the app does not stay behind.
#[test]
fn the_app_ends_with_the_command() {
  let app = App::new();
  app.write("word.js", "exports.word = process.pid;\n");
  let mut terminal = app.dev(&[]);
  terminal.expect("started with ");
  let pid = terminal.expect(" ").parse::<u32>().expect("a process id");
  terminal.expect("page has 1");
  terminal.child.kill().expect("killed");
  let end = Instant::now() + PATIENCE;
  while Path::new(&format!("/proc/{pid}")).exists() {
    assert!(Instant::now() < end, "the app is still running");
    thread::sleep(Duration::from_millis(20));
  }
}

#[test]
fn a_broken_script_is_shown_and_mended() {
  let app = App::new();
  app.write("word.js", "exports.word = 'one';\nexports.word = ;\n");
  let mut terminal = app.dev(&[]);
  terminal.expect("word.js:2:16: Expression expected");
  terminal.expect("> 2 | exports.word = ;\r\n");
  terminal.expect("|                ^\r\n");
  terminal.expect("hint: correct the script at this place");
  terminal.expect("the app ended with code 1; it is started again after a change");
  app.write("word.js", "exports.word = 'mended';\n");
  terminal.expect("started with mended");
  terminal.expect("page has 1");
  // Ctrl-C, which the app gets too, as everything in front of the terminal does.
  terminal.press("\x03");
  assert_eq!(terminal.wait(), Some(130), "{}", terminal.seen);
}

#[test]
fn an_app_that_is_lost_can_be_started_again() {
  let app = App::new();
  let mut terminal = app.dev(&[]);
  terminal.expect("page has 1");
  app.write("word.js", "setTimeout(() => process.kill(process.pid, 'SIGKILL'), 200); exports.word = 'two';\n");
  terminal.expect("started with two");
  terminal.expect("the app was ended by signal 9; it is started again");
  // Neither does one matter that does nothing any more.
  let caught = app.home.path().join("caught");
  app.write("word.js", &format!("exports.word = 'three'; setInterval(() => {{ if (require('fs').existsSync({caught:?})) {{ console.log('caught'); for (;;); }} }}, 10);\n"));
  terminal.expect("started with three");
  terminal.expect("restarted in");
  fs::write(&caught, "").expect("written");
  terminal.expect("caught");
  // Else the next start would be caught as well.
  fs::remove_file(&caught).expect("removed");
  app.write("word.js", "exports.word = 'four';\n");
  terminal.expect("the app does not answer: it is started anew");
  terminal.expect("started with four");
  terminal.expect("page has 1");
  terminal.press("q");
  assert_eq!(terminal.wait(), Some(0));
}

/// Nobody is there to mend anything: the end of the app is the end.
#[test]
fn without_a_terminal_the_exit_code_is_the_apps() {
  let home = tempfile::tempdir().expect("temporary folder");
  let mut command = shell(home.path());
  command.arg("dev").arg(app_folder("exit-code"));
  let mut app = RunningApp::spawn(command, home);
  let ended = app.wait();
  assert_eq!(ended.code, Some(7), "{}", ended.stderr);
}

#[test]
fn pages_come_from_vite() {
  let port = free_port();
  let app = App::with_vite(&format!("export default {{ server: {{ port: {port} }} }};\n"));
  app.write("page.js", "console.warn('page has', number, location.protocol, import.meta.env.MODE);\nimport.meta.hot.accept();\n");
  let mut terminal = app.dev(&["--own"]);
  terminal.expect(&format!("shell | pages come from http://localhost:{port}/"));
  terminal.expect("main  | started with one --own");
  terminal.expect("page has 1 http: development");
  // Vite replaces the module: page and main process stay.
  app.write("page.js", "console.warn('page still has', number);\nimport.meta.hot.accept();\n");
  let before = terminal.expect("page still has 1");
  assert!(!before.contains("started") && !before.contains("reloaded"), "{before}");
  app.write("preload.js", "require('electron').contextBridge.exposeInMainWorld('number', 2);\n");
  terminal.expect("shell | pages reloaded");
  assert!(!terminal.expect("page still has 2").contains("started"));
  app.write("word.js", "exports.word = 'two';\n");
  terminal.expect("started with two");
  terminal.expect("page still has 2");
  terminal.press("q");
  assert_eq!(terminal.wait(), Some(0));
}

#[test]
fn a_taken_port_is_named() {
  let taken = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).expect("a port");
  let port = taken.local_addr().expect("an address").port();
  let app = App::with_vite(&format!("export default {{ server: {{ port: {port}, strictPort: true, host: '0.0.0.0' }} }};\n"));
  let mut terminal = app.dev(&[]);
  terminal.expect(&format!("shell | error: port {port} is taken by another program"));
  terminal.expect("hint: end that program, or choose another \"server.port\"");
  assert_eq!(terminal.wait(), Some(1));
}

#[test]
fn a_dev_server_that_fails_is_told() {
  let app = App::with_vite("export default { plugins: [ };\n");
  let mut terminal = app.dev(&[]);
  terminal.expect("vite.config.mjs");
  terminal.expect("error: the dev server ended with code 1");
  assert_eq!(terminal.wait(), Some(1));

  // One that crashes later takes the app with it.
  app.write(
    "vite.config.mjs",
    "export default { plugins: [{ configureServer(server) { server.middlewares.use('/crash', () => process.exit(3)); } }] };\n",
  );
  app.write("page.js", "console.log('crashing'); fetch('/crash');\n");
  let mut terminal = app.dev(&[]);
  terminal.expect("crashing");
  terminal.expect("error: the dev server ended with code 3");
  assert_eq!(terminal.wait(), Some(3));
}

/// A port that nobody has at the moment.
fn free_port() -> u16 {
  let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
  listener.local_addr().expect("an address").port()
}

/// An app of electron-vite, with the port of its dev server, whose page tells what it got from the main process.
fn electron_vite_app() -> (TempDir, PathBuf, u16) {
  let (place, app) = new_app("vanilla-ts");
  let main = app.join("src/renderer/src/main.ts");
  let text = fs::read_to_string(&main).expect("read") + "console.log('electron is', (await window.api.system()).electron);\n";
  fs::write(main, text).expect("written");
  let port = free_port();
  let config = format!("export default {{ main: {{}}, preload: {{}}, renderer: {{ server: {{ port: {port} }} }} }};\n");
  fs::write(app.join("electron.vite.config.ts"), config).expect("written");
  (place, app, port)
}

#[test]
fn electron_vite_is_started_and_followed() {
  let (_place, app, port) = electron_vite_app();
  let home = tempfile::tempdir().expect("temporary folder");
  let mut command = shell(home.path());
  let mut terminal = Terminal::start(command.args(["dev", ".", "--own"]).current_dir(&app), false);
  terminal.expect("vite  | ");
  terminal.expect("electron is 45.");
  let index = app.join("src/main/index.ts");
  let text = fs::read_to_string(&index).expect("read") + "console.log('main was changed', process.argv.at(-1));\n";
  fs::write(&index, &text).expect("written");
  terminal.expect("main  | main was changed --own");
  terminal.expect("electron is 45.");
  // The shell restarts it without electron-vite.
  terminal.press("r");
  assert!(!terminal.expect("main was changed").contains("build started"));
  terminal.expect("electron is 45.");
  // It crashes, electron-vite stays, the next build is started.
  fs::write(&index, text.clone() + "setTimeout(() => process.abort(), 100);\n").expect("written");
  terminal.expect("the app was ended by signal 6");
  fs::write(&index, text).expect("written");
  terminal.expect("main was changed");
  terminal.expect("electron is 45.");
  terminal.press("q");
  assert_eq!(terminal.wait(), Some(0), "{}", terminal.seen);
  TcpListener::bind((Ipv4Addr::LOCALHOST, port)).expect("the dev server has ended");
}

#[test]
fn what_is_not_installed_is_named() {
  let app = App::new();
  app.write("package.json", r#"{ "main": "main.js", "devDependencies": { "electron-vite": "*" } }"#);
  let mut terminal = app.dev(&[]);
  terminal.expect("error: electron-vite is not installed in ");
  terminal.expect("hint: install the app's packages: npm install");
  assert_eq!(terminal.wait(), Some(1));
}

/// A folder in Electron's shape with this executable.
fn electron_folder() -> TempDir {
  let folder = tempfile::tempdir().expect("temporary folder");
  std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_shell"), folder.path().join("electron")).expect("a link");
  folder
}

/// Npm's own launcher takes the executable from a folder that a variable names.
#[test]
fn npms_electron_starts_the_shell() {
  let (_place, app) = new_app("vanilla-ts");
  npm_run(&app, "build");
  let electron = electron_folder();
  fs::write(app.join("first.js"), "console.log(JSON.stringify({ event: 'main', argv: process.argv.slice(1) }));\nrequire('./out/main/index.js');\nrequire('electron').app.on('browser-window-created', () => setTimeout(() => process.exit(0), 100));\n").expect("written");
  let mut package: serde_json::Value = serde_json::from_slice(&fs::read(app.join("package.json")).expect("read")).expect("JSON");
  package["main"] = "first.js".into();
  fs::write(app.join("package.json"), package.to_string()).expect("written");
  let mut command = as_user(Command::new("npx"));
  command.args(["electron", ".", "--own"]).env("ELECTRON_OVERRIDE_DIST_PATH", electron.path()).current_dir(&app);
  let mut running = RunningApp::spawn(command, tempfile::tempdir().expect("temporary folder"));
  assert_eq!(running.expect("main")["argv"], json!([".", "--own"]));
  assert_eq!(running.wait().code, Some(0));

  let output =
    Command::new("npx").args(["electron", "--version"]).env("ELECTRON_OVERRIDE_DIST_PATH", electron.path()).current_dir(&app).output();
  let said = String::from_utf8_lossy(&output.expect("npx starts").stdout).into_owned();
  assert_eq!(said.trim(), format!("v{}", shell::app::ELECTRON_VERSION));
}

/// The same for electron-vite, which has nothing of `shell dev` around it here, and a variable of its own.
#[test]
fn electron_vite_starts_the_shell_by_itself() {
  let (_place, app, port) = electron_vite_app();
  let electron = electron_folder();
  let index = app.join("src/main/index.ts");
  let text = fs::read_to_string(&index).expect("read")
    + "app.on('web-contents-created', (_event, contents) => contents.on('console-message', ({ message }) => {\n  if (!message.startsWith('electron is')) return;\n  console.log(JSON.stringify({ event: 'page', url: contents.getURL() }));\n  app.quit();\n}));\n";
  fs::write(&index, text).expect("written");
  let mut command = as_user(Command::new("npx"));
  command.args(["electron-vite", "dev"]).env("ELECTRON_EXEC_PATH", electron.path().join("electron")).current_dir(&app);
  let mut running = RunningApp::spawn(command, tempfile::tempdir().expect("temporary folder"));
  let url = running.expect("page")["url"].as_str().unwrap_or_default().to_owned();
  assert_eq!(url, format!("http://localhost:{port}/"));
  assert_eq!(running.wait().code, Some(0));
}

/// A command with the folders of a user of its own, as the shell gets them in other tests.
fn as_user(mut command: Command) -> Command {
  let settings = shell(Path::new("/nonexistent"));
  let cache = settings.get_envs().find(|(name, _)| *name == "XDG_CACHE_HOME");
  if let Some((name, Some(value))) = cache {
    command.env(name, value);
  }
  command
}
