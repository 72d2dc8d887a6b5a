//! Which names a CommonJS module exports, found by reading it, so that `import { name }` of one works.

use std::borrow::Cow;
use std::sync::Arc;

use deno_ast::{MediaType, ParseParams};
use deno_core::url::Url;
use deno_error::JsErrorBox;
use node_resolver::analyze::{CjsAnalysis, CjsAnalysisExports, CjsCodeAnalyzer, EsmAnalysisMode};

use super::services::CjsTracker;

/// Reads modules with the parser of `deno_ast`.
pub(super) struct CodeAnalyzer {
  pub tracker: Arc<CjsTracker>,
}

impl CodeAnalyzer {
  fn analyze<'a>(&self, specifier: &Url, source: Cow<'a, str>) -> Result<CjsAnalysis<'a>, JsErrorBox> {
    let media_type = MediaType::from_specifier(specifier);
    if media_type == MediaType::Json {
      return Ok(no_names());
    }
    if !self.tracker.is_maybe_cjs(specifier, media_type).map_err(JsErrorBox::from_err)? {
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
    let is_script = parsed.compute_is_script();
    let is_cjs = self.tracker.is_cjs_with_known_is_script(specifier, media_type, is_script).map_err(JsErrorBox::from_err)?;
    self.tracker.set_is_known_script(specifier, is_cjs);
    if !is_cjs {
      return Ok(CjsAnalysis::Esm(source, None));
    }
    let found = parsed.analyze_cjs();
    Ok(CjsAnalysis::Cjs(CjsAnalysisExports { exports: found.exports, reexports: found.reexports, member_reexports: Vec::new() }))
  }
}

fn no_names<'a>() -> CjsAnalysis<'a> {
  CjsAnalysis::Cjs(CjsAnalysisExports { exports: Vec::new(), reexports: Vec::new(), member_reexports: Vec::new() })
}

#[async_trait::async_trait(?Send)]
impl CjsCodeAnalyzer for CodeAnalyzer {
  async fn analyze_cjs<'a>(
    &self,
    specifier: &Url,
    source: Option<Cow<'a, str>>,
    _mode: EsmAnalysisMode,
  ) -> Result<CjsAnalysis<'a>, JsErrorBox> {
    match source {
      Some(source) => self.analyze(specifier, source),
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
