//! What an ELF file says about itself: its machine, the libraries that it needs, the C library's version.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use object::read::elf::{Dyn as _, FileHeader as _, SectionHeader as _};
use object::{ReadCache, ReadRef, elf};

use super::error::{Error, Result};

/// The machines that we bundle for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Machine {
  X86_64,
  Aarch64,
}

/// What an ELF file needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Needs {
  /// Names of shared libraries.
  pub(super) libraries: BTreeSet<String>,
  /// The newest version of the C library that a symbol asks for: (2, 36).
  pub(super) glibc: Option<(u32, u32)>,
}

impl Machine {
  /// As Node and electron-builder call it.
  pub(super) fn node_name(self) -> &'static str {
    match self {
      Self::X86_64 => "x64",
      Self::Aarch64 => "arm64",
    }
  }

  /// As Debian calls it.
  pub(super) fn deb_name(self) -> &'static str {
    match self {
      Self::X86_64 => "amd64",
      Self::Aarch64 => "arm64",
    }
  }

  /// As the kernel calls it, and with it rpm, pacman and AppImage.
  pub(super) fn kernel_name(self) -> &'static str {
    match self {
      Self::X86_64 => "x86_64",
      Self::Aarch64 => "aarch64",
    }
  }
}

impl Needs {
  /// Takes in what another file needs.
  pub(super) fn merge(&mut self, other: Self) {
    self.libraries.extend(other.libraries);
    self.glibc = self.glibc.max(other.glibc);
  }
}

/// Whether a file begins as ELF files do.
pub(super) fn is_elf(path: &Path) -> bool {
  let mut magic = [0; 4];
  File::open(path).and_then(|mut file| file.read_exact(&mut magic)).is_ok() && magic == elf::ELFMAG
}

/// Reads the ELF file of one of our machines; `None` for everything else, 32-bit files and other machines among it.
///
/// # Errors
/// The file cannot be read.
pub(super) fn read(path: &Path) -> Result<Option<(Machine, Needs)>> {
  let file = File::open(path).map_err(Error::reading(path))?;
  let data = ReadCache::new(file);
  Ok(parse(&data))
}

/// What a section of an ELF file holds; `None` where there is none of the name.
///
/// # Errors
/// The file cannot be read.
pub(super) fn section(path: &Path, name: &str) -> Result<Option<Vec<u8>>> {
  let file = File::open(path).map_err(Error::reading(path))?;
  let data = ReadCache::new(file);
  Ok(section_of(&data, name))
}

fn section_of<'a, R: ReadRef<'a>>(data: R, name: &str) -> Option<Vec<u8>> {
  let header = elf::FileHeader64::<object::Endianness>::parse(data).ok()?;
  let endian = header.endian().ok()?;
  let (_, section) = header.sections(endian, data).ok()?.section_by_name(endian, name.as_bytes())?;
  section.data(endian, data).ok().map(<[u8]>::to_vec)
}

/// A damaged file is like one of another machine: it says nothing.
fn parse<'a, R: ReadRef<'a>>(data: R) -> Option<(Machine, Needs)> {
  let header = elf::FileHeader64::<object::Endianness>::parse(data).ok()?;
  let endian = header.endian().ok()?;
  let machine = match header.e_machine(endian) {
    elf::EM_X86_64 => Machine::X86_64,
    elf::EM_AARCH64 => Machine::Aarch64,
    _ => return None,
  };
  let sections = header.sections(endian, data).ok()?;
  let mut needs = Needs::default();
  if let Ok(Some((entries, link))) = sections.dynamic(endian, data) {
    let strings = sections.strings(endian, data, link).ok()?;
    for entry in entries.iter().filter(|entry| entry.tag(endian) == elf::DT_NEEDED) {
      let name = entry.val32(endian).and_then(|offset| strings.get(offset).ok())?;
      needs.libraries.insert(String::from_utf8_lossy(name).into_owned());
    }
  }
  if let Ok(Some((mut versions, link))) = sections.gnu_verneed(endian, data) {
    let strings = sections.strings(endian, data, link).ok()?;
    while let Ok(Some((_, mut names))) = versions.next() {
      while let Ok(Some(name)) = names.next() {
        let version = name.name(endian, strings).ok().and_then(glibc_version);
        needs.glibc = needs.glibc.max(version);
      }
    }
  }
  Some((machine, needs))
}

/// `GLIBC_2.36` as numbers.
fn glibc_version(name: &[u8]) -> Option<(u32, u32)> {
  let text = std::str::from_utf8(name).ok()?.strip_prefix("GLIBC_")?;
  let mut numbers = text.split('.').map(|number| number.parse().ok());
  Some((numbers.next()??, numbers.next()??))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
  use super::*;

  #[test]
  fn the_test_binary_needs_the_c_library() {
    let (_, needs) = read(&std::env::current_exe().unwrap()).unwrap().unwrap();
    assert!(needs.libraries.contains("libc.so.6"), "{needs:?}");
    assert!(needs.glibc >= Some((2, 17)), "{needs:?}");
  }

  /// R36: a file that was cut, or has another byte at any place of its headers, says something or nothing, and nothing panics.
  #[test]
  fn r36_a_damaged_file_says_nothing() {
    let whole = std::fs::read("/bin/true").unwrap();
    assert!(parse(whole.as_slice()).is_some());
    for length in (0..whole.len()).step_by(7) {
      let _ = parse(&whole[..length]);
    }
    assert!(parse(&whole[..60]).is_none());
    assert!(section_of(whole.as_slice(), ".interp").is_some_and(|name| name.ends_with(b"\0")));
    assert_eq!(section_of(whole.as_slice(), ".none"), None);
    let headers = (0..64).chain(whole.len() - 64 * 20..whole.len());
    for at in headers {
      for byte in [0, 0x7f, 0xff] {
        let mut changed = whole.clone();
        changed[at] = byte;
        let _ = (parse(changed.as_slice()), section_of(changed.as_slice(), ".interp"));
      }
    }
  }

  #[test]
  fn what_is_no_elf_file_says_nothing() {
    assert_eq!(read(Path::new("Cargo.toml")).unwrap(), None);
    assert!(!is_elf(Path::new("Cargo.toml")));
    assert_eq!(glibc_version(b"GLIBC_2.2.5"), Some((2, 2)));
    assert_eq!(glibc_version(b"GLIBC_PRIVATE"), None);
    assert_eq!(glibc_version(b"GLIBCXX_3.4"), None);
  }
}
