//! What flatpak-builder makes a Flatpak from: a manifest, and an archive of the files. The builder itself needs a runtime from elsewhere, so
//! it is not run here.

use std::fs;
use std::io::Write;

use serde_json::json;

use super::{Writer, tar, targz};
use crate::bundle::context::Context;
use crate::bundle::error::Result;
use crate::bundle::tree::{Node, Tree};

/// The runtime that has WebKitGTK 4.1.
const RUNTIME: &str = "org.gnome.Platform";
const RUNTIME_VERSION: &str = "48";
/// What a desktop app needs: a display, sound, drawing, the network.
const PERMISSIONS: &[&str] =
  &["--share=ipc", "--share=network", "--socket=wayland", "--socket=fallback-x11", "--socket=pulseaudio", "--device=dri"];

pub(super) fn artefacts(context: &Context) -> Result<Vec<(String, bool, Writer)>> {
  let files = context.artefact(
    context.config.flatpak.artifact_name.as_ref(),
    "${name}-${version}-${arch}.${ext}",
    "flatpak.tar.gz",
    context.machine.node_name(),
  )?;
  let manifest = format!("{}.json", context.app.id);
  let source = files.clone();
  Ok(vec![
    (files, false, Box::new(|context, file| targz::compress(context, file, &tree(context)?))),
    (manifest, false, Box::new(move |context, file| write_manifest(context, &source, file))),
  ])
}

/// The files below `/app`.
fn tree(context: &Context) -> Result<Tree> {
  let (mut tree, app) = (Tree::default(), &context.app);
  tree.graft("files/lib/app", &context.program)?;
  tree.add(&format!("files/bin/{}", app.executable), Node::Link(format!("../lib/app/{}", app.executable)))?;
  tree.graft("files/share", &context.share(&app.executable)?)?;
  Ok(tree)
}

fn write_manifest(context: &Context, source: &str, file: &mut fs::File) -> Result<()> {
  let settings = &context.config.flatpak;
  let permissions: Vec<&str> = match settings.finish_args.as_slice() {
    [] => PERMISSIONS.to_vec(),
    own => own.iter().map(String::as_str).collect(),
  };
  let manifest = json!({
    "id": context.app.id,
    "runtime": RUNTIME,
    "runtime-version": settings.runtime_version.as_deref().unwrap_or(RUNTIME_VERSION),
    "sdk": "org.gnome.Sdk",
    "command": context.app.executable,
    "finish-args": permissions,
    "modules": [{
      "name": context.app.name,
      "buildsystem": "simple",
      // The executable is finished.
      "build-options": { "no-debuginfo": true },
      "build-commands": ["mkdir -p /app", "cp -a . /app/"],
      "sources": [{ "type": "archive", "path": source }],
    }],
  });
  let text = serde_json::to_string_pretty(&manifest).unwrap_or_default() + "\n";
  file.write_all(text.as_bytes()).map_err(tar::writing)
}
