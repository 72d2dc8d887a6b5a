//! What an app is developed with, which decides how it is started.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// The way of an app to its first window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
  /// Nothing but the shell.
  Plain,
  /// A Vite of its own for the pages: the dev server is ours to start, the main process is plain.
  Vite,
  /// A program that builds the main process too, and starts and restarts Electron itself.
  Tool(Tool),
}

/// Such a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tool {
  ElectronVite,
  Forge,
  /// Vite with the plugin that starts Electron.
  VitePlugin,
}

/// Endings of Vite's configuration files.
const CONFIG_ENDINGS: &[&str] = &["js", "mjs", "cjs", "ts", "mts", "cts"];

impl Kind {
  /// Looks at an app's package.json and its folder.
  pub(super) fn of(folder: &Path, package: &Value) -> Self {
    let depends = |name: &str| ["devDependencies", "dependencies"].iter().any(|list| package[list].get(name).is_some());
    let configured = |stem: &str| CONFIG_ENDINGS.iter().any(|ending| folder.join(format!("{stem}.{ending}")).is_file());
    if depends("electron-vite") || configured("electron.vite.config") {
      return Self::Tool(Tool::ElectronVite);
    }
    if depends("@electron-forge/plugin-vite") || depends("@electron-forge/plugin-webpack") {
      return Self::Tool(Tool::Forge);
    }
    match configured("vite.config") {
      true if depends("vite-plugin-electron") => Self::Tool(Tool::VitePlugin),
      true => Self::Vite,
      false => Self::Plain,
    }
  }
}

impl Tool {
  /// Its command in `node_modules/.bin`.
  pub(super) fn command(self) -> &'static str {
    match self {
      Self::ElectronVite => "electron-vite",
      Self::Forge => "electron-forge",
      Self::VitePlugin => "vite",
    }
  }

  /// Its arguments. `app` are those of the app, which Vite itself has no way for.
  pub(super) fn arguments(self, app: &[String]) -> Vec<String> {
    let own: &[&str] = match self {
      Self::ElectronVite => &["dev", "--watch"],
      Self::Forge => &["start"],
      Self::VitePlugin => return Vec::new(),
    };
    let separator = if app.is_empty() { None } else { Some("--") };
    own.iter().copied().chain(separator).chain(app.iter().map(String::as_str)).map(Into::into).collect()
  }
}

/// Where a command of an installed package is: in the app's folder or, in a workspace, in one above.
pub(super) fn installed(folder: &Path, command: &str) -> Option<PathBuf> {
  let name = if cfg!(windows) { format!("{command}.cmd") } else { command.to_owned() };
  folder.ancestors().map(|above| above.join("node_modules").join(".bin").join(&name)).find(|path| path.is_file())
}

/// The app's package.json; nothing where it has none or where it is broken, which whoever starts the app tells.
pub(super) fn package(folder: &Path) -> Value {
  fs::read_to_string(folder.join("package.json")).ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or(Value::Null)
}

#[cfg(test)]
mod tests {
  use serde_json::json;

  use super::*;

  fn kind(package: Value, files: &[&str]) -> Kind {
    let folder = tempfile::tempdir().unwrap();
    files.iter().for_each(|name| fs::write(folder.path().join(name), "").unwrap());
    Kind::of(folder.path(), &package)
  }

  #[test]
  fn kinds_are_told_by_packages_and_files() {
    let with = |name: &str| json!({ "devDependencies": { name: "1.0.0", "vite": "1.0.0" } });
    assert_eq!(kind(json!({}), &[]), Kind::Plain);
    assert_eq!(kind(Value::Null, &[]), Kind::Plain);
    assert_eq!(kind(with("typescript"), &[]), Kind::Plain);
    assert_eq!(kind(with("typescript"), &["vite.config.mts"]), Kind::Vite);
    assert_eq!(kind(with("electron-vite"), &["vite.config.ts"]), Kind::Tool(Tool::ElectronVite));
    assert_eq!(kind(json!({}), &["electron.vite.config.js"]), Kind::Tool(Tool::ElectronVite));
    assert_eq!(kind(with("@electron-forge/plugin-vite"), &["vite.config.ts"]), Kind::Tool(Tool::Forge));
    assert_eq!(kind(with("vite-plugin-electron"), &["vite.config.js"]), Kind::Tool(Tool::VitePlugin));
  }

  #[test]
  fn arguments_go_to_the_app() {
    let app = ["--own".to_owned()];
    assert_eq!(Tool::ElectronVite.arguments(&app), ["dev", "--watch", "--", "--own"]);
    assert_eq!(Tool::Forge.arguments(&[]), ["start"]);
  }
}
