//! The AppImage: a program that mounts what follows it, a squashfs of the app's folder. It is thin: WebKitGTK is the host's, so nothing of
//! an older system comes between the host's libraries, and no variable of the environment is changed.

use std::fs;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::Path;

use backhand::compression::{CompressionAction, Compressor};
use backhand::kind::Kind;
use backhand::{BackhandError, FilesystemCompressor, FilesystemWriter, NodeHeader, SuperBlock};

use super::{Writer, tar, zstd_level};
use crate::bundle::config::Compression;
use crate::bundle::context::Context;
use crate::bundle::elf::{self, Machine};
use crate::bundle::error::{Error, Result};
use crate::bundle::tree::{Node, Tree};

/// The largest block that squashfs knows: it compresses best, and the runtime reads it.
const BLOCK: u32 = 1 << 20;

pub(super) fn artefacts(context: &Context) -> Result<Vec<(String, bool, Writer)>> {
  let name = context.artefact(
    context.config.app_image.artifact_name.as_ref(),
    "${name}-${version}-${arch}.${ext}",
    "AppImage",
    context.machine.kernel_name(),
  )?;
  Ok(vec![(name, true, Box::new(write))])
}

/// Where an executable of ours carries what AppImages of its machine begin with: so none carries that of other machines, and each can be bundled on any.
const SECTION: &str = ".appimage";

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
const PACKED: &[u8] = include_bytes!("../../../vendor/appimage/runtime-x86_64.zst");
#[cfg(all(target_os = "linux", target_arch = "aarch64"))]
const PACKED: &[u8] = include_bytes!("../../../vendor/appimage/runtime-aarch64.zst");
#[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))))]
const PACKED: &[u8] = &[];

#[cfg_attr(target_os = "linux", unsafe(link_section = ".appimage"))]
static START: [u8; PACKED.len()] = {
  let mut bytes = [0; PACKED.len()];
  bytes.copy_from_slice(PACKED);
  bytes
};

/// The program that every AppImage begins with.
fn runtime(path: &Path, machine: Machine) -> Result<Vec<u8>> {
  let own = if cfg!(target_arch = "aarch64") { Machine::Aarch64 } else { Machine::X86_64 };
  let packed = match elf::section(path, SECTION)? {
    Some(packed) => packed,
    None if machine == own && !START.is_empty() => START.to_vec(),
    None => {
      let reason = format!("{} does not carry what an AppImage begins with", path.display());
      return Err(Error::refused(reason, format!("use the runtime of release {} or of a later one", env!("CARGO_PKG_VERSION"))));
    }
  };
  zstd::decode_all(packed.as_slice())
    .map_err(|error| Error::refused(format!("{}: {SECTION}: {error}", path.display()), "install the runtime anew"))
}

/// The folder of the app, with what an AppImage has at its top.
fn folder(context: &Context) -> Result<Tree> {
  let (app, mut tree) = (&context.app, Tree::default());
  tree.graft("usr/lib/app", &context.program)?;
  tree.graft("usr/share", &context.share(&app.executable)?)?;
  // The entry's command stands for AppRun; tools look it up here.
  tree.add(&format!("usr/bin/{}", app.executable), Node::Link(format!("../lib/app/{}", app.executable)))?;
  tree.add("AppRun", Node::Link(format!("usr/lib/app/{}", app.executable)))?;
  tree.add(&format!("{}.desktop", app.id), Node::Link(format!("usr/share/applications/{}.desktop", app.id)))?;
  // Older tools look for the metainfo under its older name.
  tree.add(&format!("usr/share/metainfo/{}.appdata.xml", app.id), Node::Link(format!("{}.metainfo.xml", app.id)))?;
  if let Some((_, largest)) = context.icons.png.iter().rfind(|(size, _)| *size <= 256) {
    tree.add_bytes(&format!("{}.png", app.id), largest.clone())?;
    tree.add(".DirIcon", Node::Link(format!("{}.png", app.id)))?;
  }
  Ok(tree)
}

fn write(context: &Context, file: &mut fs::File) -> Result<()> {
  let runtime = runtime(&context.runtime, context.machine)?;
  let tree = folder(context)?;
  // Times of squashfs have 32 bits.
  let time = u32::try_from(context.app.date.0).unwrap_or(u32::MAX);
  let header = |mode: u32| NodeHeader::new(mode as u16, 0, 0, time);
  let mut image = FilesystemWriter::default();
  image.set_time(time);
  image.set_block_size(BLOCK);
  image.set_root_mode(0o755);
  image.set_only_root_id();
  image.set_kind(Kind::new_v4(compressor(context.config.compression)));
  image.set_compressor(FilesystemCompressor::new(Compressor::Zstd, None).map_err(squashfs)?);
  for (path, node) in tree.iter() {
    match node {
      Node::Folder => image.push_dir(path, header(0o755)),
      Node::Link(target) => image.push_symlink(target.as_str(), path, header(0o777)),
      Node::File(file) => image.push_file(file.open()?, path, header(file.mode())),
    }
    .map_err(squashfs)?;
  }
  file.write_all(&runtime).map_err(tar::writing)?;
  let mut output = Within { inner: BufWriter::new(file), start: runtime.len() as u64 };
  image.write(&mut output).map_err(squashfs)?;
  output.flush().map_err(tar::writing)
}

/// Our own zstd for the file system: that of the crate has a feature for which most of the Deno crates would be compiled anew. Every version
/// of the runtime reads zstd and gzip, and no other.
struct Zstd(Compression);

fn compressor(compression: Compression) -> &'static Zstd {
  match compression {
    Compression::Store => &Zstd(Compression::Store),
    Compression::Normal => &Zstd(Compression::Normal),
    Compression::Maximum => &Zstd(Compression::Maximum),
  }
}

impl CompressionAction for Zstd {
  type Error = BackhandError;
  type Compressor = Compressor;
  type FilesystemCompressor = FilesystemCompressor;
  type SuperBlock = SuperBlock;

  fn compress(&self, bytes: &[u8], _: FilesystemCompressor, _: u32) -> std::result::Result<Vec<u8>, BackhandError> {
    Ok(zstd::bulk::compress(bytes, zstd_level(self.0))?)
  }

  /// Nothing is read here.
  fn decompress(&self, _: &[u8], _: &mut Vec<u8>, _: Compressor) -> std::result::Result<(), BackhandError> {
    Err(BackhandError::UnsupportedCompression("zstd".into()))
  }
}

fn squashfs(error: backhand::BackhandError) -> Error {
  tar::writing(error.into())
}

/// A file whose beginning is taken.
struct Within<W> {
  inner: W,
  start: u64,
}

impl<W: Write> Write for Within<W> {
  fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
    self.inner.write(bytes)
  }

  fn flush(&mut self) -> io::Result<()> {
    self.inner.flush()
  }
}

impl<W: Seek> Seek for Within<W> {
  fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
    let to = match to {
      SeekFrom::Start(at) => SeekFrom::Start(at + self.start),
      other => other,
    };
    Ok(self.inner.seek(to)?.saturating_sub(self.start))
  }
}

#[cfg(test)]
mod tests {
  use super::*;
  use crate::asar::Digest;

  #[test]
  fn the_runtimes_are_those_of_the_checksums() {
    let sums = include_str!("../../../vendor/appimage/SHA256SUMS");
    let runtimes: [(&str, &[u8]); 2] = [
      ("runtime-aarch64", include_bytes!("../../../vendor/appimage/runtime-aarch64.zst")),
      ("runtime-x86_64", include_bytes!("../../../vendor/appimage/runtime-x86_64.zst")),
    ];
    for (name, packed) in runtimes {
      let bytes = zstd::decode_all(packed).unwrap();
      assert!(sums.contains(&format!("{}  {name}\n", Digest::of(&bytes))), "{name}");
      assert_eq!(&bytes[8..11], b"AI\x02");
    }
  }

  #[cfg(target_os = "linux")]
  #[test]
  fn executables_of_ours_carry_that_of_their_machine() {
    let own = std::env::current_exe().unwrap();
    assert_eq!(elf::section(&own, SECTION).unwrap().as_deref(), Some(&START[..]));
    let (machine, _) = elf::read(&own).unwrap().unwrap();
    assert_eq!(&runtime(&own, machine).unwrap()[..4], b"\x7fELF");
    // One without the section has to be of this machine.
    assert!(runtime(Path::new("/bin/true"), machine).is_ok());
    let other = if machine == Machine::X86_64 { Machine::Aarch64 } else { Machine::X86_64 };
    let error = runtime(Path::new("/bin/true"), other).unwrap_err().to_string();
    assert!(error.contains("/bin/true does not carry what an AppImage begins with"), "{error}");
  }
}
