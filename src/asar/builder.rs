//! Collects what an archive is to hold, and writes it.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;

use super::disk::{is_executable, make_link, relative_target};
use super::error::{Error, Result};
use super::header::{is_name, join};
use super::integrity::{ALGORITHM, Digest, Integrity};
use super::{MAX_DEPTH, MAX_ENTRIES, MAX_HEADER};

/// The longest file that goes into an archive: readers keep lengths in 32 bits.
const MAX_FILE: u64 = u32::MAX as u64;

/// What came of packing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
  pub files: usize,
  pub unpacked: usize,
  /// The length of the archive.
  pub bytes: u64,
  /// The checksum of the header's text.
  pub header_hash: Digest,
}

/// Collects what an archive is to hold, then writes it.
#[derive(Debug, Default)]
pub struct Builder {
  root: Folder,
  entries: usize,
  ordering: Vec<String>,
}

#[derive(Debug, Default)]
struct Folder {
  unpacked: bool,
  entries: BTreeMap<String, Node>,
}

#[derive(Debug)]
enum Node {
  Folder(Folder),
  File(Source),
  Link { target: String, unpacked: bool },
}

#[derive(Debug)]
struct Source {
  contents: Contents,
  unpacked: bool,
  /// Filled when the contents are measured: checksums, length, and where they lie.
  measured: Option<(Integrity, u64, u64)>,
}

/// Where contents come from.
#[derive(Debug)]
enum Contents {
  Disk(PathBuf),
  Bytes(Arc<[u8]>),
}

impl Contents {
  fn open(&self) -> Result<Box<dyn Read + '_>> {
    match self {
      Self::Disk(path) => Ok(Box::new(File::open(path).map_err(Error::reading(path))?)),
      Self::Bytes(bytes) => Ok(Box::new(&**bytes)),
    }
  }

  /// What messages call them.
  fn name(&self) -> &Path {
    match self {
      Self::Disk(path) => path,
      Self::Bytes(_) => Path::new("a generated file"),
    }
  }
}

impl Builder {
  /// One that lays contents in the order of these paths; what is not named follows.
  pub fn with_ordering(ordering: Vec<String>) -> Self {
    Self { ordering, ..Self::default() }
  }

  /// Adds a folder; folders on the way to something come by themselves.
  ///
  /// # Errors
  /// The path cannot be one of an archive, or is taken.
  pub fn add_folder(&mut self, path: &str, unpacked: bool) -> Result<()> {
    let folder = self.folder(path, path)?;
    folder.unpacked |= unpacked;
    Ok(())
  }

  /// Adds a file that lies at `disk`.
  ///
  /// # Errors
  /// As [`Self::add_folder`].
  pub fn add_file(&mut self, path: &str, disk: &Path, unpacked: bool) -> Result<()> {
    self.add(path, Node::File(Source { contents: Contents::Disk(disk.into()), unpacked, measured: None }))
  }

  /// Adds a file with these contents.
  ///
  /// # Errors
  /// As [`Self::add_folder`].
  pub fn add_bytes(&mut self, path: &str, bytes: Arc<[u8]>, unpacked: bool) -> Result<()> {
    self.add(path, Node::File(Source { contents: Contents::Bytes(bytes), unpacked, measured: None }))
  }

  /// Adds a symbolic link to a path of the archive.
  ///
  /// # Errors
  /// As [`Self::add_folder`].
  pub fn add_link(&mut self, path: &str, target: &str, unpacked: bool) -> Result<()> {
    self.add(path, Node::Link { target: target.into(), unpacked })
  }

  fn add(&mut self, path: &str, node: Node) -> Result<()> {
    let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
    if !is_name(name) {
      return Err(cannot(Path::new(path), "an archive cannot hold this name", "rename it"));
    }
    let folder = self.folder(above, path)?;
    let node = node.within(folder);
    if folder.entries.insert(name.into(), node).is_some() {
      return Err(cannot(Path::new(path), "it would be in the archive twice", "remove one of the two"));
    }
    self.entries += 1;
    self.refuse_too_many(path)
  }

  fn refuse_too_many(&self, path: &str) -> Result<()> {
    if self.entries <= MAX_ENTRIES && path.split('/').count() <= MAX_DEPTH {
      return Ok(());
    }
    let reason = format!("an archive holds at most {MAX_ENTRIES} entries in {MAX_DEPTH} levels");
    Err(cannot(Path::new(path), &reason, "leave files out"))
  }

  /// The folder at `path`, made when it is not there. `whole` is for messages.
  fn folder(&mut self, path: &str, whole: &str) -> Result<&mut Folder> {
    self.refuse_too_many(path)?;
    let (mut folder, entries) = (&mut self.root, &mut self.entries);
    for part in path.split('/').filter(|part| !part.is_empty()) {
      if !is_name(part) {
        return Err(cannot(Path::new(whole), "an archive cannot hold this name", "rename it"));
      }
      let unpacked = folder.unpacked;
      let next = folder.entries.entry(part.into()).or_insert_with(|| {
        *entries += 1;
        Node::Folder(Folder { unpacked, ..Folder::default() })
      });
      let Node::Folder(next) = next else {
        return Err(cannot(Path::new(whole), "it would be below a file", "remove one of the two"));
      };
      folder = next;
    }
    Ok(folder)
  }

  /// Writes the archive and the folder beside it. Both are made under other names first, so that what was there stays until the new
  /// is whole.
  ///
  /// # Errors
  /// A file cannot be read or changes meanwhile, or the archive cannot be written.
  pub fn write(mut self, target: &Path) -> Result<Summary> {
    let order = self.measure()?;
    let text = header_text(&self.root).to_string();
    // Text length and padding to four bytes.
    let padded = text.len().next_multiple_of(4);
    if padded as u64 + 8 > MAX_HEADER {
      return Err(cannot(target, &format!("its header would be longer than {MAX_HEADER} bytes"), "leave files out"));
    }
    let parent = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(Error::writing(parent))?;
    let work = tempfile::Builder::new().prefix(".asar-").tempdir_in(parent).map_err(Error::writing(parent))?;
    let (archive, beside) = (work.path().join("archive"), work.path().join("unpacked"));
    let mut summary = Summary { files: 0, unpacked: 0, bytes: 0, header_hash: Digest::of(text.as_bytes()) };
    let mut output = Output { file: BufWriter::new(File::create(&archive).map_err(Error::writing(target))?), target, length: 0 };
    for number in [4, padded + 8, padded + 4, text.len()] {
      output.write(&(number as u32).to_le_bytes())?;
    }
    output.write(text.as_bytes())?;
    output.write(&[0; 3][..padded - text.len()])?;
    let start = output.length;
    for path in &order {
      let Some(Node::File(source)) = self.root.find(path) else { continue };
      let Some((integrity, size, offset)) = &source.measured else { continue };
      summary.files += 1;
      if source.unpacked {
        summary.unpacked += 1;
        copy_beside(source, &beside.join(path))?;
      } else if output.length == start + offset {
        // Contents that lie there already, because an equal file came before, begin earlier than here. Nothing has no place at all.
        let mut failed = None;
        let copied = Integrity::measure(source.contents.open()?, |piece| {
          failed = output.write(piece).err();
          if failed.is_some() { Err(std::io::ErrorKind::WriteZero.into()) } else { Ok(()) }
        });
        if let Some(error) = failed {
          return Err(error);
        }
        let (now, length) = copied.map_err(Error::reading(source.contents.name()))?;
        if (length, &now) != (*size, integrity) {
          return Err(cannot(source.contents.name(), "it changed while it was read", "pack when nothing writes to the folder"));
        }
      }
    }
    self.root.write_links("", &beside)?;
    output.file.flush().map_err(Error::writing(target))?;
    summary.bytes = output.length;
    drop(output);
    replace(&archive, &beside, target, work.path())?;
    Ok(summary)
  }

  /// Measures all contents and gives each its place. The answer is the order in which they lie.
  fn measure(&mut self) -> Result<Vec<String>> {
    let mut paths = Vec::new();
    self.root.paths("", &mut paths);
    let rank: HashMap<&str, usize> = self.ordering.iter().enumerate().rev().map(|(at, path)| (path.as_str(), at)).collect();
    paths.sort_by_key(|path| rank.get(path.as_str()).copied().unwrap_or(usize::MAX));
    let mut places: HashMap<Digest, u64> = HashMap::new();
    let mut end = 0;
    for path in &paths {
      let Some(Node::File(source)) = self.root.find_mut(path) else { continue };
      let name = source.contents.name();
      let (integrity, size) = Integrity::measure(source.contents.open()?, |_| Ok(())).map_err(Error::reading(name))?;
      if size > MAX_FILE {
        return Err(cannot(name, &format!("it is longer than {MAX_FILE} bytes"), "leave it out of the archive"));
      }
      let mut offset = 0;
      if !source.unpacked {
        // Equal files are stored once, as @electron/asar 4 does it.
        offset = *places.entry(integrity.hash).or_insert(end);
        if offset == end {
          end += size;
        }
      }
      source.measured = Some((integrity, size, offset));
    }
    Ok(paths)
  }
}

impl Node {
  /// The same node in this folder: what is in an unpacked folder is unpacked.
  fn within(mut self, folder: &Folder) -> Self {
    match &mut self {
      Self::Folder(Folder { unpacked, .. }) | Self::File(Source { unpacked, .. }) | Self::Link { unpacked, .. } => {
        *unpacked |= folder.unpacked
      }
    }
    self
  }
}

impl Folder {
  fn find(&self, path: &str) -> Option<&Node> {
    match path.split_once('/') {
      None => self.entries.get(path),
      Some((first, rest)) => match self.entries.get(first)? {
        Node::Folder(folder) => folder.find(rest),
        _ => None,
      },
    }
  }

  fn find_mut(&mut self, path: &str) -> Option<&mut Node> {
    match path.split_once('/') {
      None => self.entries.get_mut(path),
      Some((first, rest)) => match self.entries.get_mut(first)? {
        Node::Folder(folder) => folder.find_mut(rest),
        _ => None,
      },
    }
  }

  /// The paths of all files.
  fn paths(&self, above: &str, paths: &mut Vec<String>) {
    for (name, node) in &self.entries {
      let path = join(above, name);
      match node {
        Node::Folder(folder) => folder.paths(&path, paths),
        Node::File(_) => paths.push(path),
        Node::Link { .. } => {}
      }
    }
  }

  /// Makes the unpacked links once more, beside the archive.
  fn write_links(&self, above: &str, beside: &Path) -> Result<()> {
    for (name, node) in &self.entries {
      let path = join(above, name);
      match node {
        Node::Folder(folder) => folder.write_links(&path, beside)?,
        Node::Link { target, unpacked: true } => make_link(&beside.join(&path), &relative_target(&path, target))?,
        _ => {}
      }
    }
    Ok(())
  }
}

fn copy_beside(source: &Source, target: &Path) -> Result<()> {
  if let Some(parent) = target.parent() {
    fs::create_dir_all(parent).map_err(Error::writing(parent))?;
  }
  match &source.contents {
    // Permissions come along.
    Contents::Disk(disk) => fs::copy(disk, target).map(drop),
    Contents::Bytes(bytes) => fs::write(target, bytes),
  }
  .map_err(Error::writing(target))
}

/// The header as @electron/asar writes it, sorted by name.
fn header_text(folder: &Folder) -> serde_json::Value {
  let mut files = serde_json::Map::new();
  for (name, node) in &folder.entries {
    let value = match node {
      Node::Folder(folder) => header_text(folder),
      Node::Link { target, unpacked: true } => json!({ "link": target, "unpacked": true }),
      Node::Link { target, .. } => json!({ "link": target }),
      Node::File(source) => file_text(source),
    };
    files.insert(name.clone(), value);
  }
  if folder.unpacked { json!({ "files": files, "unpacked": true }) } else { json!({ "files": files }) }
}

fn file_text(source: &Source) -> serde_json::Value {
  let Some((integrity, size, offset)) = &source.measured else { return json!({}) };
  let blocks: Vec<_> = integrity.blocks.iter().map(ToString::to_string).collect();
  let integrity =
    json!({ "algorithm": ALGORITHM, "hash": integrity.hash.to_string(), "blockSize": integrity.block_size, "blocks": blocks });
  if source.unpacked {
    return json!({ "size": size, "unpacked": true, "integrity": integrity });
  }
  let mut value = json!({ "size": size, "offset": offset.to_string(), "integrity": integrity });
  if let Contents::Disk(disk) = &source.contents
    && fs::metadata(disk).is_ok_and(|metadata| is_executable(&metadata))
  {
    value["executable"] = true.into();
  }
  value
}

/// Puts the new archive in place of the old one. The folder beside goes with it: files of an older archive must not stay there.
fn replace(archive: &Path, beside: &Path, target: &Path, work: &Path) -> Result<()> {
  let mut folder = target.as_os_str().to_owned();
  folder.push(".unpacked");
  let folder = PathBuf::from(folder);
  let old = work.join("old");
  let had_folder = fs::symlink_metadata(&folder).is_ok();
  if had_folder {
    fs::rename(&folder, &old).map_err(Error::writing(&folder))?;
  }
  let placed = if beside.is_dir() { fs::rename(beside, &folder) } else { Ok(()) };
  let placed = placed.and_then(|()| fs::rename(archive, target));
  if placed.is_err() && had_folder {
    // The old archive is still there, so its folder goes back; should that fail too, the first fault is the one to tell.
    let _ = fs::rename(&folder, work.join("failed"));
    let _ = fs::rename(&old, &folder);
  }
  placed.map_err(Error::writing(target))
}

struct Output<'a> {
  file: BufWriter<File>,
  target: &'a Path,
  length: u64,
}

impl Output<'_> {
  fn write(&mut self, bytes: &[u8]) -> Result<()> {
    self.length += bytes.len() as u64;
    self.file.write_all(bytes).map_err(Error::writing(self.target))
  }
}

pub(super) fn cannot(path: &Path, reason: &str, hint: &'static str) -> Error {
  Error::CannotPack { path: path.into(), reason: reason.into(), hint }
}
