//! What package managers run after files came or went.

use std::fs;

use crate::bundle::config::Package;
use crate::bundle::context::Context;
use crate::bundle::error::{Error, Result};

/// Makes the desktop read anew which programs, types and icons there are. A desktop that has none of this is none to tell.
const REFRESH: &str = "\
refresh() {
  if command -v \"$1\" >/dev/null 2>&1; then
    \"$@\" >/dev/null 2>&1 || true
  fi
}
refresh update-desktop-database -q /usr/share/applications
refresh update-mime-database /usr/share/mime
if [ -e /usr/share/icons/hicolor/index.theme ]; then
  refresh gtk-update-icon-cache -q -t -f /usr/share/icons/hicolor
fi
";

/// The script's text: the caches, then what the app wants.
fn script(context: &Context, own: Option<&String>) -> Result<String> {
  let mut text = String::from(REFRESH);
  if let Some(name) = own {
    let path = context.folder.join(name);
    text += &fs::read_to_string(&path).map_err(Error::reading(&path))?;
    if !text.ends_with('\n') {
      text.push('\n');
    }
  }
  Ok(text)
}

/// What runs after an installation, without the line that names the interpreter.
pub(super) fn after_install(context: &Context, package: &Package) -> Result<String> {
  script(context, package.after_install.as_ref())
}

/// What runs after a removal.
pub(super) fn after_remove(context: &Context, package: &Package) -> Result<String> {
  script(context, package.after_remove.as_ref())
}
