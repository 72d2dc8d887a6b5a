// The part of the build script for Windows, included by build.rs.

/// Has Microsoft's linker put a manifest into the executable that asks for version 6 of the common controls: older ones have no task dialogs. Other
/// linkers want a compiled resource for that; an executable of theirs has message boxes with two buttons.
pub(crate) fn ask_for_common_controls() {
  let target = |name: &str| std::env::var(name).unwrap_or_default();
  if target("CARGO_CFG_TARGET_OS") != "windows" || target("CARGO_CFG_TARGET_ENV") != "msvc" {
    return;
  }
  println!("cargo:rustc-link-arg-bins=/MANIFEST:EMBED");
  println!(
    "cargo:rustc-link-arg-bins=/MANIFESTDEPENDENCY:type='win32' name='Microsoft.Windows.Common-Controls' version='6.0.0.0' \
     processorArchitecture='*' publicKeyToken='6595b64144ccf1df' language='*'"
  );
}
