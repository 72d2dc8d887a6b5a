//! Arch Linux's package: a tar archive that begins with what is known about it, under zstd.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufWriter, Write};

use super::{Writer, scripts, tar, zstd_encoder};
use crate::asar::Digest;
use crate::bundle::context::{Context, package_name};
use crate::bundle::error::{Error, Result};
use crate::bundle::tree::{Node, Tree};

/// What is needed on every system, since the runtime loads it when its user interface starts.
const DEPENDS: &[&str] = &["webkit2gtk-4.1", "gtk3", "glibc", "gcc-libs", "hicolor-icon-theme"];

pub(super) fn artefacts(context: &Context) -> Result<Vec<(String, bool, Writer)>> {
  let name = context.artefact(
    context.config.pacman.artifact_name.as_ref(),
    "${name}-${version}-${arch}.${ext}",
    "pkg.tar.zst",
    context.machine.kernel_name(),
  )?;
  Ok(vec![(name, false, Box::new(write))])
}

fn write(context: &Context, file: &mut fs::File) -> Result<()> {
  let files = context.installation()?;
  let mut about = Tree::default();
  about.add_bytes(".PKGINFO", information(context, &files)?)?;
  about.add_bytes(".INSTALL", install_script(context)?)?;
  let list = file_list(context, &files, &about)?;
  about.add_bytes(".MTREE", list)?;
  let mut whole = about;
  // The dots sort before every letter: what is known comes first, which lets the package manager stop reading there.
  files.iter().try_for_each(|(path, node)| whole.add(path, node.clone()))?;
  let mut encoder = zstd_encoder(BufWriter::new(file), context.config.compression)?;
  tar::write(&mut encoder, &whole, context.app.date)?;
  encoder.finish().and_then(|mut output| output.flush()).map_err(tar::writing)
}

fn information(context: &Context, files: &Tree) -> Result<String> {
  let (app, settings) = (&context.app, &context.config.pacman);
  let mut text = String::new();
  let mut field = |name: &str, value: &str| text += &format!("{name} = {}\n", value.replace('\n', " "));
  let name = settings.package_name.as_deref().map_or_else(|| Ok(app.name.clone()), package_name)?;
  field("pkgname", &name);
  field("pkgbase", &name);
  // A hyphen separates the version from the package's own.
  field("pkgver", &format!("{}-1", app.version.replace('-', "_")));
  field("pkgdesc", app.synopsis.trim_end_matches('.'));
  if let Some(homepage) = &app.homepage {
    field("url", homepage);
  }
  field("builddate", &app.date.0.to_string());
  field("packager", &app.maintainer);
  field("size", &files.size()?.to_string());
  field("arch", context.machine.kernel_name());
  field("license", &app.license);
  DEPENDS.iter().copied().chain(settings.depends.iter().map(String::as_str)).for_each(|name| field("depend", name));
  field("optdepend", "xdg-utils: open links and folders");
  Ok(text)
}

fn install_script(context: &Context) -> Result<String> {
  let settings = &context.config.pacman;
  let function = |name: &str, body: &str| {
    let body: String = body.lines().map(|line| format!("  {line}\n")).collect();
    format!("{name}() {{\n{body}}}\n")
  };
  let install = scripts::after_install(context, settings)?;
  let remove = scripts::after_remove(context, settings)?;
  Ok([function("post_install", &install), function("post_upgrade", &install), function("post_remove", &remove)].concat())
}

/// The list of all files with their checksums.
fn file_list(context: &Context, files: &Tree, about: &Tree) -> Result<Vec<u8>> {
  let time = context.app.date.0;
  let mut text = format!("#mtree\n/set type=file uid=0 gid=0 mode=644 time={time}.0\n");
  for (path, node) in about.iter().chain(files.iter()) {
    let path = escaped(path);
    let _ = match node {
      Node::Folder => writeln!(text, "./{path} type=dir mode=755"),
      Node::Link(target) => writeln!(text, "./{path} type=link mode=777 link={}", escaped(target)),
      Node::File(file) => {
        let sum = Digest::read(file.open()?).map_err(Error::reading(path.as_ref()))?;
        let mode = if file.executable { " mode=755" } else { "" };
        writeln!(text, "./{path}{mode} size={} sha256digest={sum}", file.len()?)
      }
    };
  }
  let mut encoder = flate2::GzBuilder::new().mtime(0).write(Vec::new(), flate2::Compression::best());
  encoder.write_all(text.as_bytes()).and_then(|()| encoder.finish()).map_err(tar::writing)
}

/// A path as mtree wants it: what is not plain ASCII by its number.
fn escaped(path: &str) -> String {
  let plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'#' | b'=' | b'*' | b'?' | b'[');
  path.bytes().fold(String::new(), |mut text, byte| {
    if plain(byte) {
      text.push(char::from(byte));
    } else {
      let _ = write!(text, "\\{byte:03o}");
    }
    text
  })
}
