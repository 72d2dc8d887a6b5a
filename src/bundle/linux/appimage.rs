//! The AppImage: a program that mounts what follows it, a squashfs of the app's folder. It is thin: WebKitGTK is the host's, so nothing of
//! an older system comes between the host's libraries, and no variable of the environment is changed.

use std::fs;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};

use backhand::compression::{CompressionAction, Compressor};
use backhand::kind::Kind;
use backhand::{BackhandError, FilesystemCompressor, FilesystemWriter, NodeHeader, SuperBlock};

use super::{Writer, tar, zstd_level};
use crate::bundle::config::Compression;
use crate::bundle::context::Context;
use crate::bundle::elf::Machine;
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

/// The program that every AppImage begins with.
fn runtime(machine: Machine) -> Result<Vec<u8>> {
  let packed: &[u8] = match machine {
    Machine::X86_64 => include_bytes!("../../../vendor/appimage/runtime-x86_64.zst"),
    Machine::Aarch64 => include_bytes!("../../../vendor/appimage/runtime-aarch64.zst"),
  };
  zstd::decode_all(packed).map_err(tar::writing)
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
  let runtime = runtime(context.machine)?;
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
    for (machine, name) in [(Machine::Aarch64, "runtime-aarch64"), (Machine::X86_64, "runtime-x86_64")] {
      let bytes = runtime(machine).unwrap();
      assert!(sums.contains(&format!("{}  {name}\n", Digest::of(&bytes))), "{name}");
      assert_eq!(&bytes[8..11], b"AI\x02");
    }
  }
}
