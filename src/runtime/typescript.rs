//! TypeScript to JavaScript, file by file, without type checking.

use std::path::Path;

use deno_ast::diagnostics::Diagnostic as _;
use deno_ast::{EmitOptions, EmittedSourceText, MediaType, ParseParams, SourceMapOption, TranspileModuleOptions, TranspileOptions};
use deno_core::url::Url;
use deno_error::JsErrorBox;

/// Where and why a script cannot be parsed, as `path:line:column: reason`; `None` when it can be.
pub(crate) fn explain_syntax(path: &Path) -> Option<String> {
  let specifier = Url::from_file_path(path).ok()?;
  let parsed = deno_ast::parse_program(ParseParams {
    media_type: MediaType::from_specifier(&specifier),
    specifier,
    text: String::from_utf8(super::archives::read(path).ok()?).ok()?.into(),
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
  Ok(emit(specifier, media_type, source, SourceMapOption::Inline)?.text)
}

/// The source map of what that makes, as JSON.
pub(super) fn source_map(specifier: &Url, media_type: MediaType, source: String) -> Option<Vec<u8>> {
  emit(specifier, media_type, source, SourceMapOption::Separate).ok()?.source_map.map(String::into_bytes)
}

fn emit(specifier: &Url, media_type: MediaType, source: String, source_map: SourceMapOption) -> Result<EmittedSourceText, JsErrorBox> {
  let parsed = deno_ast::parse_program(ParseParams {
    specifier: specifier.clone(),
    text: source.into(),
    media_type,
    capture_tokens: false,
    scope_analysis: false,
    maybe_syntax: None,
  })
  .map_err(JsErrorBox::from_err)?;
  let emit = EmitOptions { source_map, ..Default::default() };
  let transpiled =
    parsed.transpile(&TranspileOptions::default(), &TranspileModuleOptions::default(), &emit).map_err(JsErrorBox::from_err)?;
  Ok(transpiled.into_source())
}

/// The language of code without a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SourceKind {
  JavaScript,
  TypeScript,
}

/// Whether code can only be an ES module: it imports, exports, or awaits at its top level. What cannot be parsed is none.
pub(crate) fn is_module(source: &str, kind: SourceKind) -> bool {
  // Without one of these words it cannot be, and nothing need be parsed.
  if !["import", "export", "await"].iter().any(|word| source.contains(word)) {
    return false;
  }
  let media_type = if kind == SourceKind::TypeScript { MediaType::TypeScript } else { MediaType::JavaScript };
  let Ok(specifier) = Url::parse("file:///[eval]") else { return false };
  let parsed = deno_ast::parse_program(ParseParams {
    specifier,
    text: source.into(),
    media_type,
    capture_tokens: true,
    scope_analysis: false,
    maybe_syntax: None,
  });
  parsed.is_ok_and(|parsed| !parsed.compute_is_script())
}

/// TypeScript without a file as JavaScript.
pub(crate) fn strip_types(source: String) -> Result<String, JsErrorBox> {
  let specifier = Url::parse("file:///[eval]").map_err(JsErrorBox::from_err)?;
  to_javascript(&specifier, MediaType::TypeScript, source)
}
