//! The package of Fedora, openSUSE and their kin: what is known about it in two headers, its files in a cpio archive.
//!
//! The format is written here and not by the crate `rpm`, which keeps every file in memory, and brings a second zstd and a feature for which
//! most of the Deno crates would be compiled anew.

mod header;

use std::fs;
use std::io::{self, BufWriter, Read, Write};

use super::{Writer, scripts, tar, zstd_encoder, zstd_level};
use crate::asar::Digest;
use crate::bundle::context::{Context, package_name};
use crate::bundle::elf::Machine;
use crate::bundle::error::{Error, Result};
use crate::bundle::tree::{Node, Tree};
use header::Value::{self, Int16, Int32, Text, Texts, Translated};

/// Folders that belong to the system's own packages.
const OF_SYSTEM: &[&str] =
  &["usr", "usr/bin", "usr/lib", "usr/share", "usr/share/applications", "usr/share/metainfo", "usr/share/mime", "usr/share/mime/packages"];

/// Marks of dependencies: how versions compare, who asks.
const LESS: u32 = 1 << 1;
const EQUAL: u32 = 1 << 3;
const INTERPRETER: u32 = 1 << 8;
const AFTER_INSTALL: u32 = 1 << 10;
const AFTER_REMOVE: u32 = 1 << 12;
const OF_RPM: u32 = 1 << 24;
/// What a reader of this package must understand.
const READER: &[(&str, &str)] = &[
  ("rpmlib(CompressedFileNames)", "3.0.4-1"),
  ("rpmlib(FileDigests)", "4.6.0-1"),
  ("rpmlib(PayloadFilesHavePrefix)", "4.0-1"),
  ("rpmlib(PayloadIsZstd)", "5.4.18-1"),
];
/// Number of the checksums' kind, SHA-256.
const SHA256: u32 = 8;
/// Mark of a file that is a licence.
const LICENSE: u32 = 1 << 7;

pub(super) fn artefacts(context: &Context) -> Result<Vec<(String, bool, Writer)>> {
  let name = context.artefact(
    context.config.rpm.artifact_name.as_ref(),
    "${name}-${version}-1.${arch}.${ext}",
    "rpm",
    context.machine.kernel_name(),
  )?;
  Ok(vec![(name, false, Box::new(write))])
}

fn write(context: &Context, file: &mut fs::File) -> Result<()> {
  let files = Files::collect(context)?;
  // The checksum of the files stands before them.
  let payload = context.work.path().join("payload");
  let length = files.write(context, fs::File::create(&payload).map_err(Error::writing(&payload))?)?;
  let mut payload = fs::File::open(&payload).map_err(Error::reading(&payload))?;
  let digest = Digest::read(&payload).map_err(tar::writing)?;
  let main = header::bytes(63, values(context, &files, &digest)?);
  let compressed = payload.metadata().map_err(tar::writing)?.len();
  let size = narrow(main.len() as u64 + compressed)?;
  let signature =
    header::bytes(62, vec![(273, Text(Digest::of(&main).to_string())), (1000, Int32(vec![size])), (1007, Int32(vec![narrow(length)?]))]);
  let mut output = BufWriter::new(file);
  let mut write = |bytes: &[u8]| output.write_all(bytes).map_err(tar::writing);
  write(&lead(context))?;
  write(&signature)?;
  write(&[0; 7][..signature.len().next_multiple_of(8) - signature.len()])?;
  write(&main)?;
  io::Seek::rewind(&mut payload).and_then(|()| io::copy(&mut payload, &mut output)).map_err(tar::writing)?;
  output.flush().map_err(tar::writing)
}

/// Lengths and times of this format have 32 bits.
fn narrow(number: u64) -> Result<u32> {
  u32::try_from(number).map_err(|_| Error::refused("the app has more than 4 GB, which this kind of rpm cannot hold", "leave files out"))
}

/// What the oldest readers knew a package by.
fn lead(context: &Context) -> [u8; 96] {
  let mut lead = [0; 96];
  lead[..6].copy_from_slice(&[0xed, 0xab, 0xee, 0xdb, 3, 0]);
  lead[9] = match context.machine {
    Machine::X86_64 => 1,
    Machine::Aarch64 => 19,
  };
  for (place, byte) in lead[10..75].iter_mut().zip(format!("{}-{}", context.app.name, version(context)).bytes()) {
    *place = byte;
  }
  lead[77] = 1;
  lead[79] = 5;
  lead
}

/// A version that rpm sorts as npm does: what comes before a release sorts before it.
fn version(context: &Context) -> String {
  context.app.version.replacen('-', "~", 1).replace('-', ".")
}

/// All that is known about the package.
fn values(context: &Context, files: &Files, payload: &Digest) -> Result<Vec<(u32, Value)>> {
  let (app, settings) = (&context.app, &context.config.rpm);
  let name = settings.package_name.as_deref().map_or_else(|| Ok(app.name.clone()), package_name)?;
  let (version, date) = (version(context), narrow(app.date.0)?);
  let text = |value: &str| Text(value.into());
  let mut values = vec![
    (100, Texts(vec!["C".into()])),
    (1000, text(&name)),
    (1001, text(&version)),
    (1002, text("1")),
    (1004, Translated(app.synopsis.trim_end_matches('.').into())),
    (1005, Translated(app.description.clone())),
    (1006, Int32(vec![date])),
    (1007, text("localhost")),
    (1009, Int32(vec![narrow(files.tree.size()?)?])),
    (1011, text(&app.vendor)),
    (1014, text(&app.license)),
    (1015, text(&app.maintainer)),
    (1016, Translated("Applications/Productivity".into())),
    (1021, text("linux")),
    (1022, text(context.machine.kernel_name())),
    (1024, text(&scripts::after_install(context, settings)?)),
    (1026, text(&scripts::after_remove(context, settings)?)),
    (1044, text(&format!("{name}-{version}-1.src.rpm"))),
    (1064, text("4.14.0")),
    (1080, Int32(vec![date])),
    (1081, Texts(vec![format!("{} - {version}-1", app.maintainer)])),
    (1082, Texts(vec![format!("- Version {}", app.version)])),
    (1086, text("/bin/sh")),
    (1088, text("/bin/sh")),
    (1124, text("cpio")),
    (1125, text("zstd")),
    (1126, text(&zstd_level(context.config.compression).to_string())),
    (5062, text("utf-8")),
    (5092, Texts(vec![payload.to_string()])),
    (5093, Int32(vec![SHA256])),
  ];
  if let Some(homepage) = &app.homepage {
    values.push((1020, text(homepage)));
  }
  let full = format!("{version}-1");
  let own = [name.clone(), format!("{name}({})", context.machine.kernel_name().replace('_', "-"))];
  let provides = own.into_iter().map(|name| (name, EQUAL, full.clone())).collect();
  let recommends = ["xdg-utils".to_owned()].into_iter().chain(settings.recommends.iter().cloned());
  relations(&mut values, [1047, 1112, 1113], provides);
  relations(&mut values, [1049, 1048, 1050], requires(context));
  relations(&mut values, [5046, 5048, 5047], recommends.map(|name| (name, 0, String::new())).collect());
  files.describe(&mut values, date)?;
  Ok(values)
}

/// Names, marks and versions of what stands under three numbers.
fn relations(values: &mut Vec<(u32, Value)>, [name, mark, version]: [u32; 3], list: Vec<(String, u32, String)>) {
  let (mut names, mut marks, mut versions) = (Vec::new(), Vec::new(), Vec::new());
  for (name, mark, version) in list {
    names.push(name);
    marks.push(mark);
    versions.push(version);
  }
  values.extend([(name, Texts(names)), (mark, Int32(marks)), (version, Texts(versions))]);
}

/// What the program, its native modules and the scripts need. Names of libraries end with the word length, without which nothing provides
/// them.
fn requires(context: &Context) -> Vec<(String, u32, String)> {
  let mut names: Vec<String> = context
    .needs
    .libraries
    .iter()
    // The loader has no length in its name; the C library brings it.
    .filter(|name| !name.starts_with("ld-linux"))
    .map(|name| format!("{name}()(64bit)"))
    .collect();
  if let Some((major, minor)) = context.needs.glibc {
    names.push(format!("libc.so.6(GLIBC_{major}.{minor})(64bit)"));
  }
  names.extend(context.config.rpm.depends.iter().cloned());
  let mut list: Vec<_> = names.into_iter().map(|name| (name, 0, String::new())).collect();
  list.extend([AFTER_INSTALL, AFTER_REMOVE].map(|who| ("/bin/sh".to_owned(), INTERPRETER | who, String::new())));
  list.extend(READER.iter().map(|(name, version)| ((*name).to_owned(), OF_RPM | LESS | EQUAL, (*version).to_owned())));
  list.sort();
  list
}

/// The files of the package, without the system's folders.
struct Files {
  tree: Tree,
}

impl Files {
  fn collect(context: &Context) -> Result<Self> {
    Ok(Self { tree: context.installation()? })
  }

  fn entries(&self) -> impl Iterator<Item = (&str, &Node)> {
    let is_of_system = |path: &str| OF_SYSTEM.contains(&path) || path.starts_with("usr/share/icons");
    self.tree.iter().filter(move |(path, node)| !(matches!(node, Node::Folder) && is_of_system(path)))
  }

  /// Adds a column for everything that is known of each file.
  fn describe(&self, values: &mut Vec<(u32, Value)>, date: u32) -> Result<()> {
    let (mut names, mut folders, mut of_folder): (Vec<String>, Vec<String>, Vec<u32>) = Default::default();
    let (mut sizes, mut modes, mut digests, mut links, mut marks) = (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (path, node) in self.entries() {
      let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
      let folder = format!("/{folder}/");
      let at = folders.iter().position(|known| *known == folder).unwrap_or_else(|| {
        folders.push(folder);
        folders.len() - 1
      });
      names.push(name.to_owned());
      of_folder.push(at as u32);
      sizes.push(narrow(length(node)?)?);
      modes.push(mode(node));
      marks.push(if name == "LICENSE.shell" { LICENSE } else { 0 });
      digests.push(match node {
        Node::File(file) => Digest::read(file.open()?).map_err(Error::reading(path.as_ref()))?.to_string(),
        _ => String::new(),
      });
      links.push(match node {
        Node::Link(target) => target.clone(),
        _ => String::new(),
      });
    }
    let count = names.len();
    values.extend([
      (1028, Int32(sizes)),
      (1030, Int16(modes)),
      (1033, Int16(vec![0; count])),
      (1034, Int32(vec![date; count])),
      (1035, Texts(digests)),
      (1036, Texts(links)),
      (1037, Int32(marks)),
      (1039, Texts(vec!["root".into(); count])),
      (1040, Texts(vec!["root".into(); count])),
      (1045, Int32(vec![u32::MAX; count])),
      (1095, Int32(vec![1; count])),
      (1096, Int32((1..=count as u32).collect())),
      (1097, Texts(vec![String::new(); count])),
      (1116, Int32(of_folder)),
      (1117, Texts(names)),
      (1118, Texts(folders)),
      (5011, Int32(vec![SHA256])),
    ]);
    Ok(())
  }

  /// Writes the compressed archive of the files; the answer is its length before compression.
  fn write(&self, context: &Context, output: fs::File) -> Result<u64> {
    let encoder = zstd_encoder(BufWriter::new(output), context.config.compression)?;
    let mut archive = Cpio { output: encoder, length: 0 };
    let date = narrow(context.app.date.0)?;
    for (number, (path, node)) in self.entries().enumerate() {
      let length = narrow(length(node)?)?;
      archive.entry(number as u32 + 1, &format!("./{path}"), u32::from(mode(node)), date, length)?;
      match node {
        Node::Folder => {}
        Node::Link(target) => archive.bytes(target.as_bytes())?,
        Node::File(file) => archive.copy(file.open()?, u64::from(length), path)?,
      }
      archive.pad()?;
    }
    archive.entry(0, "TRAILER!!!", 0, 0, 0)?;
    archive.output.finish().and_then(|mut output| output.flush()).map_err(tar::writing)?;
    Ok(archive.length)
  }
}

fn mode(node: &Node) -> u16 {
  match node {
    Node::Folder => 0o040_755,
    Node::Link(_) => 0o120_777,
    Node::File(file) => 0o100_000 | file.mode() as u16,
  }
}

fn length(node: &Node) -> Result<u64> {
  match node {
    Node::Folder => Ok(0),
    Node::Link(target) => Ok(target.len() as u64),
    Node::File(file) => file.len(),
  }
}

/// The archive format of the files: a line of hexadecimal numbers, the name and the contents of each, all padded to four bytes.
struct Cpio<W> {
  output: W,
  length: u64,
}

impl<W: Write> Cpio<W> {
  fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
    self.length += bytes.len() as u64;
    self.output.write_all(bytes).map_err(tar::writing)
  }

  fn pad(&mut self) -> Result<()> {
    let missing = self.length.next_multiple_of(4) - self.length;
    self.bytes(&[0; 3][..missing as usize])
  }

  fn entry(&mut self, number: u32, name: &str, mode: u32, date: u32, length: u32) -> Result<()> {
    let mut line = String::from("070701");
    for field in [number, mode, 0, 0, 1, date, length, 0, 0, 0, 0, name.len() as u32 + 1, 0] {
      line += &format!("{field:08x}");
    }
    self.bytes(line.as_bytes())?;
    self.bytes(name.as_bytes())?;
    self.bytes(&[0])?;
    self.pad()
  }

  fn copy(&mut self, contents: impl Read, length: u64, path: &str) -> Result<()> {
    // What is read past the length that was announced would break the archive.
    let copied = io::copy(&mut contents.take(length), &mut self.output).map_err(tar::writing)?;
    self.length += copied;
    if copied == length {
      return Ok(());
    }
    Err(Error::refused(format!("{path} changed while it was read"), "bundle when nothing writes to the app"))
  }
}
