//! Puts the parts of a running app together: the bridge, the JavaScript thread, the user interface.

use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::{Map, Value};

use super::manifest::Manifest;
use super::node_options::Options;
use super::paths;
use crate::asar::{self, Archive};
use crate::error::{Error, Result};
use crate::lane::portable::Portable;
use crate::{bridge, bundle, dev, printer, runtime, ui};

/// What an app is started with. The JavaScript side sees it as the frozen `host`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AppConfig {
  /// The app's folder.
  pub app_path: PathBuf,
  /// Its main script.
  pub main_path: PathBuf,
  pub package_json: Map<String, Value>,
  /// Everything after the executable, `process.argv` without its first entry.
  pub argv: Vec<String>,
  pub exec_path: PathBuf,
  pub is_packaged: bool,
  pub resources_path: PathBuf,
  /// Started as `shell <folder>`, not from a package.
  pub default_app: bool,
  /// The version of the Electron API that is kept to.
  pub version: String,
  /// The version of the shell itself.
  pub shell_version: String,
  /// Node's name of the platform.
  pub platform: String,
  /// Started by `shell dev`.
  pub dev: bool,
  /// Where `shell dev` listens: an address, a port and a token.
  pub dev_channel: Option<String>,
  /// Pages are reached by the portable lane.
  pub portable_lane: bool,
  #[serde(skip)]
  pub debugging: runtime::Debugging,
  /// The main script stops at its beginning, for a debugger.
  pub breaks: bool,
}

/// The Electron version whose API is kept to.
pub const ELECTRON_VERSION: &str = "45.4.1";

/// Puts the archive of a single-file app to where its resources would be, for this process and its modules.
///
/// # Errors
/// The archive is damaged.
pub(super) fn mount_own_archive(executable: &Path) -> Result<()> {
  if let (Some(range), Some(folder)) = (bundle::embedded_archive(executable), executable.parent()) {
    asar::mount(folder.join("resources").join("app.asar"), Archive::open_within(executable, range)?);
  }
  Ok(())
}

/// Runs the app of a package.
pub(super) fn run_packaged(resources: &Path, app: &Path, arguments: &[String]) -> Result<i32> {
  let manifest = Manifest::load(app)?;
  let argv = arguments.get(1..).unwrap_or_default().to_vec();
  run(&manifest, argv, true, resources.to_path_buf(), None)
}

/// Runs the app at `path`, as `shell <path> [arguments]`. `argv` is everything after the executable.
pub(crate) fn run_app(path: &Path, argv: Vec<String>) -> Result<i32> {
  let manifest = Manifest::load(path)?;
  let exec_path = exec_path();
  let resources = exec_path.parent().unwrap_or(&exec_path).join("resources");
  run(&manifest, argv, false, resources, take_dev_channel())
}

/// The variable of `shell dev`, which is for this process and not for its children.
fn take_dev_channel() -> Option<String> {
  let channel = std::env::var(dev::CHANNEL_VARIABLE).ok()?;
  // SAFETY: no other thread runs yet.
  unsafe { std::env::remove_var(dev::CHANNEL_VARIABLE) };
  runtime::keep_loaded();
  Some(channel)
}

fn exec_path() -> PathBuf {
  std::env::current_exe().unwrap_or_else(|_| PathBuf::from("shell"))
}

fn run(manifest: &Manifest, argv: Vec<String>, is_packaged: bool, resources_path: PathBuf, dev_channel: Option<String>) -> Result<i32> {
  let options = Options::of_app(&argv).map_err(Error::Inspector)?;
  let debugging = runtime::Debugging::wanted(&options).map_err(Error::Inspector)?.without_signal();
  let config = AppConfig {
    app_path: manifest.folder.clone(),
    main_path: manifest.main.clone(),
    package_json: manifest.package_json.clone(),
    argv,
    exec_path: exec_path(),
    is_packaged,
    resources_path,
    default_app: !is_packaged,
    version: ELECTRON_VERSION.into(),
    shell_version: env!("CARGO_PKG_VERSION").into(),
    platform: node_platform().into(),
    dev: dev_channel.is_some(),
    dev_channel,
    portable_lane: wants_portable_lane(),
    debugging,
    breaks: debugging.breaks(),
  };
  let js_flags = config.argv.iter().filter_map(|argument| argument.strip_prefix("--js-flags=")).flat_map(str::split_whitespace);
  for unknown in runtime::set_v8_flags(js_flags.map(Into::into).collect()) {
    printer::error(&format!("warning: --js-flags: V8 has no option {unknown}"));
  }
  let channel = runtime::take_parent_channel();
  runtime::prepare_process();
  debugging.listen().map_err(Error::Inspector)?;
  let (js_end, events, ui_end, commands) = bridge::pair();
  // V8 boots on its thread while the toolkit starts on this one.
  let lane = Portable::default();
  runtime::spawn(config.clone(), channel, lane.clone(), js_end, events, ui_end.clone())?;
  let app_name = app_name(manifest);
  let session_folder = paths::user_folder("appData").map(|folder| folder.join(&app_name)).filter(|folder| is_session(folder));
  let web_extensions = if config.portable_lane { None } else { web_extensions() };
  let app_name = desktop_name(manifest).unwrap_or(app_name);
  let ui_config = ui::UiConfig { app_name, web_extensions, session_folder, read_archived: Some(runtime::read_archived), lane };
  Ok(ui::run(ui_end, commands, ui_config)?)
}

/// Whether an engine has kept a session in the folder. One that is only the app's own, because the app keeps sessions elsewhere, stays as it is.
fn is_session(folder: &Path) -> bool {
  folder.join("storage").is_dir()
}

/// Electron's `app.name`: what the desktop calls the app.
fn app_name(manifest: &Manifest) -> String {
  manifest.text("productName").or_else(|| manifest.text("name")).unwrap_or("Electron").into()
}

/// The name of the app's desktop entry, which its windows carry. JS says it again when the app is ready.
fn desktop_name(manifest: &Manifest) -> Option<String> {
  manifest.text("desktopName").map(|name| name.strip_suffix(".desktop").unwrap_or(name).into())
}

/// The portable lane is the only one where nothing can be loaded into the web process; on Linux it is there to be tested.
fn wants_portable_lane() -> bool {
  !cfg!(target_os = "linux") || std::env::var_os("SHELL_RENDERER_LANE").is_some_and(|lane| lane == "portable")
}

/// The folder that WebKit loads the extension of the native lane from: the user's cache, or where that cannot be written, as in a home folder
/// that is read-only, what is there for as long as the session lasts. Without it pages have no preload and no `ipcRenderer`, so a fault here is
/// said, but an app without them still runs.
#[cfg(target_os = "linux")]
fn web_extensions() -> Option<PathBuf> {
  use crate::lane::extension;
  let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
  let cache = absolute("XDG_CACHE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".cache")));
  let mut failed = Vec::new();
  let lasting = cache.map(|cache| cache.join("shell"));
  if let Some(folder) = &lasting {
    match extension::install(folder) {
      Ok(folder) => return Some(folder),
      Err(error) => failed.push(format!("{}: {error}", folder.display())),
    }
  }
  for base in absolute("XDG_RUNTIME_DIR").into_iter().chain([std::env::temp_dir()]) {
    match extension::private_folder(&base).and_then(|folder| extension::install(&folder)) {
      Ok(folder) => return Some(folder),
      Err(error) => failed.push(format!("{}: {error}", base.display())),
    }
  }
  printer::error(&format!("warning: pages get no preload, the extension cannot be put into {}", failed.join(", nor into ")));
  None
}

#[cfg(not(target_os = "linux"))]
fn web_extensions() -> Option<PathBuf> {
  None
}

/// `process.platform` of this system.
pub(crate) fn node_platform() -> &'static str {
  match std::env::consts::OS {
    "macos" => "darwin",
    "windows" => "win32",
    other => other,
  }
}
