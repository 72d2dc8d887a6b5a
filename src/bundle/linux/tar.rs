//! Trees as tar archives whose bytes depend on nothing but the tree.

use std::io::{self, Read, Write};
use std::path::Path;

use ::tar::{Builder, EntryType, Header};

use crate::bundle::date::Date;
use crate::bundle::error::{Error, Result};
use crate::bundle::tree::{Node, Tree};

/// Writes a tar archive of a tree.
pub(super) fn write(output: impl Write, tree: &Tree, date: Date) -> Result<()> {
  let mut builder = Builder::new(output);
  for (path, node) in tree.iter() {
    match node {
      Node::Folder => {
        let mut header = header(EntryType::Directory, 0o755, date);
        builder.append_data(&mut header, format!("{path}/"), io::empty()).map_err(writing)?;
      }
      Node::Link(target) => {
        let mut header = header(EntryType::Symlink, 0o777, date);
        builder.append_link(&mut header, path, target).map_err(writing)?;
      }
      Node::File(file) => {
        let mut header = header(EntryType::Regular, file.mode(), date);
        let length = file.len()?;
        header.set_size(length);
        // A file that grows meanwhile would break the archive.
        let mut contents = Counted { inner: file.open()?.take(length), count: 0 };
        builder.append_data(&mut header, path, &mut contents).map_err(writing)?;
        if contents.count != length {
          return Err(Error::refused(format!("{path} changed while it was read"), "bundle when nothing writes to the app"));
        }
      }
    }
  }
  builder.finish().map_err(writing)
}

fn header(kind: EntryType, mode: u32, date: Date) -> Header {
  let mut header = Header::new_gnu();
  header.set_entry_type(kind);
  header.set_mode(mode);
  header.set_uid(0);
  header.set_gid(0);
  header.set_mtime(date.0);
  header.set_size(0);
  // Both names are short enough.
  let _ = header.set_username("root");
  let _ = header.set_groupname("root");
  header
}

/// For `map_err` where the artefact is written; its name is added further up.
pub(super) fn writing(error: io::Error) -> Error {
  Error::writing(Path::new(""))(error)
}

struct Counted<R> {
  inner: R,
  count: u64,
}

impl<R: Read> Read for Counted<R> {
  fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
    let count = self.inner.read(buffer)?;
    self.count += count as u64;
    Ok(count)
  }
}
