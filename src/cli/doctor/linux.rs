//! What apps need of a Linux.

use std::env;
use std::ffi::{CStr, c_int, c_uint, c_void};
use std::fs;
use std::net::{TcpStream, ToSocketAddrs as _};
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::net::{SocketAddr, UnixStream};
use std::path::{Path, PathBuf};

use super::super::package_manager::find_program;
use super::Check;
use crate::distribution::{Distribution, Package};

pub(super) fn checks() -> Vec<Check> {
  let distribution = Distribution::current();
  vec![
    system(&distribution),
    web_view(&distribution),
    toolkit(),
    display(),
    session_bus(&distribution),
    graphics(&distribution),
    shared_memory(),
    fonts(&distribution),
    media(&distribution),
    opener(&distribution),
    cache(),
  ]
}

fn variable(name: &str) -> Option<String> {
  env::var(name).ok().filter(|value| !value.is_empty())
}

fn system(distribution: &Distribution) -> Check {
  // SAFETY: the C library answers a text that lives as long as the process.
  let library = unsafe { CStr::from_ptr(libc::gnu_get_libc_version()) };
  let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
  Check::ok("system", format!("{}, {}, Linux {}, glibc {}", distribution.name, env::consts::ARCH, kernel.trim(), library.to_string_lossy()))
}

/// A shared library that is loaded to be asked for its version.
struct Library(*mut c_void);

impl Library {
  /// Loads it, or says why that is not possible.
  fn open(name: &CStr) -> Result<Self, String> {
    // SAFETY: the name is a text, and the library is one of the system's, whose start-up code may run in any program.
    let handle = unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_LAZY | libc::RTLD_LOCAL) };
    if !handle.is_null() {
      return Ok(Self(handle));
    }
    // SAFETY: after a failure it is a text or null, valid until the next call on this thread.
    let reason = unsafe { libc::dlerror() };
    if reason.is_null() {
      return Err("it cannot be loaded".into());
    }
    // SAFETY: as above.
    Err(unsafe { CStr::from_ptr(reason) }.to_string_lossy().into_owned())
  }

  /// The version by three functions without arguments, which have such names.
  fn version(&self, names: [&CStr; 3]) -> String {
    names.map(|name| self.number(name).map_or_else(|| "?".into(), |number| number.to_string())).join(".")
  }

  fn number(&self, name: &CStr) -> Option<c_uint> {
    // SAFETY: the handle is open and the name is a text.
    let function = unsafe { libc::dlsym(self.0, name.as_ptr()) };
    if function.is_null() {
      return None;
    }
    // SAFETY: all that are asked for take nothing and answer a number.
    let function = unsafe { std::mem::transmute::<*mut c_void, extern "C" fn() -> c_uint>(function) };
    Some(function())
  }
}

fn web_view(distribution: &Distribution) -> Check {
  match Library::open(c"libwebkit2gtk-4.1.so.0") {
    Ok(library) => {
      let version = library.version([c"webkit_get_major_version", c"webkit_get_minor_version", c"webkit_get_micro_version"]);
      Check::ok("WebKitGTK", version)
    }
    Err(reason) => Check::missing("WebKitGTK", reason, distribution.install(Package::WebKitGtk)),
  }
}

/// GTK comes with WebKitGTK, so there is no remedy of its own.
fn toolkit() -> Check {
  match Library::open(c"libgtk-3.so.0") {
    Ok(library) => Check::ok("GTK", library.version([c"gtk_get_major_version", c"gtk_get_minor_version", c"gtk_get_micro_version"])),
    Err(reason) => Check::missing("GTK", reason, "install WebKitGTK, which brings it"),
  }
}

fn display() -> Check {
  const NAME: &str = "display";
  let hint = "start from a desktop session; without one, run under Xvfb: xvfb-run shell <app>";
  if let Some(display) = variable("DISPLAY") {
    return match is_x_server(&display) {
      Some(false) => Check::missing(NAME, format!("nothing answers at DISPLAY={display}"), hint),
      _ => Check::ok(NAME, format!("X11, DISPLAY={display}")),
    };
  }
  match variable("WAYLAND_DISPLAY") {
    Some(display) => {
      Check::warning(NAME, format!("Wayland without X11, WAYLAND_DISPLAY={display}"), "windows are tested on X11: run Xwayland")
    }
    None => Check::missing(NAME, "neither DISPLAY nor WAYLAND_DISPLAY is set", hint),
  }
}

/// Whether something listens where the variable points. `None` for a form that is not known.
fn is_x_server(display: &str) -> Option<bool> {
  let (host, rest) = display.rsplit_once(':')?;
  let number: u16 = rest.split('.').next()?.parse().ok()?;
  if host.is_empty() || host == "unix" {
    let path = format!("/tmp/.X11-unix/X{number}");
    // Containers often have the name without a file.
    let nameless = SocketAddr::from_abstract_name(&path).ok();
    return Some(UnixStream::connect(&path).is_ok() || nameless.is_some_and(|address| UnixStream::connect_addr(&address).is_ok()));
  }
  let address = (host, 6000 + number).to_socket_addrs().ok()?.next()?;
  Some(TcpStream::connect_timeout(&address, std::time::Duration::from_secs(2)).is_ok())
}

fn session_bus(distribution: &Distribution) -> Check {
  const NAME: &str = "session bus";
  let lost = "the desktop's services (dark mode, portals, notifications) are out of reach";
  let address = variable("DBUS_SESSION_BUS_ADDRESS");
  let Some(address) = address.or_else(|| variable("XDG_RUNTIME_DIR").map(|folder| format!("unix:path={folder}/bus"))) else {
    return Check::warning(
      NAME,
      format!("none, so {lost}"),
      format!("{}, then run inside of dbus-run-session", distribution.install(Package::Dbus)),
    );
  };
  let answers = address.split(';').any(|one| match one.strip_prefix("unix:").and_then(|options| options.split(',').next()) {
    Some(option) => match option.split_once('=') {
      Some(("path", path)) => UnixStream::connect(path).is_ok(),
      Some(("abstract", name)) => SocketAddr::from_abstract_name(name).is_ok_and(|address| UnixStream::connect_addr(&address).is_ok()),
      _ => true,
    },
    None => true,
  });
  match answers {
    true => Check::ok(NAME, address),
    false => Check::warning(NAME, format!("nothing answers at {address}, so {lost}"), "log in anew, or run inside of dbus-run-session"),
  }
}

fn graphics(distribution: &Distribution) -> Check {
  const NAME: &str = "graphics";
  let nodes: Vec<PathBuf> = fs::read_dir("/dev/dri").into_iter().flatten().flatten().map(|entry| entry.path()).collect();
  let nodes: Vec<_> =
    nodes.into_iter().filter(|path| path.file_name().is_some_and(|name| name.as_bytes().starts_with(b"renderD"))).collect();
  let Some(first) = nodes.first() else {
    let hint = format!("where there is a graphics card, {}", distribution.install(Package::Mesa));
    return Check::warning(NAME, "no device in /dev/dri: pages are drawn by the processor", hint);
  };
  match nodes.iter().find(|path| may(path, libc::R_OK | libc::W_OK)) {
    Some(path) => Check::ok(NAME, path.display().to_string()),
    None => Check::warning(
      NAME,
      format!("{} may not be used: pages are drawn by the processor", first.display()),
      "join the group of the device and log in anew: sudo usermod --append --groups render $USER",
    ),
  }
}

fn may(path: &Path, mode: c_int) -> bool {
  let Ok(path) = std::ffi::CString::new(path.as_os_str().as_bytes()) else { return false };
  // SAFETY: the path is a text.
  unsafe { libc::access(path.as_ptr(), mode) == 0 }
}

/// Pages are painted into it.
fn shared_memory() -> Check {
  match may(Path::new("/dev/shm"), libc::W_OK) {
    true => Check::ok("shared memory", "/dev/shm"),
    false => Check::missing("shared memory", "/dev/shm cannot be written", "mount it: sudo mount -t tmpfs -o mode=1777 tmpfs /dev/shm"),
  }
}

fn fonts(distribution: &Distribution) -> Check {
  let own = variable("HOME").map(|home| PathBuf::from(home).join(".local/share/fonts"));
  let mut folders: Vec<_> = ["/usr/share/fonts", "/usr/local/share/fonts"].into_iter().map(PathBuf::from).chain(own).collect();
  let mut looked = 0;
  while let Some(folder) = folders.pop() {
    for path in fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
      looked += 1;
      if path.extension().is_some_and(|extension| ["ttf", "otf", "ttc", "pcf", "gz", "pfb"].iter().any(|known| extension == *known)) {
        return Check::ok("fonts", path.parent().unwrap_or(&path).display().to_string());
      }
      if looked < 10_000 && path.is_dir() {
        folders.push(path);
      }
    }
  }
  Check::warning("fonts", "none: pages show no text", distribution.install(Package::Fonts))
}

/// Two plugins that hardly a page with media can do without: the container of MP4, and the way to a sound card.
fn media(distribution: &Distribution) -> Check {
  let folders = ["/usr/lib64", "/usr/lib", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"]
    .map(|folder| Path::new(folder).join("gstreamer-1.0"));
  let lacking: Vec<_> = ["libgstisomp4.so", "libgstautodetect.so"]
    .into_iter()
    .filter(|name| !folders.iter().any(|folder| folder.join(name).is_file()))
    .collect();
  match lacking.is_empty() {
    true => Check::ok("media", "GStreamer's plugins are there"),
    false => Check::warning(
      "media",
      format!("{} is missing: sounds and films do not play", lacking.join(" and ")),
      distribution.install(Package::GStreamerPlugins),
    ),
  }
}

fn opener(distribution: &Distribution) -> Check {
  match find_program("xdg-open").or_else(|| find_program("gio")) {
    Some(program) => Check::ok("opening links", program.display().to_string()),
    None => Check::warning("opening links", "no xdg-open: shell.openExternal does not work", distribution.install(Package::XdgUtils)),
  }
}

/// Compiled scripts and the extension of web processes are kept there.
fn cache() -> Check {
  let folder = variable("XDG_CACHE_HOME").map(PathBuf::from).or_else(|| variable("HOME").map(|home| PathBuf::from(home).join(".cache")));
  let Some(folder) = folder else {
    return Check::warning("cache", "neither HOME nor XDG_CACHE_HOME is set", "set HOME");
  };
  // What is not there yet is made when it is first needed.
  let existing = folder.ancestors().find(|path| path.exists()).unwrap_or(&folder);
  match may(existing, libc::W_OK) {
    true => Check::ok("cache", folder.join("shell").display().to_string()),
    false => Check::warning(
      "cache",
      format!("{} cannot be written: apps start slowly", existing.display()),
      format!("make it yours: sudo chown $USER {}", existing.display()),
    ),
  }
}
