//! Loads GTK and WebKitGTK when the user interface starts, not before `main`; build.rs beside this file says why and how.

pub(super) mod drivers;

use std::ffi::{CStr, c_char, c_void};
use std::io::IsTerminal as _;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use crate::distribution::{Distribution, Package};
use crate::printer;
use crate::ui::Error;

/// The library that has all others below it.
const LIBRARY: &CStr = c"libwebkit2gtk-4.1.so.0";

/// The handle that `dlopen` gave. The library stays for the life of the process.
struct Library(*mut c_void);

// SAFETY: a handle of `dlopen` may be used by every thread.
unsafe impl Send for Library {}
// SAFETY: as above.
unsafe impl Sync for Library {}

static LOADED: OnceLock<Result<Library, String>> = OnceLock::new();

/// Loads the libraries; the second call finds them loaded.
///
/// # Errors
/// WebKitGTK, or a library that it needs, is missing or damaged.
pub(crate) fn load() -> Result<(), Error> {
  library().map(drop).map_err(|reason| {
    let error = no_web_view(reason);
    show(&error.to_string());
    error
  })
}

/// An AppImage brings no package that would have asked for the library.
fn no_web_view(reason: &str) -> Error {
  Error::NoWebView { reason: reason.to_owned(), hint: Distribution::current().install(Package::WebKitGtk) }
}

/// Shows a message by what desktops have for scripts: whoever started the app from a menu sees no terminal, and without the toolkit there is no
/// window of our own.
fn show(text: &str) {
  let has_display = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
  if !has_display || std::io::stderr().is_terminal() {
    return;
  }
  let programs: [(&str, &[&str]); 3] =
    [("zenity", &["--error", "--no-markup", "--text"]), ("kdialog", &["--error"]), ("xmessage", &["-center"])];
  for (program, arguments) in programs {
    let mut command = Command::new(program);
    let started = command.args(arguments).arg(text).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    if started.is_ok() {
      return;
    }
  }
}

fn library() -> Result<&'static Library, &'static str> {
  let loaded = LOADED.get_or_init(|| {
    // SAFETY: the name ends with a zero. Its constructors run here as they would have run before `main`.
    let handle = unsafe { libc::dlopen(LIBRARY.as_ptr(), libc::RTLD_LAZY | libc::RTLD_GLOBAL) };
    if handle.is_null() {
      return Err(last_error());
    }
    drivers::begin();
    Ok(Library(handle))
  });
  loaded.as_ref().map_err(String::as_str)
}

fn last_error() -> String {
  // SAFETY: `dlerror` gives a string that holds until the next call on this thread, or null.
  let text = unsafe { libc::dlerror() };
  if text.is_null() {
    return "unknown fault of the dynamic linker".into();
  }
  // SAFETY: it is not null, so it is a string that ends with a zero.
  unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
}

/// The address of a function of the toolkit, for the first call of it. The jumps of `resolve.S` call this.
///
/// A function that the installed version lacks cannot be called, and its caller, a binding, has no way to learn that: the process ends
/// with a line that names it.
#[unsafe(no_mangle)]
extern "C" fn shell_resolve_symbol(name: *const c_char) -> *const c_void {
  let found = library().map(|library| {
    // SAFETY: the handle is never closed, and the jumps give names that end with a zero.
    unsafe { libc::dlsym(library.0, name) }
  });
  match found {
    Ok(address) if !address.is_null() => address,
    Ok(_) => end(&last_error()),
    Err(text) => end(text),
  }
}

#[expect(clippy::exit, reason = "the caller is a binding that cannot be told of a missing function")]
fn end(text: &str) -> ! {
  printer::error(&format!("error: {}", no_web_view(text)));
  std::process::exit(1);
}
