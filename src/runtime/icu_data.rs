// The part of the build script that leaves out what no script can reach of ICU's data, included by build.rs.
//
// V8's library brings that data as an object file of its own. One that defines the same symbol and is linked before it takes its place.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use object::read::archive::ArchiveFile;
use object::{File, Object as _, ObjectSection as _, ObjectSymbol as _};

/// Tables of encodings, for which the runtime has a library of its own; names of hosts that look alike or have other letters, which it asks another one about.
fn is_unreachable(name: &str) -> bool {
  name.ends_with(".cnv") || name.ends_with("/confusables.cfu") || name.ends_with("/uts46.nrm")
}

/// Links smaller data in a release build. Other builds, whose size nobody minds, have all of it.
pub(crate) fn link_smaller_icu_data() {
  println!("cargo:rerun-if-changed=src/runtime/icu_data.rs");
  if !super::is_made_small() {
    return;
  }
  let folder = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
  // Beside the folder of all build scripts, where V8's crate keeps it whatever it came from.
  let library = folder.ancestors().nth(3).expect("cargo makes that folder").join("gn_out/obj/librusty_v8.a");
  let Some((symbol, data)) = icu_data(&library) else {
    println!("cargo:warning={} has no ICU data: the executable gets what V8 brings", library.display());
    return;
  };
  let file = folder.join("icu.dat");
  fs::write(&file, smaller(&data).expect("V8's data is an ICU data file")).expect("the output folder is writable");
  let mut code = String::from(".section .rodata\n.balign 16\n");
  write!(code, ".globl {symbol}\n.hidden {symbol}\n{symbol}:\n.incbin {:?}\n", file.display().to_string()).expect("writing to a string");
  code.push_str(".section .note.GNU-stack,\"\",@progbits\n");
  let source = folder.join("icu.S");
  fs::write(&source, code).expect("the output folder is writable");
  cc::Build::new().file(&source).cargo_metadata(false).compile("shell_icu_data");
  println!("cargo:rustc-link-search=native={}", folder.display());
  println!("cargo:rustc-link-lib=static:+whole-archive,-bundle=shell_icu_data");
}

/// The symbol of the data in V8's library, and the data.
fn icu_data(library: &Path) -> Option<(String, Vec<u8>)> {
  let bytes = fs::read(library).ok()?;
  let archive = ArchiveFile::parse(bytes.as_slice()).ok()?;
  let member = archive.members().flatten().find(|member| member.name().starts_with(b"icudtl_dat"))?;
  let object = File::parse(member.data(bytes.as_slice()).ok()?).ok()?;
  let symbol = object.symbols().find(|symbol| symbol.name().is_ok_and(|name| name.starts_with("icudt") && name.ends_with("_dat")))?;
  let section = object.section_by_index(symbol.section_index()?).ok()?;
  let start = usize::try_from(symbol.address().checked_sub(section.address())?).ok()?;
  Some((symbol.name().ok()?.to_owned(), section.data().ok()?.get(start..)?.to_vec()))
}

/// A data file without what cannot be reached. It is a header that begins with its length, a count, for each item the places of its name and of its data, counted from
/// the count, then the names in order and the data.
fn smaller(file: &[u8]) -> Option<Vec<u8>> {
  let number = |at: usize| file.get(at..at + 4).map(|bytes| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) as usize);
  let (start, magic) = (number(0)? & 0xffff, number(0)? >> 16);
  if magic != 0x27da || file.get(12..16)? != b"CmnD" {
    return None;
  }
  let all = number(start)?;
  let mut items = Vec::new();
  for item in 0..all {
    let (name, data) = (start + number(start + 4 + item * 8)?, start + number(start + 8 + item * 8)?);
    let end = if item + 1 == all { file.len() } else { start + number(start + 16 + item * 8)? };
    let length = file.get(name..)?.iter().position(|byte| *byte == 0)?;
    let name = std::str::from_utf8(&file[name..name + length]).ok()?;
    if !is_unreachable(name) {
      items.push((name, file.get(data..end)?));
    }
  }
  let (mut names, mut data) = (Vec::new(), Vec::new());
  let name_start = 4 + items.len() * 8;
  // Items begin where ICU had them aligned.
  let data_start = (start + name_start + items.iter().map(|(name, _)| name.len() + 1).sum::<usize>()).next_multiple_of(16) - start;
  let mut result = file[..start].to_vec();
  let mut push = |value: usize| result.extend(u32::try_from(value).expect("the data is short").to_le_bytes());
  push(items.len());
  for (name, item) in &items {
    push(name_start + names.len());
    push(data_start + data.len());
    names.extend(name.as_bytes());
    names.push(0);
    data.extend(*item);
    data.resize(data.len().next_multiple_of(16), 0);
  }
  result.extend(names);
  result.resize(start + data_start, 0);
  result.extend(data);
  Some(result)
}
