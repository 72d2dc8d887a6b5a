//! A plain archive: one folder with the program.

use std::fs;
use std::io::{BufWriter, Write};

use flate2::GzBuilder;

use super::{Writer, gzip_level, tar};
use crate::bundle::context::Context;
use crate::bundle::error::Result;
use crate::bundle::tree::Tree;

pub(super) fn artefacts(context: &Context) -> Result<Vec<(String, bool, Writer)>> {
  let name = context.artefact(None, "${name}-${version}-${arch}.${ext}", "tar.gz", context.machine.node_name())?;
  Ok(vec![(name, false, Box::new(write))])
}

fn write(context: &Context, file: &mut fs::File) -> Result<()> {
  let app = &context.app;
  let mut tree = Tree::default();
  tree.graft(&format!("{}-{}", app.name, app.version), &context.program)?;
  compress(context, file, &tree)
}

/// Writes a tree as a tar archive under gzip.
pub(super) fn compress(context: &Context, output: impl Write, tree: &Tree) -> Result<()> {
  // The header has no name and no time: what is in it has both.
  let mut encoder = GzBuilder::new().mtime(0).write(BufWriter::new(output), gzip_level(context.config.compression));
  tar::write(&mut encoder, tree, context.app.date)?;
  encoder.finish().and_then(|mut output| output.flush()).map_err(tar::writing)
}
