//! Which names a CommonJS module exports, found by reading it, so that `import { name }` of one works.

use std::borrow::Cow;
use std::sync::Arc;

use deno_ast::{MediaType, ParseParams};
use deno_core::url::Url;
use deno_error::JsErrorBox;
use node_resolver::analyze::{CjsAnalysis, CjsAnalysisExports, CjsCodeAnalyzer, EsmAnalysisMode};

use super::archives;
use super::services::CjsTracker;

/// Reads modules with the parser of `deno_ast`.
pub(super) struct CodeAnalyzer {
  pub tracker: Arc<CjsTracker>,
}

impl CodeAnalyzer {
  fn analyze<'a>(&self, specifier: &Url, source: Cow<'a, str>, mode: EsmAnalysisMode) -> Result<CjsAnalysis<'a>, JsErrorBox> {
    let media_type = MediaType::from_specifier(specifier);
    if media_type == MediaType::Json {
      return Ok(no_names());
    }
    let alone = is_alone(specifier);
    let maybe_cjs = alone || self.tracker.is_maybe_cjs(specifier, media_type).map_err(JsErrorBox::from_err)?;
    // A module that re-exports all of this one wants its names.
    let wants_names = matches!(mode, EsmAnalysisMode::SourceImportsAndExports);
    if !maybe_cjs && !wants_names {
      return Ok(CjsAnalysis::Esm(source, None));
    }
    let parsed = deno_ast::parse_program(ParseParams {
      specifier: specifier.clone(),
      text: source.as_ref().into(),
      media_type,
      capture_tokens: true,
      scope_analysis: false,
      maybe_syntax: None,
    })
    .map_err(JsErrorBox::from_err)?;
    let is_script = maybe_cjs && parsed.compute_is_script();
    let is_cjs = match alone {
      true => is_script,
      false => maybe_cjs && self.tracker.is_cjs_with_known_is_script(specifier, media_type, is_script).map_err(JsErrorBox::from_err)?,
    };
    if maybe_cjs {
      self.tracker.set_is_known_script(specifier, is_cjs);
    }
    if is_cjs {
      let found = parsed.analyze_cjs();
      return Ok(CjsAnalysis::Cjs(names(found.exports, found.reexports)));
    }
    let found = wants_names.then(|| parsed.analyze_es_runtime_exports());
    Ok(CjsAnalysis::Esm(source, found.map(|found| names(found.exports, found.reexports))))
  }
}

/// Whether a script lies in `node_modules` without a package of its own: the type of the package around that folder is not the script's.
pub(super) fn is_alone(specifier: &Url) -> bool {
  // The others say by their names what they are.
  if !specifier.path().contains("/node_modules/")
    || !matches!(MediaType::from_specifier(specifier), MediaType::JavaScript | MediaType::TypeScript)
  {
    return false;
  }
  let Ok(path) = specifier.to_file_path() else { return false };
  let mut folders = path.ancestors().skip(1);
  loop {
    match folders.next() {
      Some(folder) if folder.ends_with("node_modules") => return true,
      Some(folder) if !archives::is_file(&folder.join("package.json")) => {}
      _ => return false,
    }
  }
}

fn names(exports: Vec<String>, reexports: Vec<String>) -> CjsAnalysisExports {
  CjsAnalysisExports { exports, reexports, member_reexports: Vec::new() }
}

fn no_names<'a>() -> CjsAnalysis<'a> {
  CjsAnalysis::Cjs(names(Vec::new(), Vec::new()))
}

#[async_trait::async_trait(?Send)]
impl CjsCodeAnalyzer for CodeAnalyzer {
  async fn analyze_cjs<'a>(
    &self,
    specifier: &Url,
    source: Option<Cow<'a, str>>,
    mode: EsmAnalysisMode,
  ) -> Result<CjsAnalysis<'a>, JsErrorBox> {
    match source {
      Some(source) => self.analyze(specifier, source, mode),
      None => Ok(no_names()),
    }
  }

  async fn analyze_cjs_member_props<'a>(
    &self,
    _specifier: &Url,
    _source: Option<Cow<'a, str>>,
    _member: &str,
  ) -> Result<Option<Vec<String>>, JsErrorBox> {
    Ok(None)
  }
}
