//! Which Linux this is, and how it installs what the shell needs: a remedy names a command that can be copied.

/// Something to install.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Package {
  WebKitGtk,
  /// `xdg-open` and its kin.
  XdgUtils,
  /// The session bus.
  Dbus,
  /// Decoders of usual media formats.
  GStreamerPlugins,
  /// Any font at all.
  Fonts,
  /// Drivers for the graphics processor.
  Mesa,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
  Debian,
  Fedora,
  Arch,
  Suse,
  Alpine,
  Gentoo,
  Void,
}

/// A distribution, as `/etc/os-release` describes it.
#[derive(Debug)]
pub(crate) struct Distribution {
  /// What it calls itself.
  pub(crate) name: String,
  family: Option<Family>,
}

impl Distribution {
  /// That of this machine.
  pub(crate) fn current() -> Self {
    Self::parse(&std::fs::read_to_string("/etc/os-release").unwrap_or_default())
  }

  fn parse(release: &str) -> Self {
    let field =
      |name: &str| release.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('=')).unwrap_or_default().trim_matches('"');
    let mut names = field("ID").split(' ').chain(field("ID_LIKE").split(' '));
    let family = names.find_map(|name| match name {
      "debian" | "ubuntu" => Some(Family::Debian),
      "fedora" | "rhel" | "centos" => Some(Family::Fedora),
      "arch" => Some(Family::Arch),
      "suse" | "opensuse" | "opensuse-tumbleweed" | "opensuse-leap" => Some(Family::Suse),
      "alpine" => Some(Family::Alpine),
      "gentoo" => Some(Family::Gentoo),
      "void" => Some(Family::Void),
      _ => None,
    });
    let name = Some(field("PRETTY_NAME")).filter(|name| !name.is_empty()).unwrap_or("an unknown Linux");
    Self { name: name.into(), family }
  }

  /// The command that installs something; what to look for where the command is not known.
  pub(crate) fn install(&self, package: Package) -> String {
    let Some(family) = self.family else {
      return format!("install the package of {} (Debian and Ubuntu: {})", package.title(), package.name_in(Family::Debian));
    };
    let command = match family {
      Family::Debian => "apt install",
      Family::Fedora => "dnf install",
      Family::Arch => "pacman -S",
      Family::Suse => "zypper install",
      Family::Alpine => "apk add",
      Family::Gentoo => "emerge",
      Family::Void => "xbps-install",
    };
    format!("install {}: sudo {command} {}", package.title(), package.name_in(family))
  }
}

impl Package {
  fn title(self) -> &'static str {
    match self {
      Self::WebKitGtk => "WebKitGTK 4.1",
      Self::XdgUtils => "xdg-utils",
      Self::Dbus => "D-Bus",
      Self::GStreamerPlugins => "GStreamer's plugins",
      Self::Fonts => "a font",
      Self::Mesa => "Mesa",
    }
  }

  fn name_in(self, family: Family) -> &'static str {
    use Family::{Alpine, Arch, Debian, Fedora, Gentoo, Suse, Void};
    match (self, family) {
      (Self::WebKitGtk, Debian) => "libwebkit2gtk-4.1-0",
      (Self::WebKitGtk, Fedora) => "webkit2gtk4.1",
      (Self::WebKitGtk, Arch | Alpine) => "webkit2gtk-4.1",
      (Self::WebKitGtk, Suse) => "libwebkit2gtk-4_1-0",
      (Self::WebKitGtk, Gentoo) => "net-libs/webkit-gtk:4.1",
      (Self::WebKitGtk, Void) => "libwebkit2gtk41",
      (Self::XdgUtils, Gentoo) => "x11-misc/xdg-utils",
      (Self::XdgUtils, _) => "xdg-utils",
      (Self::Dbus, Debian) => "dbus-user-session",
      (Self::Dbus, Fedora) => "dbus-daemon",
      (Self::Dbus, Suse) => "dbus-1",
      (Self::Dbus, Gentoo) => "sys-apps/dbus",
      (Self::Dbus, Arch | Alpine | Void) => "dbus",
      (Self::GStreamerPlugins, Debian) => "gstreamer1.0-plugins-good gstreamer1.0-libav",
      (Self::GStreamerPlugins, Fedora) => "gstreamer1-plugins-good gstreamer1-plugin-libav",
      (Self::GStreamerPlugins, Arch | Alpine) => "gst-plugins-good gst-libav",
      (Self::GStreamerPlugins, Suse) => "gstreamer-plugins-good gstreamer-plugins-libav",
      (Self::GStreamerPlugins, Gentoo) => "media-plugins/gst-plugins-meta",
      (Self::GStreamerPlugins, Void) => "gst-plugins-good1 gst-libav",
      (Self::Fonts, Debian) => "fonts-dejavu-core",
      (Self::Fonts, Fedora) => "dejavu-sans-fonts",
      (Self::Fonts, Arch) => "ttf-dejavu",
      (Self::Fonts, Suse) => "dejavu-fonts",
      (Self::Fonts, Alpine) => "font-dejavu",
      (Self::Fonts, Gentoo) => "media-fonts/dejavu",
      (Self::Fonts, Void) => "dejavu-fonts-ttf",
      (Self::Mesa, Debian) => "libgl1-mesa-dri",
      (Self::Mesa, Fedora) => "mesa-dri-drivers",
      (Self::Mesa, Arch) => "mesa",
      (Self::Mesa, Suse) => "Mesa-dri",
      (Self::Mesa, Alpine) => "mesa-dri-gallium",
      (Self::Mesa, Gentoo) => "media-libs/mesa",
      (Self::Mesa, Void) => "mesa-dri",
    }
  }
}

#[cfg(test)]
mod tests {
  use super::*;

  #[test]
  fn the_remedy_is_that_of_the_system() {
    for (system, part) in [
      ("ID=debian\n", "sudo apt install libwebkit2gtk-4.1-0"),
      ("NAME=x\nID=linuxmint\nID_LIKE=\"ubuntu debian\"\n", "apt install"),
      ("ID=\"opensuse-tumbleweed\"\nID_LIKE=\"opensuse suse\"\n", "zypper install"),
      ("ID=fedora\n", "dnf install"),
      ("ID=manjaro\nID_LIKE=arch\n", "pacman -S"),
      ("ID=unheard-of\n", "the package of WebKitGTK 4.1"),
      ("", "the package of WebKitGTK 4.1"),
    ] {
      assert!(Distribution::parse(system).install(Package::WebKitGtk).contains(part), "{system}");
    }
  }

  #[test]
  fn it_is_called_as_it_calls_itself() {
    assert_eq!(Distribution::parse("ID=debian\nPRETTY_NAME=\"Debian GNU/Linux 12\"\n").name, "Debian GNU/Linux 12");
    assert_eq!(Distribution::parse("").name, "an unknown Linux");
  }
}
