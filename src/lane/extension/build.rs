// The extension's part of the build script, included by build.rs.
//
// The extension is a shared object of its own and must not be linked with anything of ours: WebKit loads it into another process.

use std::path::{Path, PathBuf};
use std::process::Command;

const SOURCES: [&str; 11] = [
  "extension.c",
  "archives.c",
  "document.c",
  "frames.c",
  "payload.c",
  "area.c",
  "channel.c",
  "console.c",
  "worlds.c",
  "codec.c",
  "drivers.c",
];

/// Compiles the extension into `OUT_DIR/libshell-lane.so`. WebKitGTK's own flags come from pkg-config; the symbols are resolved in the
/// web process, which has the library loaded, so nothing is linked.
pub(crate) fn compile_lane_extension() {
  let folder = Path::new("src/lane/extension");
  println!("cargo:rerun-if-changed={}", folder.display());
  if std::env::var("CARGO_CFG_TARGET_OS").as_deref() != Ok("linux") {
    return;
  }
  let library = match pkg_config::Config::new().cargo_metadata(false).probe("webkit2gtk-web-extension-4.1") {
    Ok(library) => library,
    Err(error) => panic!("WebKitGTK's extension headers are missing (Debian: libwebkit2gtk-4.1-dev): {error}"),
  };
  let output = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR")).join("libshell-lane.so");
  let compiler = cc::Build::new().opt_level(2).cargo_metadata(false).get_compiler();
  let mut command: Command = compiler.to_command();
  command.args(["-std=gnu11", "-shared", "-fPIC", "-O2", "-g0", "-fvisibility=hidden", "-Wall", "-Wextra", "-Werror=implicit"]);
  command.args(["-Wl,--as-needed", "-Wl,-z,relro,-z,now", "-Wl,--build-id=none", "-o"]).arg(&output);
  command.args(SOURCES.map(|source| folder.join(source)));
  for path in &library.include_paths {
    // As system headers: their deprecation warnings are not ours.
    command.arg("-isystem").arg(path);
  }
  let status = command.status().unwrap_or_else(|error| panic!("the C compiler did not start: {error}"));
  assert!(status.success(), "the web-process extension did not compile");
}
