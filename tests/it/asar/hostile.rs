//! S37 and S38: what an archive may claim, and where its files may end up.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use serde_json::json;

use super::*;

/// An archive with this header and four bytes of contents is refused with a message that holds `part`.
#[track_caller]
fn check(header: &str, part: &str) {
  let place = folder();
  write(place.path(), "app.asar", archive(header, b"abcd"));
  let text = refused(&shell(place.path(), &["list", "app.asar"]));
  assert!(text.contains(part), "{part:?} is missing in {text}");
}

#[test]
fn s37_offsets_and_sizes_that_cannot_be() {
  let file = |size: Value, offset: Value| header(&json!({ "a": { "size": size, "offset": offset } }));
  for size in [json!(-1), json!(1.5), json!(1e300)] {
    check(&file(size, json!("0")), r#""a": its size is not a whole number"#);
  }
  for size in [json!("1"), json!({})] {
    check(&file(size, json!("0")), "expected a JSON number");
  }
  for offset in ["-1", "", "+1", " 1", "0x1", "1e3", "99999999999999999999999"] {
    check(&file(json!(1), json!(offset)), r#""a": its offset is not a number"#);
  }
  check(&file(json!(1), json!(0)), "expected a string");
  check(&file(json!(5), json!("0")), "beyond the end");
  check(&file(json!(1), json!("4")), "beyond the end");
  check(&file(json!(9007199254740992_u64), json!("18446744073709551615")), "beyond the end");
}

#[test]
fn s37_overlapping_contents() {
  let files = |one: (u64, u64), other: (u64, u64)| {
    header(&json!({
      "a": { "size": one.1, "offset": one.0.to_string() },
      "b": { "size": other.1, "offset": other.0.to_string() },
    }))
  };
  check(&files((0, 3), (2, 2)), "overlap");
  check(&files((0, 4), (1, 1)), "overlap");
  // The same place is only right for the same contents, which nothing vouches for here.
  check(&files((0, 2), (0, 2)), "overlap");
  let place = folder();
  write(place.path(), "app.asar", archive(&files((0, 2), (2, 2)), b"abcd"));
  assert_eq!(succeeded(shell(place.path(), &["list", "app.asar"])), "/a\n/b\n");
}

#[test]
fn s37_names_that_leave_or_hide() {
  for name in ["..", ".", "", "a/b", "a\\b", "a\0b", "/a"] {
    check(&header(&json!({ name: { "size": 0, "offset": "0" } })), "its name is not allowed");
  }
  check(r#"{"files":{"a":{"files":{}},"b":{"files":{}},"a":{"files":{}}}}"#, r#"two entries "a""#);
  check(r#"{"files":{"a":{"size":1,"size":2,"offset":"0"}}}"#, "twice");
  check(r#"{"files":{},"files":{}}"#, "twice");
}

#[test]
fn s37_links_that_escape() {
  for link in ["..", "../x", "a/../../x", "/etc/passwd", "", ".", "\\\\server\\share", "..\\x", "C:\\x", "x\0y"] {
    check(&header(&json!({ "a": { "link": link } })), "the link leads out of the archive");
  }
  let place = folder();
  let circle = header(&json!({ "a": { "link": "b" }, "b": { "link": "a" }, "c": { "link": "c/d" }, "e": { "link": "gone" } }));
  write(place.path(), "app.asar", archive(&circle, b""));
  for name in ["a", "b", "c", "a/x", "c/d"] {
    assert!(refused(&shell(place.path(), &["extract-file", "app.asar", name])).contains("circle"));
  }
  assert!(refused(&shell(place.path(), &["extract-file", "app.asar", "e"])).contains("is not in"));
}

#[test]
fn s37_wrong_types() {
  check("", "its header is wrong");
  check("[]", "its header is wrong");
  check("null", "its header is wrong");
  check("{}", "names no files");
  check(r#"{"files":[]}"#, "entries of a folder");
  check(r#"{"files":{"a":[]}}"#, "an entry");
  check(&header(&json!({ "a": {} })), "not one of a folder, a file and a link");
  check(&header(&json!({ "a": { "files": {}, "size": 1, "offset": "0" } })), "not one of a folder, a file and a link");
  check(&header(&json!({ "a": { "files": {}, "link": "b" } })), "not one of a folder, a file and a link");
  check(&header(&json!({ "a": { "link": "b", "offset": "0" } })), "not one of a folder, a file and a link");
  check(&header(&json!({ "a": { "size": 1 } })), "it has no offset");
  check(&header(&json!({ "a": { "size": 1, "offset": "0", "unpacked": "yes" } })), "expected a boolean");
}

/// CVE-2023-44402: a folder in the place of the archive would be read past all checksums.
#[test]
fn s37_a_folder_is_no_archive() {
  let place = folder();
  write(place.path(), "app.asar/package.json", "{}");
  assert!(refused(&shell(place.path(), &["list", "app.asar"])).contains("app.asar is not a file"));
  assert!(refused(&shell(place.path(), &["list", "/dev/zero"])).contains("/dev/zero is not a file"));
}

#[test]
fn s37_a_million_entries() {
  let entries: String = (0..1_000_000).map(|number| format!(r#""{number:x}":{{}},"#)).collect();
  check(&format!(r#"{{"files":{{{}"z":{{}}}}}}"#, entries), "more than 250000 entries");
}

#[test]
fn s37_headers_that_are_too_long_or_too_deep() {
  let place = folder();
  let padding = " ".repeat(16 << 20);
  write(place.path(), "long.asar", archive(&format!(r#"{{"files":{{}}{padding}}}"#), b""));
  assert!(refused(&shell(place.path(), &["list", "long.asar"])).contains("longer than 16777216"));
  let deep = format!("{}{}", r#"{"files":{"a":"#.repeat(100_000), "}}".repeat(100_000));
  write(place.path(), "deep.asar", archive(&deep, b""));
  assert!(refused(&shell(place.path(), &["list", "deep.asar"])).contains("recursion"));
}

/// Every shorter file, and every number of the first sixteen bytes that is another.
#[test]
fn s37_truncated_and_damaged_starts() {
  let place = folder();
  let whole = archive(&header(&json!({ "a": { "size": 4, "offset": "0" } })), b"abcd");
  for length in 0..whole.len() {
    write(place.path(), "app.asar", &whole[..length]);
    refused(&shell(place.path(), &["list", "app.asar"]));
  }
  for (at, number) in [(0, 0), (0, 5), (4, 0), (4, 7), (4, u32::MAX), (8, 0), (8, u32::MAX), (12, u32::MAX), (12, 0), (12, 1)] {
    let mut bytes = whole.clone();
    bytes[at..at + 4].copy_from_slice(&number.to_le_bytes());
    write(place.path(), "app.asar", bytes);
    refused(&shell(place.path(), &["list", "app.asar"]));
  }
}

#[test]
fn s37_checksums_that_cannot_be() {
  let good = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  let file = |algorithm: &str, hash: &str, block_size: Value, blocks: Value| {
    let integrity = json!({ "algorithm": algorithm, "hash": hash, "blockSize": block_size, "blocks": blocks });
    header(&json!({ "a": { "size": 4, "offset": "0", "integrity": integrity } }))
  };
  check(&file("MD5", good, json!(4), json!([good])), "unknown kind");
  check(&file("SHA256", "abc", json!(4), json!([good])), "checksums are damaged");
  check(&file("SHA256", good, json!(0), json!([good])), "checksums are damaged");
  check(&file("SHA256", good, json!(-4), json!([good])), "checksums are damaged");
  check(&file("SHA256", good, json!(4), json!(["g"])), "checksums are damaged");
  for blocks in [json!([]), json!([good, good, good])] {
    check(&file("SHA256", good, json!(4), blocks), "not those of contents of its size");
  }
}

/// A bit that flips in any block is seen when that block is read.
#[test]
fn s37_a_bit_flip_in_any_block() {
  let place = folder();
  let block = 4 << 20;
  write(place.path(), "app/large", vec![7; block + 100]);
  write(place.path(), "app/outside.node", "native");
  succeeded(shell(place.path(), &["pack", "app", "app.asar", "--unpack", "*.node"]));
  let file = place.path().join("app.asar");
  let whole = fs::read(&file).expect("the archive");
  let start = whole.len() - (block + 100);
  for at in [0, block - 1, block, block + 99] {
    let mut bytes = whole.clone();
    bytes[start + at] ^= 1;
    fs::write(&file, bytes).expect("written");
    assert!(refused(&shell(place.path(), &["extract-file", "app.asar", "large"])).contains("large was changed"), "{at}");
  }
  assert!(refused(&shell(place.path(), &["extract", "app.asar", "out"])).contains("large was changed"));
  assert!(!place.path().join("out").exists());
  fs::write(&file, &whole).expect("written");
  for changed in ["natiwe", "nativ", "native and more"] {
    write(place.path(), "app.asar.unpacked/outside.node", changed);
    assert!(refused(&shell(place.path(), &["extract-file", "app.asar", "outside.node"])).contains("outside.node was changed"));
  }
}

#[test]
fn s38_names_of_other_systems() {
  let refusal = |entries: Value| {
    let place = folder();
    write(place.path(), "app.asar", archive(&header(&entries), b"abcd"));
    let text = refused(&shell(place.path(), &["extract", "app.asar", "out"]));
    assert!(!place.path().join("out").exists());
    // On this system the names are harmless, and who knows them may have them.
    succeeded(shell(place.path(), &["extract", "app.asar", "out", "--any-name"]));
    text
  };
  let file = json!({ "size": 1, "offset": "0" });
  for name in ["con", "NUL.txt", "com1", "what?", "a:b", "dot."] {
    assert!(refusal(json!({ "folder": { "files": { name: file } } })).contains("Windows gives its name another meaning"), "{name}");
  }
  assert!(refusal(json!({ "README": file, "readme": { "files": {} } })).contains("take it for README"));
}

/// A link is made after all files, so that none is written through it, and an entry below a link cannot be said at all.
#[test]
fn s38_nothing_is_written_through_a_link() {
  let place = folder();
  let entries = json!({
    "aaa": { "link": "zzz" },
    "zzz": { "files": { "file": { "size": 4, "offset": "0" } } },
  });
  write(place.path(), "app.asar", archive(&header(&entries), b"abcd"));
  fs::create_dir(place.path().join("outside")).expect("a folder");
  // A link in the target's place, and a target that is not empty, stay as they are.
  symlink("outside", place.path().join("out")).expect("a link");
  succeeded(shell(place.path(), &["extract", "app.asar", "fresh"]));
  assert_eq!(fs::read_link(place.path().join("fresh/aaa")).expect("a link").to_str(), Some("zzz"));
  assert_eq!(fs::read(place.path().join("fresh/aaa/file")).expect("through the link"), b"abcd");
  refused(&shell(place.path(), &["extract", "app.asar", "out"]));
  assert_eq!(fs::read_dir(place.path().join("outside")).expect("a folder").count(), 0);
  assert!(refused(&shell(place.path(), &["extract", "app.asar", "fresh"])).contains("is not an empty folder"));
}

#[test]
fn s38_devices_are_neither_read_nor_written() {
  let place = folder();
  let entries = json!({ "file": { "size": 4, "unpacked": true } });
  write(place.path(), "app.asar", archive(&header(&entries), b""));
  fs::create_dir(place.path().join("app.asar.unpacked")).expect("a folder");
  let pipe = place.path().join("app.asar.unpacked/file");
  assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
  // Reading the pipe would never end.
  assert!(refused(&shell(place.path(), &["extract", "app.asar", "out"])).contains("cannot be read"));
  fs::remove_file(&pipe).expect("removed");
  symlink("/dev/zero", &pipe).expect("a link");
  assert!(refused(&shell(place.path(), &["extract-file", "app.asar", "file"])).contains("cannot be read"));
}

/// Equal contents may be stored once, but not a million times.
#[test]
fn s38_a_bomb() {
  let place = folder();
  let block = vec![0; 1 << 20];
  write(place.path(), "app/zero", &block);
  succeeded(shell(place.path(), &["pack", "app", "small.asar"]));
  let bytes = fs::read(place.path().join("small.asar")).expect("the archive");
  let length = u32::from_le_bytes(bytes[12..16].try_into().expect("four bytes")) as usize;
  let small: Value = serde_json::from_slice(&bytes[16..16 + length]).expect("JSON");
  let entries: serde_json::Map<_, _> = (0..10_000).map(|number| (number.to_string(), small["files"]["zero"].clone())).collect();
  write(place.path(), "app.asar", archive(&header(&entries.into()), &block));
  assert!(refused(&shell(place.path(), &["extract", "app.asar", "out"])).contains("times the archive"));
  assert!(!place.path().join("out").exists());
}
