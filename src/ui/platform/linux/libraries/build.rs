// The part of the build script that keeps the toolkit's libraries out of the executable's list of needed libraries, included by build.rs.
//
// The dynamic linker maps and relocates WebKitGTK and the hundred libraries below it before `main`: 50 ms that the JavaScript thread, and
// every headless child, would wait for, and where the library is missing the program could not even say so. So each function of these
// libraries that we call is defined here, as a jump through a slot. The slot leads to `shell_resolve_symbol` (libraries/mod.rs) at the first
// call and to the function itself from then on. Functions that nothing calls are dropped by the linker, and then `--as-needed`, which
// rustc always gives, drops the libraries.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// The libraries that our bindings call, all in the tree below the first one.
const LIBRARIES: [&str; 11] = [
  "libwebkit2gtk-4.1.so",
  "libjavascriptcoregtk-4.1.so",
  "libgtk-3.so",
  "libgdk-3.so",
  "libgdk_pixbuf-2.0.so",
  "libcairo.so",
  "libsoup-3.0.so",
  "libgio-2.0.so",
  "libgobject-2.0.so",
  "libglib-2.0.so",
  "libX11.so",
];

/// Makes the jumps and has them linked into the executable. The jumps are machine code, so only for x86_64; elsewhere the libraries are linked
/// as usual.
pub(crate) fn defer_toolkit_libraries() {
  println!("cargo:rerun-if-changed=src/ui/platform/linux/libraries");
  let target = |name: &str| env::var(name).unwrap_or_default();
  if target("CARGO_CFG_TARGET_OS") != "linux" || target("CARGO_CFG_TARGET_ARCH") != "x86_64" {
    return;
  }
  let folder = pkg_config::get_variable("webkit2gtk-4.1", "libdir").unwrap_or_else(|error| panic!("WebKitGTK is missing: {error}"));
  let mut names = BTreeSet::new();
  for library in LIBRARIES {
    names.extend(functions(&Path::new(&folder).join(library)));
  }
  let mut code = String::from(include_str!("resolve.S"));
  for name in names {
    writeln!(code, "jump_through_slot {name}").expect("writing to a string");
  }
  let source = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR")).join("toolkit.S");
  fs::write(&source, code).expect("the output folder is writable");
  for object in cc::Build::new().file(&source).cargo_metadata(false).compile_intermediates() {
    println!("cargo:rustc-link-arg-bins={}", object.display());
  }
  // The libraries' own references to these names are theirs; some linkers take our hidden definitions for a mistake.
  println!("cargo:rustc-link-arg-bins=-Wl,--allow-shlib-undefined");
}

/// The functions that a library exports, of its C interface: C++ names begin with an underscore.
fn functions(library: &Path) -> Vec<String> {
  let output = Command::new("nm").args(["--dynamic", "--defined-only", "--format=posix"]).arg(library).output();
  let output = output.unwrap_or_else(|error| panic!("nm (Debian: binutils) did not start: {error}"));
  assert!(output.status.success(), "the exports of {} cannot be read: {}", library.display(), String::from_utf8_lossy(&output.stderr));
  let text = String::from_utf8_lossy(&output.stdout);
  let entries = text.lines().filter_map(|line| {
    let mut words = line.split(' ');
    let name = words.next()?.split('@').next()?;
    let kind = words.next()?;
    let ours = matches!(kind, "T" | "W" | "i") && name.starts_with(|first: char| first.is_ascii_alphabetic());
    ours.then(|| name.to_owned())
  });
  entries.collect()
}
