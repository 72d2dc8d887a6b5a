//! Debian's package: an `ar` archive of a version, a tar archive about the package and one with its files.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};

use liblzma::stream::{Check, Filters, LzmaOptions, MtStreamBuilder};
use liblzma::write::XzEncoder;
use md5::{Digest as _, Md5};

use super::{Writer, scripts, tar};
use crate::bundle::config::Compression;
use crate::bundle::context::{Context, package_name};
use crate::bundle::elf::Machine;
use crate::bundle::error::{Error, Result};
use crate::bundle::tree::{Node, Tree};

/// Debian's packages of shared libraries. Where a release renamed one, both names.
const PACKAGES: &[(&str, &str)] = &[
  ("libX11.so.6", "libx11-6"),
  ("libX11-xcb.so.1", "libx11-xcb1"),
  ("libXext.so.6", "libxext6"),
  ("libXtst.so.6", "libxtst6"),
  ("libasound.so.2", "libasound2 | libasound2t64"),
  ("libatk-1.0.so.0", "libatk1.0-0 | libatk1.0-0t64"),
  ("libcairo-gobject.so.2", "libcairo-gobject2"),
  ("libcairo.so.2", "libcairo2"),
  ("libcrypto.so.3", "libssl3 | libssl3t64"),
  ("libcups.so.2", "libcups2 | libcups2t64"),
  ("libdbus-1.so.3", "libdbus-1-3"),
  ("libdrm.so.2", "libdrm2"),
  ("libexpat.so.1", "libexpat1"),
  ("libfontconfig.so.1", "libfontconfig1"),
  ("libfreetype.so.6", "libfreetype6"),
  ("libgbm.so.1", "libgbm1"),
  ("libgcc_s.so.1", "libgcc-s1"),
  ("libgdk-3.so.0", "libgtk-3-0 | libgtk-3-0t64"),
  ("libgdk_pixbuf-2.0.so.0", "libgdk-pixbuf-2.0-0"),
  ("libgio-2.0.so.0", "libglib2.0-0 | libglib2.0-0t64"),
  ("libglib-2.0.so.0", "libglib2.0-0 | libglib2.0-0t64"),
  ("libgmodule-2.0.so.0", "libglib2.0-0 | libglib2.0-0t64"),
  ("libgobject-2.0.so.0", "libglib2.0-0 | libglib2.0-0t64"),
  ("libgtk-3.so.0", "libgtk-3-0 | libgtk-3-0t64"),
  ("libjavascriptcoregtk-4.1.so.0", "libjavascriptcoregtk-4.1-0"),
  ("libkrb5.so.3", "libkrb5-3"),
  ("libgssapi_krb5.so.2", "libgssapi-krb5-2"),
  ("libnotify.so.4", "libnotify4"),
  ("libnspr4.so", "libnspr4"),
  ("libnss3.so", "libnss3"),
  ("libpango-1.0.so.0", "libpango-1.0-0"),
  ("libpangocairo-1.0.so.0", "libpangocairo-1.0-0"),
  ("libpulse.so.0", "libpulse0"),
  ("libsecret-1.so.0", "libsecret-1-0"),
  ("libsoup-3.0.so.0", "libsoup-3.0-0"),
  ("libssl.so.3", "libssl3 | libssl3t64"),
  ("libstdc++.so.6", "libstdc++6"),
  ("libudev.so.1", "libudev1"),
  ("libusb-1.0.so.0", "libusb-1.0-0"),
  ("libuuid.so.1", "libuuid1"),
  ("libwayland-client.so.0", "libwayland-client0"),
  ("libwebkit2gtk-4.1.so.0", "libwebkit2gtk-4.1-0"),
  ("libxcb.so.1", "libxcb1"),
  ("libxkbcommon.so.0", "libxkbcommon0"),
  ("libz.so.1", "zlib1g"),
];

/// How much one thread compresses at a time.
const BLOCK: u64 = 24 << 20;

/// How far back a repetition is found. The runtime has two heaps that are alike, one after the other.
const DICTIONARY: u32 = 8 << 20;

/// Libraries of the C library's own package.
const LIBC: &[&str] = &["libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1", "libutil.so.1", "libresolv.so.2"];

pub(super) fn artefacts(context: &Context) -> Result<Vec<(String, bool, Writer)>> {
  let name =
    context.artefact(context.config.deb.artifact_name.as_ref(), "${name}_${version}_${arch}.${ext}", "deb", context.machine.deb_name())?;
  Ok(vec![(name, false, Box::new(write))])
}

fn write(context: &Context, file: &mut fs::File) -> Result<()> {
  let package = name(context)?;
  let files = files(context, &package)?;
  let mut archive = Archive { file, date: context.app.date.0 };
  archive.file.write_all(b"!<arch>\n").map_err(tar::writing)?;
  archive.member("debian-binary", |output| output.write_all(b"2.0\n").map_err(tar::writing))?;
  let control = control(context, &package, &files)?;
  archive.member("control.tar.xz", |output| compressed(context, output, &control))?;
  if context.config.compression == Compression::Store {
    return archive.member("data.tar", |output| tar::write(output, &files, context.app.date));
  }
  archive.member("data.tar.xz", |output| compressed(context, output, &files))
}

/// Writes a tree as a tar archive under xz: Debian's archive takes zstd from nobody.
fn compressed(context: &Context, output: &mut dyn Write, tree: &Tree) -> Result<()> {
  let threads = std::thread::available_parallelism().map_or(1, |count| u32::try_from(count.get()).unwrap_or(1));
  // The next preset makes a package 4 % smaller, and takes 1.4 times as long.
  let preset = if context.config.compression == Compression::Maximum { 6 } else { 0 };
  let failed = |error: liblzma::stream::Error| tar::writing(error.into());
  let mut filters = Filters::new();
  // What is repeated in machine code is where calls go to: 4 % less. The filter for the other machine is too young for many a system that would have to read it.
  if context.machine == Machine::X86_64 {
    filters.x86();
  }
  filters.lzma2(LzmaOptions::new_preset(preset).map_err(failed)?.dict_size(DICTIONARY));
  // The blocks, and so the bytes, do not depend on the number of threads.
  let stream = MtStreamBuilder::new().threads(threads).filters(filters).check(Check::Crc64).block_size(BLOCK).encoder().map_err(failed)?;
  let mut encoder = XzEncoder::new_stream(BufWriter::new(output), stream);
  tar::write(&mut encoder, tree, context.app.date)?;
  encoder.finish().and_then(|mut output| output.flush()).map_err(tar::writing)
}

fn name(context: &Context) -> Result<String> {
  context.config.deb.package_name.as_deref().map_or_else(|| Ok(context.app.name.clone()), package_name)
}

/// The installed files, with what Debian wants of every package.
fn files(context: &Context, package: &str) -> Result<Tree> {
  let app = &context.app;
  let mut tree = context.installation()?;
  let about = format!("usr/share/doc/{package}");
  tree.add_bytes(&format!("{about}/copyright"), copyright(context))?;
  let changes = format!(
    "{package} ({}) unstable; urgency=medium\n\n  * Version {}.\n\n -- {}  {}\n",
    version(context),
    app.version,
    app.maintainer,
    app.date.mail()
  );
  let mut compressed = flate2::GzBuilder::new().mtime(0).write(Vec::new(), flate2::Compression::best());
  let changes = compressed.write_all(changes.as_bytes()).and_then(|()| compressed.finish()).map_err(tar::writing)?;
  tree.add_bytes(&format!("{about}/changelog.gz"), changes)?;
  // What lintian finds in every program that carries its libraries along.
  let overrides = format!("{package}: embedded-library\n{package}: no-manual-page\n{package}: hardening-no-fortify-functions\n");
  tree.add_bytes(&format!("usr/share/lintian/overrides/{package}"), overrides)?;
  Ok(tree)
}

fn copyright(context: &Context) -> String {
  let app = &context.app;
  let mut text = String::from("Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n");
  let _ = writeln!(text, "Upstream-Name: {}", app.product_name);
  if let Some(homepage) = &app.homepage {
    let _ = writeln!(text, "Source: {homepage}");
  }
  let _ = writeln!(text, "\nFiles: *\nCopyright: {}\nLicense: {}", app.copyright, app.license);
  let _ =
    writeln!(text, "\nFiles: usr/lib/{}/{}\nCopyright: see usr/lib/{}/LICENSE.shell\nLicense: MIT", app.name, app.executable, app.name);
  for license in [app.license.as_str(), "MIT"] {
    let _ = writeln!(text, "\nLicense: {license}");
    let body =
      if license == "MIT" { include_str!("../../../LICENSE-MIT") } else { "See the app's own documents for the text of its licence." };
    for line in body.trim().lines() {
      let _ = writeln!(text, " {}", if line.trim().is_empty() { "." } else { line });
    }
    if app.license == "MIT" {
      break;
    }
  }
  text
}

/// A version that Debian sorts as npm does: what comes before a release sorts before it.
fn version(context: &Context) -> String {
  context.app.version.replacen('-', "~", 1).replace('-', ".")
}

/// The archive about the package.
fn control(context: &Context, package: &str, files: &Tree) -> Result<Tree> {
  let mut tree = Tree::default();
  tree.add_bytes("control", fields(context, package, files)?)?;
  tree.add_bytes("md5sums", checksums(files)?)?;
  let settings = &context.config.deb;
  let script = |body: String| format!("#!/bin/sh\nset -e\n{body}");
  tree.add_script("postinst", &script(scripts::after_install(context, settings)?))?;
  tree.add_script("postrm", &script(scripts::after_remove(context, settings)?))?;
  Ok(tree)
}

fn fields(context: &Context, package: &str, files: &Tree) -> Result<String> {
  let (app, settings) = (&context.app, &context.config.deb);
  let mut text = String::new();
  let mut field = |name: &str, value: &str| {
    if !value.is_empty() {
      let _ = writeln!(text, "{name}: {value}");
    }
  };
  field("Package", package);
  field("Version", &version(context));
  field("Section", settings.section.as_deref().unwrap_or("utils"));
  field("Priority", settings.priority.as_deref().unwrap_or("optional"));
  field("Architecture", context.machine.deb_name());
  field("Maintainer", &app.maintainer);
  field("Installed-Size", &installed_size(files)?.to_string());
  field("Depends", &depends(context)?.join(", "));
  let mut recommends = vec!["xdg-utils".to_owned(), "hicolor-icon-theme".to_owned()];
  recommends.extend(settings.recommends.iter().cloned());
  field("Recommends", &recommends.join(", "));
  field("Homepage", app.homepage.as_deref().unwrap_or_default());
  // The first line must not repeat the package's name, nor end as a sentence does.
  field("Description", app.synopsis.trim_end_matches('.'));
  // The paragraph must say something else than the line before it.
  let product = format!("{} is an application for the desktop.", app.product_name);
  let description = if app.description == app.synopsis { &product } else { &app.description };
  for line in description.lines() {
    let _ = writeln!(text, " {}", if line.trim().is_empty() { "." } else { line.trim() });
  }
  Ok(text)
}

/// In kibibytes, each file rounded up, each folder and link one.
fn installed_size(files: &Tree) -> Result<u64> {
  files.iter().try_fold(0, |sum, (_, node)| match node {
    Node::File(file) => Ok(sum + file.len()?.div_ceil(1024)),
    _ => Ok(sum + 1),
  })
}

/// The packages of the libraries that the program and its native modules need.
fn depends(context: &Context) -> Result<Vec<String>> {
  let mut packages: Vec<String> = Vec::new();
  if let Some((major, minor)) = context.needs.glibc {
    packages.push(format!("libc6 (>= {major}.{minor})"));
  }
  for library in &context.needs.libraries {
    if LIBC.contains(&library.as_str()) || library.starts_with("ld-linux") {
      continue;
    }
    let Some((_, package)) = PACKAGES.iter().find(|(name, _)| name == library) else {
      // Who names packages has been told.
      if !context.config.deb.depends.is_empty() {
        continue;
      }
      return Err(Error::refused(
        format!("the package of {library}, which a native module needs, is not known"),
        "put the library beside the module, or name its package in \"deb\": {\"depends\": [...]}",
      ));
    };
    if !packages.iter().any(|known| known == package) {
      packages.push((*package).to_owned());
    }
  }
  packages.extend(context.config.deb.depends.iter().cloned());
  Ok(packages)
}

fn checksums(files: &Tree) -> Result<String> {
  let mut text = String::new();
  let mut buffer = vec![0; 1 << 16];
  for (path, file) in files.files() {
    let (mut contents, mut sum) = (file.open()?, Md5::new());
    loop {
      match contents.read(&mut buffer).map_err(Error::reading(path.as_ref()))? {
        0 => break,
        count => sum.update(&buffer[..count]),
      }
    }
    let digits: String = sum.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    let _ = writeln!(text, "{digits}  {path}");
  }
  Ok(text)
}

/// An `ar` archive, member by member.
struct Archive<'a> {
  file: &'a mut fs::File,
  date: u64,
}

impl Archive<'_> {
  /// Writes a member; its length is known, and put into its header, when it is there.
  fn member(&mut self, name: &str, write: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    let start = self.file.stream_position().map_err(tar::writing)?;
    self.header(name, 0)?;
    write(self.file)?;
    let end = self.file.stream_position().map_err(tar::writing)?;
    self.file.seek(SeekFrom::Start(start)).map_err(tar::writing)?;
    self.header(name, end - start - 60)?;
    self.file.seek(SeekFrom::Start(end)).map_err(tar::writing)?;
    if end % 2 == 1 {
      self.file.write_all(b"\n").map_err(tar::writing)?;
    }
    Ok(())
  }

  fn header(&mut self, name: &str, length: u64) -> Result<()> {
    writeln!(self.file, "{name:<16}{:<12}{:<6}{:<6}{:<8}{length:<10}`", self.date, 0, 0, "100644").map_err(tar::writing)
  }
}
