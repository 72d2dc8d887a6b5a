//! All that the formats write: who the app is, what it needs, and its files as they are installed.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::config::{Config, FileSet};
use super::date::Date;
use super::elf::{self, Machine, Needs};
use super::error::{Error, Result};
use super::files;
use super::icon::{self, Icons};
use super::macros::Macros;
use super::tree::{File, Node, Source, Tree};
use super::{Options, desktop};
use crate::asar::{self, Pattern};

/// What the runtime loads by itself when its user interface starts, so that its ELF header does not name it.
const LOADED_LATER: &[&str] = &["libwebkit2gtk-4.1.so.0", "libgtk-3.so.0"];
/// The folder of artefacts.
const OUTPUT: &str = "release";
/// Lengths that a sane app stays below, so that nothing is made of a slip.
const LONGEST_NAME: usize = 100;
/// No file system that matters takes longer ones.
const LONGEST_FILE_NAME: usize = 255;

/// Who an app is.
#[derive(Debug, Clone)]
pub(super) struct Identity {
  /// `com.example.app`
  pub(super) id: String,
  /// The name of packages.
  pub(super) name: String,
  pub(super) product_name: String,
  /// The file that starts it.
  pub(super) executable: String,
  pub(super) version: String,
  /// One line.
  pub(super) synopsis: String,
  /// A paragraph.
  pub(super) description: String,
  pub(super) homepage: Option<String>,
  /// SPDX.
  pub(super) license: String,
  /// `Name <address>`
  pub(super) maintainer: String,
  pub(super) vendor: String,
  pub(super) copyright: String,
  pub(super) date: Date,
}

/// An app that is ready to be written in any format.
pub(super) struct Context {
  pub(super) app: Identity,
  pub(super) config: Config,
  pub(super) machine: Machine,
  pub(super) needs: Needs,
  /// The executable that apps are run by.
  pub(super) runtime: PathBuf,
  /// The folder of the executable, with its resources.
  pub(super) program: Tree,
  /// The app's files, without what lies beside them.
  pub(super) staged: Tree,
  /// Whether something lies beside the app, in its resources or with the executable.
  pub(super) has_extra: bool,
  pub(super) icons: Icons,
  /// What `${name}` and its like stand for.
  macros: Macros,
  pub(super) output: PathBuf,
  /// The folder of the app's sources.
  pub(super) folder: PathBuf,
  /// Holds what was made on the way, until the end.
  pub(super) work: tempfile::TempDir,
}

impl Context {
  /// Reads the configuration and stages the files. `say` gets a line for the user.
  ///
  /// # Errors
  /// The configuration is wrong, or a file cannot be read.
  pub(super) fn prepare(options: &Options, mut config: Config, package: Map<String, Value>, say: &dyn Fn(&str)) -> Result<Self> {
    let folder = fs::canonicalize(&options.folder).map_err(Error::reading(&options.folder))?;
    let runtime = &options.runtime;
    let (machine, mut needs) = elf::read(runtime)?.ok_or_else(|| {
      let reason = format!("{} is not a program for Linux on x86_64 or aarch64", runtime.display());
      Error::refused(reason, "name the runtime's executable: --runtime <file>")
    })?;
    needs.libraries.extend(LOADED_LATER.iter().map(ToString::to_string));
    // Artefacts of earlier runs stay out, wherever those of this run go.
    let usual = folder.join(config.output.as_deref().unwrap_or(OUTPUT));
    let output = options.output.as_ref().unwrap_or(&usual);
    let output = std::path::absolute(output).map_err(Error::writing(output))?;
    fs::create_dir_all(&output).map_err(Error::writing(&output))?;
    let resources = config.build_resources.clone().unwrap_or_else(|| "build".into());
    let macros = macros(&package, &config).with("arch", machine.node_name());
    let left_out = [fs::canonicalize(&output).map_err(Error::reading(&output))?, usual, folder.join(&resources)];
    let app_files = files::app(&folder, &package, &config.files, &left_out, &macros)?;
    check_main(&folder, &package, &app_files)?;
    let date = Date(match options.source_date {
      Some(date) => date,
      None => newest(&app_files, &folder)?,
    });
    let app = identity(&package, &config, date, say)?;
    let (icons, is_default) = icon::load(&folder, config.icon.as_deref(), &resources)?;
    if is_default {
      say("no icon was found: the shell's own is used; \"icon\" names another");
    }
    let work = tempfile::Builder::new().prefix(".bundle-").tempdir_in(&output).map_err(Error::writing(&output))?;
    let mut program = Tree::default();
    program.add_disk(&app.executable, runtime, true)?;
    program.add_bytes("LICENSE.shell", include_bytes!("../../LICENSE-MIT"))?;
    let extra = |sets: &mut Vec<FileSet>| files::extra(&folder, &std::mem::take(sets), &macros);
    let (extra_files, extra_resources) = (extra(&mut config.extra_files)?, extra(&mut config.extra_resources)?);
    let has_extra = extra_files.iter().chain(extra_resources.iter()).next().is_some();
    extra_files.iter().try_for_each(|(path, node)| program.add(path, node.clone()))?;
    program.graft("resources", &extra_resources)?;
    let staged = with_package_json(app_files, &package, &app)?;
    if config.asar == Some(false) {
      program.graft("resources/app", &staged)?;
    } else {
      pack_beside(&staged, &config.asar_unpack, &work.path().join("app.asar"), &mut program)?;
    }
    needs.merge(needs_of_natives(&program, machine, &app.executable)?);
    Ok(Self { app, config, machine, needs, runtime: runtime.clone(), program, staged, has_extra, icons, macros, output, folder, work })
  }

  /// What a desktop finds below `usr/share`, the command being `command`.
  pub(super) fn share(&self, command: &str) -> Result<Tree> {
    let (mut tree, id) = (Tree::default(), &self.app.id);
    tree.add_bytes(&format!("applications/{id}.desktop"), desktop::entry(&self.app, &self.config, command))?;
    tree.add_bytes(&format!("metainfo/{id}.metainfo.xml"), desktop::metainfo(&self.app, &self.config))?;
    if let Some(types) = desktop::mime_info(&self.config) {
      tree.add_bytes(&format!("mime/packages/{id}.xml"), types)?;
    }
    for (size, bytes) in &self.icons.png {
      tree.add_bytes(&format!("icons/hicolor/{size}x{size}/apps/{id}.png"), bytes.clone())?;
    }
    if let Some(drawing) = &self.icons.svg {
      tree.add_bytes(&format!("icons/hicolor/scalable/apps/{id}.svg"), drawing.clone())?;
    }
    Ok(tree)
  }

  /// The files of an installed package: the program in `usr/lib`, its command, what the desktop finds.
  pub(super) fn installation(&self) -> Result<Tree> {
    let (mut tree, app) = (Tree::default(), &self.app);
    tree.graft(&format!("usr/lib/{}", app.name), &self.program)?;
    let target = format!("../lib/{}/{}", app.name, app.executable);
    tree.add(&format!("usr/bin/{}", app.executable), Node::Link(target))?;
    tree.graft("usr/share", &self.share(&app.executable)?)?;
    Ok(tree)
  }

  /// The name of an artefact. `own` is what the target's section says, `default` what is taken when nothing is said.
  pub(super) fn artefact(&self, own: Option<&String>, default: &str, extension: &str, arch: &str) -> Result<String> {
    let pattern = own.or(self.config.artifact_name.as_ref()).map_or(default, String::as_str);
    let known = self.macros.clone().with("name", &self.app.name).with("arch", arch).with("ext", extension);
    let name = known.expand(pattern, "artifactName")?;
    if name.is_empty() || name.contains(['/', '\0', '\n']) || name.starts_with('.') || name.len() > LONGEST_FILE_NAME {
      return Err(Error::config("artifactName", format!("{name:?} cannot be a file's name"), "leave out slashes, and a dot in front"));
    }
    Ok(name)
  }
}

/// What names in patterns stand for, as far as package.json and the settings say.
fn macros(package: &Map<String, Value>, config: &Config) -> Macros {
  let version = version_of(package);
  // The release that 1.2.3-beta.4 comes before is not out: its channel is "beta".
  let channel = version.split('+').next().and_then(|version| version.split_once('-')).map_or("latest", |(_, rest)| rest);
  let author = author(package.get("author")).unwrap_or_default();
  Macros::default()
    .with("name", text_of(package, "name").unwrap_or_default())
    .with("productName", product_name_of(package, config).unwrap_or_default())
    .with("version", version)
    .with("channel", channel.split('.').next().unwrap_or(channel))
    .with("author", author.split('<').next().unwrap_or_default().trim())
    .with("os", "linux")
    .with("platform", "linux")
}

/// A text of package.json, if it is there and says anything.
fn text_of<'a>(package: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
  package.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
}

fn version_of(package: &Map<String, Value>) -> &str {
  text_of(package, "version").unwrap_or("0.0.0")
}

/// `None` for an app without any name.
fn product_name_of<'a>(package: &'a Map<String, Value>, config: &'a Config) -> Option<&'a str> {
  config.product_name.as_deref().or_else(|| text_of(package, "productName")).or_else(|| text_of(package, "name"))
}

/// The main script must go along.
fn check_main(folder: &Path, package: &Map<String, Value>, files: &Tree) -> Result<()> {
  let main = package.get("main").and_then(Value::as_str).filter(|main| !main.is_empty()).unwrap_or("index.js");
  let hint = "correct \"main\" in package.json, or build the app first";
  let mut parts = Vec::new();
  for part in main.split('/').filter(|part| !matches!(*part, "" | ".")) {
    if part == ".." && parts.pop().is_none() || main.starts_with('/') {
      return Err(Error::config("package.json: main", format!("the main script {main} lies outside of the app"), hint));
    }
    if part != ".." {
      parts.push(part);
    }
  }
  let path = parts.join("/");
  let names = ["", ".js", ".json", ".node", "/index.js", "/index.json"].map(|ending| format!("{path}{ending}"));
  let is_there = |name: &String| matches!(files.get(name), Some(Node::File(_) | Node::Link(_)));
  if names.iter().any(is_there) {
    return Ok(());
  }
  if names.iter().any(|name| folder.join(name).is_file()) {
    return Err(Error::config("files", format!("the main script {main} is not among the files"), "take it with \"files\""));
  }
  Err(Error::config("package.json: main", format!("the main script {main} does not exist"), hint))
}

/// When the app's newest file was changed: two runs find the same.
fn newest(files: &Tree, folder: &Path) -> Result<u64> {
  let package = folder.join("package.json");
  let mut newest = 0;
  let disks = files.files().filter_map(|(_, file)| match &file.source {
    Source::Disk(path) => Some(path),
    Source::Bytes(_) => None,
  });
  for path in disks.chain([&package]) {
    let changed = fs::metadata(path).and_then(|metadata| metadata.modified()).map_err(Error::reading(path))?;
    newest = newest.max(changed.duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs()));
  }
  Ok(newest)
}

fn identity(package: &Map<String, Value>, config: &Config, date: Date, say: &dyn Fn(&str)) -> Result<Identity> {
  let text = |name: &str| text_of(package, name).map(String::from);
  let full_name = text("name").ok_or_else(|| Error::config("package.json: name", "the app has no name", "add \"name\""))?;
  let name = package_name(&full_name)?;
  let version = version_of(package).to_owned();
  let is_version = version.starts_with(|first: char| first.is_ascii_digit())
    && version.chars().all(|character| character.is_ascii_alphanumeric() || ".-+".contains(character));
  if !is_version {
    return Err(Error::config("package.json: version", format!("{version:?} is no version"), "write it as 1.2.3"));
  }
  let product_name = product_name_of(package, config).unwrap_or(&full_name).to_owned();
  let executable = config.executable_name.clone().unwrap_or_else(|| name.clone());
  let is_word = |text: &str| {
    !text.is_empty()
      && text.len() <= LONGEST_NAME
      && !text.starts_with(['.', '-'])
      && text.chars().all(|character| character.is_ascii_alphanumeric() || "._-+".contains(character))
  };
  if !is_word(&executable) || executable == "resources" {
    return Err(Error::config("executableName", format!("{executable:?} cannot be a command"), "use letters, digits, '-', '_' and '.'"));
  }
  let id = config.app_id.clone().unwrap_or_else(|| format!("com.electron.{name}"));
  if !is_word(&id) || !id.contains('.') {
    return Err(Error::config("appId", format!("{id:?} is no id"), "write it as a reversed domain name: com.example.app"));
  }
  if product_name.contains(['/', '\0', '\n']) {
    return Err(Error::config("productName", format!("{product_name:?} cannot be a name"), "leave out slashes and line ends"));
  }
  let author = author(package.get("author"));
  if author.is_none() && config.linux.maintainer.is_none() {
    say("package.json names no author: packages say that their maintainer is unknown; add \"author\": \"Name <address>\"");
  }
  let maintainer = config.linux.maintainer.clone().or(author).unwrap_or_else(|| "Unknown <unknown@localhost.localdomain>".into());
  let maintainer = if maintainer.contains('<') { maintainer } else { format!("{maintainer} <unknown@localhost.localdomain>") };
  let person = maintainer.split('<').next().unwrap_or_default().trim().to_owned();
  let synopsis = config.linux.synopsis.clone().or_else(|| text("description")).unwrap_or_else(|| product_name.clone());
  let synopsis = synopsis.lines().next().unwrap_or_default().trim().to_owned();
  desktop::check(config)?;
  let is_scheme = |scheme: &str| {
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
      && scheme.chars().all(|character| character.is_ascii_alphanumeric() || "+-.".contains(character))
  };
  if let Some(scheme) = desktop::schemes(config).find(|scheme| !is_scheme(scheme)) {
    return Err(Error::config("protocols", format!("{scheme:?} is no scheme"), "letters, digits, '+', '-' and '.', as in \"my-app\""));
  }
  Ok(Identity {
    description: config.linux.description.clone().or_else(|| text("description")).unwrap_or_else(|| synopsis.clone()),
    homepage: text("homepage"),
    license: text("license").filter(|license| license != "UNLICENSED").unwrap_or_else(|| "LicenseRef-proprietary".into()),
    vendor: config.linux.vendor.clone().unwrap_or_else(|| person.clone()),
    copyright: config.copyright.clone().unwrap_or_else(|| format!("Copyright (C) {} {person}", date.year())),
    id,
    name,
    product_name,
    executable,
    version,
    synopsis,
    maintainer,
    date,
  })
}

/// A name that every package manager takes: `@scope/Name` becomes `scope-name`.
pub(super) fn package_name(name: &str) -> Result<String> {
  let lower = name.trim_start_matches('@').replace('/', "-").to_lowercase();
  let allowed = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit() || "+.-".contains(character);
  let name: String = lower.chars().map(|character| if allowed(character) { character } else { '-' }).collect();
  let name = name.trim_matches(['-', '.', '+']).to_owned();
  if name.len() < 2 || name.len() > LONGEST_NAME {
    return Err(Error::config("package.json: name", format!("{lower:?} cannot be the name of a package"), "use two letters or more"));
  }
  Ok(name)
}

/// `author` of package.json, a text or an object, as `Name <address>`.
fn author(author: Option<&Value>) -> Option<String> {
  let author = author?;
  if let Some(text) = author.as_str() {
    // The text may end with the address of a page.
    return Some(text.split('(').next().unwrap_or(text).trim().to_owned()).filter(|text| !text.is_empty());
  }
  let part = |name: &str| author.get(name).and_then(Value::as_str);
  let name = part("name")?;
  Some(part("email").map_or_else(|| name.into(), |email| format!("{name} <{email}>")))
}

/// package.json as the running app reads it: without what only development needs, with the names that it is known by.
fn with_package_json(mut files: Tree, package: &Map<String, Value>, app: &Identity) -> Result<Tree> {
  let mut package = package.clone();
  for key in ["devDependencies", "scripts", "build", "shell", "workspaces", "packageManager"] {
    package.shift_remove(key);
  }
  package.insert("productName".into(), app.product_name.clone().into());
  package.insert("desktopName".into(), format!("{}.desktop", app.id).into());
  let text = serde_json::to_string_pretty(&package).unwrap_or_default() + "\n";
  files.add("package.json", Node::File(File { source: Source::Bytes(text.into_bytes().into()), executable: false }))?;
  Ok(files)
}

/// Packs the app into its archive, and adds that to the program. What the system has to open itself stays beside it.
fn pack_beside(files: &Tree, unpack: &[String], archive: &Path, program: &mut Tree) -> Result<()> {
  let pattern = |text: String| Pattern::new(&text);
  let patterns = unpack.iter().map(|text| pattern(text.trim_start_matches("./").into())).collect::<asar::Result<Vec<_>>>()?;
  let below = unpack.iter().map(|text| pattern(format!("{}/**", text.trim_end_matches('/')))).collect::<asar::Result<Vec<_>>>()?;
  pack(files, archive, &|path, disk| {
    let asked = patterns.iter().any(|pattern| pattern.matches_base(path)) || below.iter().any(|pattern| pattern.matches(path));
    asked || disk.is_some_and(is_native)
  })?;
  program.add_disk("resources/app.asar", archive, false)?;
  let mut beside = archive.as_os_str().to_owned();
  beside.push(".unpacked");
  let beside = PathBuf::from(beside);
  if beside.is_dir() {
    let all = [FileSet::Set { from: None, to: None, filter: Vec::new() }];
    program.graft("resources/app.asar.unpacked", &files::extra(&beside, &all, &Macros::default())?)?;
  }
  Ok(())
}

/// Packs files into an archive. `stays_outside` decides by the path, and by the place on disk where there is one.
pub(super) fn pack(files: &Tree, archive: &Path, stays_outside: &dyn Fn(&str, Option<&Path>) -> bool) -> Result<()> {
  let mut builder = asar::Builder::default();
  for (path, node) in files.iter() {
    match node {
      Node::Folder => builder.add_folder(path, false)?,
      Node::Link(target) => builder.add_link(path, target.trim_start_matches("../"), stays_outside(path, None))?,
      Node::File(File { source: Source::Bytes(bytes), .. }) => builder.add_bytes(path, bytes.clone(), stays_outside(path, None))?,
      Node::File(File { source: Source::Disk(disk), .. }) => builder.add_file(path, disk, stays_outside(path, Some(disk)))?,
    }
  }
  builder.write(archive)?;
  Ok(())
}

/// Whether the system has to open a file itself: addons, libraries and programs.
fn is_native(path: &Path) -> bool {
  let endings = ["node", "so", "dylib", "dll", "exe"];
  path.extension().is_some_and(|end| endings.iter().any(|known| end == *known)) || elf::is_elf(path)
}

/// What native files beside the executable need, less what they bring along themselves.
fn needs_of_natives(program: &Tree, machine: Machine, executable: &str) -> Result<Needs> {
  let mut needs = Needs::default();
  let mut own = BTreeSet::new();
  for (path, file) in program.files().filter(|(path, _)| *path != executable) {
    own.insert(path.rsplit('/').next().unwrap_or(path).to_owned());
    if let Source::Disk(disk) = &file.source
      && elf::is_elf(disk)
      && let Some((of, found)) = elf::read(disk)?
      && of == machine
    {
      needs.merge(found);
    }
  }
  // Prebuilt addons for musl lie beside those for glibc; nothing loads them here.
  needs.libraries.retain(|name| !own.contains(name) && !name.starts_with("libc.musl-"));
  Ok(needs)
}
