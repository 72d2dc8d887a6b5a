//! `shell asar`: what the `asar` command of `@electron/asar` does, with its options.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use crate::asar::{self, Archive, Entry, ExtractOptions, PackOptions, Pattern};
use crate::printer;

/// The commands on archives.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
  /// Pack a folder into an archive
  #[command(visible_alias = "p")]
  Pack(Pack),
  /// List what is in an archive
  #[command(visible_alias = "l")]
  List {
    archive: PathBuf,
    /// Say of each entry whether it is packed or lies beside the archive
    #[arg(short, long)]
    is_pack: bool,
  },
  /// Take everything out of an archive into a new folder
  #[command(visible_alias = "e")]
  Extract {
    archive: PathBuf,
    /// A folder that is not there yet, or empty
    destination: PathBuf,
    /// Take names, too, that other systems reserve or cannot tell apart
    #[arg(long)]
    any_name: bool,
  },
  /// Take one file out of an archive into the current folder
  #[command(visible_alias = "ef")]
  ExtractFile {
    archive: PathBuf,
    /// Its path in the archive
    filename: String,
  },
}

#[derive(Debug, Args)]
pub(super) struct Pack {
  folder: PathBuf,
  /// The archive that is written
  output: PathBuf,
  /// A file with one path a line: the order of the contents
  #[arg(long, value_name = "FILE")]
  ordering: Option<PathBuf>,
  /// Leave files outside whose path matches; without a slash, whose name does
  #[arg(long, value_name = "PATTERN")]
  unpack: Option<String>,
  /// Leave folders outside whose path matches, or begins with this text
  #[arg(long, value_name = "PATTERN")]
  unpack_dir: Option<String>,
  /// Leave out what has a name that begins with a dot
  #[arg(long)]
  exclude_hidden: bool,
}

/// Does what the command says.
pub(super) fn run(command: Command) -> asar::Result<()> {
  match command {
    Command::Pack(pack) => run_pack(&pack),
    Command::List { archive, is_pack } => list(&archive, is_pack),
    Command::Extract { archive, destination, any_name } => {
      asar::extract(&Archive::open(&archive)?, &destination, ExtractOptions { any_names: any_name }).map(drop)
    }
    Command::ExtractFile { archive, filename } => extract_file(&archive, &filename),
  }
}

fn run_pack(pack: &Pack) -> asar::Result<()> {
  let pattern = |text: &Option<String>| text.as_deref().filter(|text| !text.is_empty()).map(Pattern::new).transpose();
  let options = PackOptions {
    unpack: pattern(&pack.unpack)?,
    unpack_dir: pattern(&pack.unpack_dir)?.map(|pattern| (pack.unpack_dir.clone().unwrap_or_default(), pattern)),
    ordering: pack.ordering.as_deref().map(ordering).transpose()?.unwrap_or_default(),
    exclude_hidden: pack.exclude_hidden,
  };
  asar::pack_folder(&pack.folder, &pack.output, &options).map(drop)
}

/// The paths of an ordering file. A line may carry something before a colon, as logs of accessed files do.
fn ordering(path: &Path) -> asar::Result<Vec<String>> {
  let text = fs::read_to_string(path).map_err(asar::Error::reading(path))?;
  let lines = text.lines().map(|line| line.rsplit(':').next().unwrap_or(line).trim().trim_start_matches('/'));
  Ok(lines.filter(|line| !line.is_empty()).map(Into::into).collect())
}

fn list(archive: &Path, is_pack: bool) -> asar::Result<()> {
  let archive = Archive::open(archive)?;
  let mut text = String::new();
  archive.root().walk(&mut |path, entry: &Entry| {
    if is_pack {
      text += if entry.is_unpacked() { "unpack : " } else { "pack   : " };
    }
    text += "/";
    text += path;
    text.push('\n');
    Ok::<(), asar::Error>(())
  })?;
  printer::output(&text);
  Ok(())
}

fn extract_file(archive: &Path, name: &str) -> asar::Result<()> {
  let contents = Archive::open(archive)?.read(name)?;
  let target = PathBuf::from(name.rsplit(['/', '\\']).next().unwrap_or(name));
  fs::write(&target, contents).map_err(asar::Error::writing(&target))
}
