//! Modules for pages: the same resolution and the same formats as on this side, for an engine that runs them as functions.

use std::borrow::Cow;

use deno_ast::{MediaType, ParseParams};
use deno_core::ResolutionKind;
use deno_core::futures::FutureExt;
use deno_core::url::Url;
use deno_error::JsErrorBox;
use node_resolver::analyze::ResolvedCjsAnalysis;
use serde::Serialize;

use super::function_form::{self, FunctionForm};
use super::module_loader::{Loader, Sources};
use super::typescript;

/// What a page's Node context asks of the loader.
#[derive(Clone)]
pub struct PageModules(Loader);

/// A module as a page takes it.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum PageModule {
  /// An ES module.
  Module(FunctionForm),
  /// One that `require` loads, with the names that can be seen in its text.
  Commonjs { names: Vec<String> },
}

/// A script as a page takes it.
#[derive(Debug, Serialize)]
pub struct PageScript {
  pub code: String,
  /// The name under which the script expects what `import()` does.
  pub import: Option<String>,
}

impl PageModules {
  pub(super) fn new(loader: Loader) -> Self {
    Self(loader)
  }

  /// The address of a module that another one names.
  pub fn resolve(&self, specifier: &str, referrer: &str) -> Result<String, JsErrorBox> {
    self.0.resolve_module(specifier, referrer, ResolutionKind::Import).map(String::from)
  }

  /// A module whose text is at hand.
  pub fn module(&self, specifier: &str, text: String) -> Result<PageModule, JsErrorBox> {
    let specifier = Url::parse(specifier).map_err(JsErrorBox::from_err)?;
    let media_type = if specifier.scheme() == "data" { MediaType::Mjs } else { MediaType::from_specifier(&specifier) };
    let is_maybe_cjs = self.0.services.cjs_tracker.is_maybe_cjs(&specifier, media_type).map_err(JsErrorBox::from_err)?;
    let source = typescript::to_javascript(&specifier, media_type, text)?;
    let parse = ParseParams {
      specifier: specifier.clone(),
      text: source.as_str().into(),
      media_type: MediaType::JavaScript,
      capture_tokens: false,
      scope_analysis: false,
      maybe_syntax: None,
    };
    if !is_maybe_cjs {
      return Ok(PageModule::Module(function_form::of_module(deno_ast::parse_module(parse).map_err(unparsed)?)?));
    }
    // It reads the text itself, and whether that is a module after all.
    let analysis = self.0.services.exports.analyze_all_exports(&specifier, Some(Cow::Borrowed(&source)), Some(&Sources));
    match analysis.now_or_never() {
      Some(Ok(ResolvedCjsAnalysis::Cjs(names))) => Ok(PageModule::Commonjs { names: names.into_iter().collect() }),
      Some(Ok(ResolvedCjsAnalysis::Esm(_))) => {
        Ok(PageModule::Module(function_form::of_module(deno_ast::parse_module(parse).map_err(unparsed)?)?))
      }
      Some(Err(error)) => Err(JsErrorBox::from_err(error)),
      None => Err(JsErrorBox::generic(format!("{specifier} took too long to read"))),
    }
  }

  /// A CommonJS script, with TypeScript taken out and `import()` put in; `None` if it can run as it is.
  pub fn script(&self, specifier: &str, text: String) -> Result<Option<PageScript>, JsErrorBox> {
    let specifier = Url::parse(specifier).map_err(JsErrorBox::from_err)?;
    let media_type = MediaType::from_specifier(&specifier);
    let code = typescript::to_javascript(&specifier, media_type, text)?;
    Ok(match function_form::of_script(&specifier, &code) {
      Some((code, name)) => Some(PageScript { code, import: Some(name) }),
      None if media_type.is_emittable() => Some(PageScript { code, import: None }),
      None => None,
    })
  }
}

fn unparsed(error: deno_ast::ParseDiagnostic) -> JsErrorBox {
  JsErrorBox::new("SyntaxError", error.to_string())
}
