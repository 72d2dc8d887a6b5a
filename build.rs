//! The build script: the web-process extension, the toolkit's libraries, symbols for native addons, the templates, and the shell's JavaScript for release builds.

#[cfg(feature = "executable")]
#[path = "src/runtime/icu_data.rs"]
mod icu_data;
#[path = "src/lane/extension/build.rs"]
mod lane_extension;
#[cfg(feature = "executable")]
#[path = "src/runtime/snapshot/mend.rs"]
mod mend;
#[cfg(feature = "executable")]
#[path = "src/runtime/snapshot/build.rs"]
mod snapshot;
#[cfg(feature = "executable")]
#[path = "src/runtime/snapshot/squeeze.rs"]
mod squeeze;
#[path = "src/ui/platform/linux/libraries/build.rs"]
mod toolkit_libraries;
#[path = "src/ui/platform/windows/build.rs"]
mod windows_manifest;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
  #[cfg(feature = "executable")]
  if snapshot::is_preparer() {
    return snapshot::prepare_input();
  }
  println!("cargo:rerun-if-changed=build.rs");
  // Cargo takes another clone of the same state for the same package where both share a target folder (scripts/env.sh).
  println!("cargo:rerun-if-env-changed=SHELL_CHECKOUT");
  #[cfg(feature = "executable")]
  {
    export_addon_symbols();
    snapshot::make_snapshot();
    icu_data::link_smaller_icu_data();
  }
  lane_extension::compile_lane_extension();
  toolkit_libraries::defer_toolkit_libraries();
  windows_manifest::ask_for_common_controls();
  embed_shell_js();
  embed_templates();
  make_small();
}

/// Whether the weight of what is built counts, on the platform whose linker is known.
fn is_made_small() -> bool {
  env::var("PROFILE").as_deref() == Ok("release") && env::var("TARGET").as_deref() == Ok("x86_64-unknown-linux-gnu")
}

/// Generics make many functions that are the same in machine code; lld, which `.cargo/config.toml` names for this target, keeps one of each. Cargo does not hand
/// the profile's `strip` on for a package with settings of its own. Tables for unwinding are of no use where every panic ends the process.
fn make_small() {
  if !is_made_small() {
    return;
  }
  let script = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR")).join("without-unwinding.ld");
  fs::write(&script, "SECTIONS { /DISCARD/ : { *(.eh_frame .gcc_except_table .gcc_except_table.*) } } INSERT AFTER .text;\n")
    .expect("the output folder is writable");
  println!("cargo:rustc-link-arg-bin=shell=-Wl,--icf=all,--strip-all,--no-eh-frame-hdr,-T,{}", script.display());
}

/// Without these exported symbols a native addon finds no Node-API in the executable.
#[cfg(feature = "executable")]
fn export_addon_symbols() {
  deno_runtime::deno_napi::print_linker_flags("shell");
}

/// Writes a table of all files under `shell-js/`. Debug builds read the files from disk and skip this.
fn embed_shell_js() {
  if env::var("PROFILE").as_deref() == Ok("release") {
    embed("shell-js", "SHELL_JS", &|path| path.is_dir() || path.extension().is_some_and(|extension| extension == "js"));
  }
}

/// Writes a table of the templates of `shell new`, without what trying one out leaves in its folder.
fn embed_templates() {
  let leavings = ["node_modules", "out", "release", "package-lock.json"];
  embed("templates", "TEMPLATES", &|path| !leavings.iter().any(|name| path.ends_with(name)));
}

/// Writes a table of names and texts of the files below a folder. What `wanted` refuses, files and folders, stays out.
fn embed(folder: &str, table_name: &str, wanted: &dyn Fn(&Path) -> bool) {
  println!("cargo:rerun-if-changed={folder}");
  let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR")).join(folder);
  let mut files = Vec::new();
  collect(&root, wanted, &mut files);
  files.sort();
  let mut table = format!("static {table_name}: &[(&str, &str)] = &[\n");
  for file in files {
    let name = file.strip_prefix(&root).expect("the file was found under the root").to_string_lossy().replace('\\', "/");
    writeln!(table, "  ({name:?}, include_str!({:?})),", file.display().to_string()).expect("writing to a string");
  }
  table.push_str("];\n");
  let output = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR")).join(format!("{}.rs", table_name.to_lowercase()));
  fs::write(output, table).expect("the output folder is writable");
}

fn collect(folder: &Path, wanted: &dyn Fn(&Path) -> bool, files: &mut Vec<PathBuf>) {
  for entry in fs::read_dir(folder).expect("the folder is readable").flatten() {
    let path = entry.path();
    if !wanted(&path) {
      continue;
    }
    if path.is_dir() {
      collect(&path, wanted, files);
    } else {
      files.push(path);
    }
  }
}
