//! TypeScript to JavaScript, file by file, without type checking.

use std::path::Path;

use deno_ast::diagnostics::Diagnostic as _;
use deno_ast::{EmitOptions, MediaType, ParseParams, SourceMapOption, TranspileModuleOptions, TranspileOptions};
use deno_core::url::Url;
use deno_error::JsErrorBox;

/// Where and why a script cannot be parsed, as `path:line:column: reason`; `None` when it can be.
pub(crate) fn explain_syntax(path: &Path) -> Option<String> {
  let specifier = Url::from_file_path(path).ok()?;
  let parsed = deno_ast::parse_program(ParseParams {
    media_type: MediaType::from_specifier(&specifier),
    specifier,
    text: std::fs::read_to_string(path).ok()?.into(),
    capture_tokens: false,
    scope_analysis: false,
    maybe_syntax: None,
  });
  let diagnostic = parsed.err()?;
  let position = diagnostic.display_position();
  Some(format!("{}:{}:{}: {}", path.display(), position.line_number, position.column_number, diagnostic.message()))
}

/// The source as V8 takes it: TypeScript and JSX are transpiled, everything else stays as it is.
pub(super) fn to_javascript(specifier: &Url, media_type: MediaType, source: String) -> Result<String, JsErrorBox> {
  if !media_type.is_emittable() {
    return Ok(source);
  }
  let parsed = deno_ast::parse_program(ParseParams {
    specifier: specifier.clone(),
    text: source.into(),
    media_type,
    capture_tokens: false,
    scope_analysis: false,
    maybe_syntax: None,
  })
  .map_err(JsErrorBox::from_err)?;
  let emit = EmitOptions { source_map: SourceMapOption::Inline, ..Default::default() };
  let transpiled =
    parsed.transpile(&TranspileOptions::default(), &TranspileModuleOptions::default(), &emit).map_err(JsErrorBox::from_err)?;
  Ok(transpiled.into_source().text)
}
