//! `package.json` of an app.

#![no_main]
#![allow(dead_code, unused_imports, reason = "the files under test are taken in whole")]

#[path = "../../src/error.rs"]
mod error;
#[path = "../../src/app/manifest.rs"]
mod manifest;

/// Stands for the user interface, whose error the others name.
mod ui {
  #[derive(Debug, thiserror::Error)]
  #[error("no user interface here")]
  pub struct Error;
}

/// Stands for archives, of which there are none here.
mod asar {
  #[derive(Debug, thiserror::Error)]
  #[error("no archives here")]
  pub struct Error;
}

/// The file system without archives.
mod runtime {
  use std::path::Path;

  pub fn is_dir(path: &Path) -> bool {
    path.is_dir()
  }

  pub fn is_file(path: &Path) -> bool {
    path.is_file()
  }

  pub fn read_file(path: &Path) -> std::io::Result<Vec<u8>> {
    std::fs::read(path)
  }
}

use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

/// A folder with a few scripts, for this process alone.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
  let folder = std::env::temp_dir().join(format!("shell-fuzz-{}", std::process::id()));
  std::fs::create_dir_all(folder.join("sub")).expect("a temporary folder");
  for name in ["index.js", "main.js", "sub/index.js"] {
    std::fs::write(folder.join(name), "").expect("a temporary file");
  }
  folder
});

fuzz_target!(|data: &[u8]| {
  std::fs::write(FOLDER.join("package.json"), data).expect("a temporary file");
  if let Ok(manifest) = manifest::Manifest::load(&FOLDER) {
    assert!(manifest.main.is_file(), "a main that does not exist");
    assert_eq!(manifest.folder, *FOLDER);
    let _ = manifest.text("name");
  }
});
