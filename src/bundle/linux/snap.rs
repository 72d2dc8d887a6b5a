//! What snapcraft makes a snap from: its file, and an archive of the files.

use std::fs;
use std::io::Write;

use super::{Writer, tar, targz};
use crate::bundle::context::Context;
use crate::bundle::error::Result;
use crate::bundle::tree::{Node, Tree};

/// What a desktop app connects to beyond what the extension brings.
const PLUGS: &[&str] = &["home", "network", "network-bind", "audio-playback", "removable-media", "browser-support"];

pub(super) fn artefacts(context: &Context) -> Result<Vec<(String, bool, Writer)>> {
  let files = context.artefact(
    context.config.snap.artifact_name.as_ref(),
    "${name}-${version}-${arch}.${ext}",
    "snap.tar.gz",
    context.machine.node_name(),
  )?;
  let source = files.clone();
  Ok(vec![
    (files, false, Box::new(|context, file| targz::compress(context, file, &tree(context)?))),
    ("snapcraft.yaml".into(), false, Box::new(move |context, file| write_yaml(context, &source, file))),
  ])
}

fn tree(context: &Context) -> Result<Tree> {
  let (mut tree, app) = (Tree::default(), &context.app);
  tree.graft("files/usr/lib/app", &context.program)?;
  tree.add(&format!("files/usr/bin/{}", app.executable), Node::Link(format!("../lib/app/{}", app.executable)))?;
  tree.graft("files/usr/share", &context.share(&app.executable)?)?;
  Ok(tree)
}

fn write_yaml(context: &Context, source: &str, file: &mut fs::File) -> Result<()> {
  let (app, settings) = (&context.app, &context.config.snap);
  // A JSON string is a YAML string too.
  let text = |value: &str| serde_json::Value::from(value).to_string();
  let name: String = app.name.chars().map(|character| if character.is_ascii_alphanumeric() { character } else { '-' }).collect();
  let mut yaml = String::new();
  let mut line = |text: String| yaml = format!("{yaml}{text}\n");
  line(format!("name: {name}"));
  line(format!("title: {}", text(&app.product_name)));
  line(format!("version: {}", text(&app.version.chars().take(32).collect::<String>())));
  line(format!("summary: {}", text(&app.synopsis.chars().take(78).collect::<String>())));
  line(format!("description: {}", text(&app.description)));
  line(format!("license: {}", text(&app.license)));
  line(format!("base: {}", settings.base.as_deref().unwrap_or("core24")));
  line(format!("grade: {}", settings.grade.as_deref().unwrap_or("stable")));
  line(format!("confinement: {}", settings.confinement.as_deref().unwrap_or("strict")));
  line("compression: lzo".into());
  line(format!("platforms:\n  {}:", context.machine.deb_name()));
  line(format!("apps:\n  {name}:\n    command: usr/lib/app/{}", app.executable));
  line(format!("    desktop: usr/share/applications/{}.desktop", app.id));
  line(format!("    common-id: {}\n    extensions: [gnome]\n    plugs:", app.id));
  for plug in PLUGS.iter().copied().chain(settings.plugs.iter().map(String::as_str)) {
    line(format!("      - {}", text(plug)));
  }
  line(format!("parts:\n  {name}:\n    plugin: dump\n    source: {}", text(source)));
  line("    stage-packages: [libwebkit2gtk-4.1-0]".into());
  file.write_all(yaml.as_bytes()).map_err(tar::writing)
}
