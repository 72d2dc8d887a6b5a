//! Packing a folder as it lies on disk.

use std::fs;
use std::path::{Component, Path};

use super::builder::{Builder, Summary, cannot};
use super::error::{Error, Result};
use super::header::join;
use super::pattern::Pattern;

/// What of a folder is packed, and how.
#[derive(Debug, Default)]
pub struct PackOptions {
  /// Files that stay outside.
  pub unpack: Option<Pattern>,
  /// Folders that stay outside with all that is in them: by a pattern, or by the text that their path begins with.
  pub unpack_dir: Option<(String, Pattern)>,
  /// Paths in the order in which their contents are to lie; what is not named follows.
  pub ordering: Vec<String>,
  /// Leave out what has a name that begins with a dot.
  pub exclude_hidden: bool,
}

/// Packs a folder into the archive `target`, and into `<target>.unpacked` what stays outside.
///
/// # Errors
/// Something in the folder cannot be read or has no place in an archive, or the archive cannot be written. Then there is no archive, or the
/// one that was there before.
pub fn pack_folder(folder: &Path, target: &Path, options: &PackOptions) -> Result<Summary> {
  let real = fs::canonicalize(folder).map_err(Error::reading(folder))?;
  let mut builder = Builder::with_ordering(options.ordering.clone());
  add_folder(&mut builder, &Walk { top: folder, real: &real, options }, folder, "", false)?;
  builder.write(target)
}

/// What stays the same while a folder is walked.
struct Walk<'a> {
  /// The folder as the caller named it: patterns may begin with its name.
  top: &'a Path,
  real: &'a Path,
  options: &'a PackOptions,
}

impl Walk<'_> {
  fn is_unpacked_file(&self, path: &str) -> bool {
    let named = self.top.join(path);
    let named = named.to_string_lossy();
    self.options.unpack.as_ref().is_some_and(|pattern| pattern.matches_base(path) || pattern.matches(&named))
  }

  fn is_unpacked_folder(&self, path: &str) -> bool {
    self.options.unpack_dir.as_ref().is_some_and(|(text, pattern)| path.starts_with(text.as_str()) || pattern.matches(path))
  }
}

fn add_folder(builder: &mut Builder, walk: &Walk<'_>, disk: &Path, above: &str, unpacked: bool) -> Result<()> {
  for entry in fs::read_dir(disk).map_err(Error::reading(disk))? {
    let disk = entry.map_err(Error::reading(disk))?.path();
    let name = disk.file_name().unwrap_or_default().to_str().ok_or_else(|| cannot(&disk, "its name is not UTF-8", "rename it"))?;
    if walk.options.exclude_hidden && name.starts_with('.') {
      continue;
    }
    let path = join(above, name);
    let kind = fs::symlink_metadata(&disk).map_err(Error::reading(&disk))?.file_type();
    if kind.is_dir() {
      let unpacked = unpacked || walk.is_unpacked_folder(&path);
      builder.add_folder(&path, unpacked)?;
      add_folder(builder, walk, &disk, &path, unpacked)?;
    } else if kind.is_symlink() {
      let target = fs::read_link(&disk).map_err(Error::reading(&disk))?;
      let target = within(walk, above, &target)
        .ok_or_else(|| cannot(&disk, &format!("it links out of the folder, to {}", target.display()), "put a copy in its place"))?;
      builder.add_link(&path, &target, unpacked || walk.is_unpacked_file(&path) || walk.is_unpacked_folder(&path))?;
    } else if kind.is_file() {
      builder.add_file(&path, &disk, unpacked || walk.is_unpacked_file(&path))?;
    } else {
      return Err(cannot(&disk, "it is neither a file nor a folder nor a link", "remove it from the folder"));
    }
  }
  Ok(())
}

/// The path from the top that a link in the folder `above` leads to; `None` when it leaves the top, or is the top.
fn within(walk: &Walk<'_>, above: &str, target: &Path) -> Option<String> {
  let mut parts: Vec<&str> = Vec::new();
  let relative = if target.is_absolute() {
    target.strip_prefix(walk.real).or_else(|_| target.strip_prefix(walk.top)).ok()?
  } else {
    parts.extend(above.split('/').filter(|part| !part.is_empty()));
    target
  };
  for component in relative.components() {
    match component {
      Component::Normal(part) => parts.push(part.to_str()?),
      Component::CurDir => {}
      Component::ParentDir => drop(parts.pop()?),
      Component::Prefix(_) | Component::RootDir => return None,
    }
  }
  Some(parts.join("/")).filter(|path| !path.is_empty())
}
