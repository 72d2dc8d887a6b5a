//! The formats of Linux.

mod appimage;
mod deb;
pub(super) mod exe;
mod flatpak;
mod pacman;
mod rpm;
mod scripts;
mod snap;
mod tar;
mod targz;

use std::fs;

use super::config::Compression;
use super::context::Context;
use super::error::Result;

/// What can be made, in the order in which it is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
  TarGz,
  Deb,
  Rpm,
  AppImage,
  Pacman,
  Exe,
  Flatpak,
  Snap,
}

/// Writes the bytes of an artefact.
type Writer = Box<dyn FnOnce(&Context, &mut fs::File) -> Result<()>>;

impl Target {
  /// All of them.
  pub const ALL: [Self; 8] = [Self::TarGz, Self::Deb, Self::Rpm, Self::AppImage, Self::Pacman, Self::Exe, Self::Flatpak, Self::Snap];
  /// What is made when nobody says what.
  pub(super) const DEFAULT: [Self; 3] = [Self::Deb, Self::Rpm, Self::AppImage];

  /// Its name, as it is written in the configuration.
  pub fn name(self) -> &'static str {
    match self {
      Self::TarGz => "tar.gz",
      Self::Deb => "deb",
      Self::Rpm => "rpm",
      Self::AppImage => "AppImage",
      Self::Pacman => "pacman",
      Self::Exe => "exe",
      Self::Flatpak => "flatpak",
      Self::Snap => "snap",
    }
  }

  /// The target of a name, capitals or not.
  pub fn parse(name: &str) -> Option<Self> {
    Self::ALL.into_iter().find(|target| target.name().eq_ignore_ascii_case(name))
  }

  /// The files that it comes to: the name of each, whether it is a program, and who writes it. They are written in this order.
  pub(super) fn artefacts(self, context: &Context) -> Result<Vec<(String, bool, Writer)>> {
    match self {
      Self::TarGz => targz::artefacts(context),
      Self::Deb => deb::artefacts(context),
      Self::Rpm => rpm::artefacts(context),
      Self::AppImage => appimage::artefacts(context),
      Self::Pacman => pacman::artefacts(context),
      Self::Exe => exe::artefacts(context),
      Self::Flatpak => flatpak::artefacts(context),
      Self::Snap => snap::artefacts(context),
    }
  }
}

/// The level of zstd for a configuration.
fn zstd_level(compression: Compression) -> i32 {
  match compression {
    Compression::Store => 1,
    Compression::Normal => 9,
    Compression::Maximum => 19,
  }
}

/// A window of 32 MB, in which also distant repetitions are found: the runtime has two heaps that are alike. Every decoder takes up to 128 MB.
const ZSTD_WINDOW: u32 = 25;

/// Compresses what is written to it.
fn zstd_encoder<W: std::io::Write>(output: W, compression: Compression) -> Result<zstd::Encoder<'static, W>> {
  let open = || {
    let mut encoder = zstd::Encoder::new(output, zstd_level(compression))?;
    encoder.window_log(ZSTD_WINDOW)?;
    encoder.long_distance_matching(true)?;
    Ok(encoder)
  };
  open().map_err(tar::writing)
}

/// The level of gzip for a configuration.
fn gzip_level(compression: Compression) -> flate2::Compression {
  flate2::Compression::new(match compression {
    Compression::Store => 0,
    Compression::Normal => 6,
    Compression::Maximum => 9,
  })
}
