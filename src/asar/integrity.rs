//! Checksums of contents: one of the whole and one of each block, so that a part can be checked without the rest.

use std::fmt;
use std::io::{self, Read};

use aws_lc_rs::digest::{Context, SHA256, digest};

/// The length of the blocks that are hashed by themselves, as `@electron/asar` takes it.
pub const BLOCK_SIZE: u64 = 4 << 20;
/// The only algorithm there is.
pub(super) const ALGORITHM: &str = "SHA256";

/// A SHA-256 checksum.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest([u8; 32]);

/// The checksums of one file's contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Integrity {
  pub hash: Digest,
  pub block_size: u64,
  pub blocks: Vec<Digest>,
}

impl Digest {
  /// The checksum of some bytes.
  pub fn of(bytes: &[u8]) -> Self {
    Self::from_output(&digest(&SHA256, bytes))
  }

  /// The checksum of contents that are read to their end.
  ///
  /// # Errors
  /// They cannot be read.
  pub fn read(contents: impl Read) -> io::Result<Self> {
    Integrity::measure(contents, |_| Ok(())).map(|(integrity, _)| integrity.hash)
  }

  fn from_output(output: &aws_lc_rs::digest::Digest) -> Self {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(output.as_ref());
    Self(bytes)
  }

  /// Reads 64 hexadecimal digits.
  pub fn parse(text: &str) -> Option<Self> {
    let mut digest = [0; 32];
    if text.len() != 64 {
      return None;
    }
    for (byte, pair) in digest.iter_mut().zip(text.as_bytes().chunks(2)) {
      let digit = |character: u8| (character as char).to_digit(16);
      *byte = (digit(pair[0])? * 16 + digit(pair[1])?) as u8;
    }
    Some(Self(digest))
  }
}

impl fmt::Display for Digest {
  fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
  }
}

impl fmt::Debug for Digest {
  fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    fmt::Display::fmt(self, formatter)
  }
}

impl Integrity {
  /// Reads contents to their end; gives their checksums and their length, and hands each piece to `piece` on the way.
  pub(super) fn measure(contents: impl Read, piece: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<(Self, u64)> {
    Self::measure_blocks(contents, BLOCK_SIZE, piece)
  }

  fn measure_blocks(mut contents: impl Read, block_size: u64, mut piece: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<(Self, u64)> {
    let (mut whole, mut block) = (Context::new(&SHA256), Context::new(&SHA256));
    let (mut blocks, mut length) = (Vec::new(), 0_u64);
    let mut buffer = vec![0; 64 << 10];
    loop {
      let room = (block_size - length % block_size).min(buffer.len() as u64) as usize;
      let count = match contents.read(&mut buffer[..room]) {
        Ok(0) => break,
        Ok(count) => count,
        Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
        Err(error) => return Err(error),
      };
      let part = &buffer[..count];
      whole.update(part);
      block.update(part);
      piece(part)?;
      length += count as u64;
      if length.is_multiple_of(block_size) {
        let full = std::mem::replace(&mut block, Context::new(&SHA256));
        blocks.push(Digest::from_output(&full.finish()));
      }
    }
    // Nothing at all has one block too.
    if !length.is_multiple_of(block_size) || blocks.is_empty() {
      blocks.push(Digest::from_output(&block.finish()));
    }
    Ok((Self { hash: Digest::from_output(&whole.finish()), block_size, blocks }, length))
  }

  /// Whether the blocks are as many as contents of this length have. Older versions of `@electron/asar` add the checksum of nothing
  /// where the last block is full.
  pub(super) fn fits(&self, size: u64) -> bool {
    let count = self.blocks.len() as u64;
    let needed = size.div_ceil(self.block_size);
    count == needed || (count == needed + 1 && size.is_multiple_of(self.block_size) && self.blocks.last() == Some(&Digest::of(b"")))
  }

  /// Whether `bytes`, which begin with block `first`, are what was hashed. They end with a block, or with the contents.
  pub(super) fn holds(&self, first: u64, bytes: &[u8]) -> bool {
    // A block that does not fit into memory cannot be among bytes that do.
    let block_size = usize::try_from(self.block_size).unwrap_or(usize::MAX);
    let blocks = usize::try_from(first).ok().and_then(|first| self.blocks.get(first..)).unwrap_or_default();
    let parts = bytes.chunks(block_size);
    parts.len() <= blocks.len() && parts.zip(blocks).all(|(part, expected)| Digest::of(part) == *expected)
  }
}

#[cfg(test)]
mod tests {
  use super::*;

  #[test]
  fn digests_are_read_and_written() {
    let text = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(Digest::of(b"").to_string(), text);
    assert_eq!(Digest::parse(text), Some(Digest::of(b"")));
    assert_eq!(Digest::parse(&text.to_uppercase()), Some(Digest::of(b"")));
    for wrong in ["", "e3", &text.replace('e', "g"), &format!("{text}00"), &"é".repeat(32)] {
      assert_eq!(Digest::parse(wrong), None);
    }
  }

  #[test]
  fn blocks_end_where_they_should() {
    for (length, blocks) in [(0, 1), (1, 1), (100, 1), (101, 2), (200, 2)] {
      let bytes = vec![7; length];
      let mut passed = 0;
      let (integrity, measured) = Integrity::measure_blocks(bytes.as_slice(), 100, |piece| {
        passed += piece.len();
        Ok(())
      })
      .unwrap();
      assert_eq!((measured, passed, integrity.blocks.len()), (length as u64, length, blocks));
      assert_eq!(integrity.hash, Digest::of(&bytes));
      assert!(integrity.holds(0, &bytes));
      assert!(integrity.fits(length as u64));
    }
  }
}
