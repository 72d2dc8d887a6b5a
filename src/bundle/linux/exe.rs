//! The single file: the runtime, the app's archive behind it, and an end that says where the archive is.

use std::fs;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;

use super::{Writer, tar};
use crate::bundle::context::{self, Context};
use crate::bundle::error::{Error, Result};

/// The last bytes of such a file: this word, and the length of the archive in front of it.
const MARK: &[u8; 16] = b"shell:app.asar\0\x01";
/// The mark and the length.
const END: u64 = 24;
/// An archive begins at a multiple of this, so that its pages are those of the file.
const ALIGNMENT: u64 = 4096;

pub(super) fn artefacts(context: &Context) -> Result<Vec<(String, bool, Writer)>> {
  let refuse = |what: &str| {
    let hint = "use another target, or leave it out";
    Err(Error::refused(format!("a single file has no place for {what}"), hint))
  };
  if context.has_extra {
    return refuse("extraResources and extraFiles");
  }
  if context.config.asar == Some(false) {
    return refuse("an app without its archive (\"asar\": false)");
  }
  let name = context.artefact(None, "${name}-${version}-${arch}", "", context.machine.node_name())?;
  Ok(vec![(name.trim_end_matches('.').to_owned(), true, Box::new(write))])
}

fn write(context: &Context, file: &mut fs::File) -> Result<()> {
  let archive = context.work.path().join("single.asar");
  // Native modules go in too: the runtime copies out what the system has to open.
  context::pack(&context.staged, &archive, &|_, _| false)?;
  let mut output = BufWriter::new(file);
  let runtime = context.program.get(&context.app.executable);
  let Some(crate::bundle::tree::Node::File(runtime)) = runtime else {
    return Err(Error::refused("the runtime is not among the files", "this is a mistake of the shell's"));
  };
  let length = io::copy(&mut runtime.open()?, &mut output).map_err(tar::writing)?;
  let padding = length.next_multiple_of(ALIGNMENT) - length;
  io::copy(&mut io::repeat(0).take(padding), &mut output).map_err(tar::writing)?;
  let mut archive = fs::File::open(&archive).map_err(Error::reading(&archive))?;
  let length = io::copy(&mut archive, &mut output).map_err(tar::writing)?;
  output.write_all(MARK).and_then(|()| output.write_all(&length.to_le_bytes())).and_then(|()| output.flush()).map_err(tar::writing)
}

/// Where in an executable its app's archive is; `None` when it has none.
pub fn embedded_archive(executable: &Path) -> Option<Range<u64>> {
  let mut file = fs::File::open(executable).ok()?;
  let end = file.seek(SeekFrom::End(0)).ok()?.checked_sub(END)?;
  file.seek(SeekFrom::Start(end)).ok()?;
  let mut last = [0; END as usize];
  file.read_exact(&mut last).ok()?;
  let length = u64::from_le_bytes(last[16..].try_into().ok()?);
  // The mark in a runtime's own code would not be at its end.
  (last[..16] == MARK[..]).then(|| end.checked_sub(length).map(|start| start..end)).flatten()
}

#[cfg(test)]
mod tests {
  use super::*;

  /// R36 and S37: an end that was cut or changed names no archive, or one that lies within the file.
  #[test]
  fn r36_a_damaged_end_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("program");
    let mut whole = b"program-archive".to_vec();
    whole.extend(MARK);
    whole.extend(7_u64.to_le_bytes());
    let found = |bytes: &[u8]| {
      fs::write(&path, bytes).unwrap();
      embedded_archive(&path)
    };
    assert_eq!(found(&whole), Some(8..15));
    for length in 0..whole.len() {
      assert_eq!(found(&whole[..length]), None, "{length}");
    }
    for at in 15..whole.len() {
      let mut changed = whole.clone();
      changed[at] ^= 0xff;
      assert_eq!(found(&changed), None, "{at}");
    }
  }
}
