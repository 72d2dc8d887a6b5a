// Scripts without what only their readers need: comments, indentation and most spaces. The runtime's scripts are carried as text, in the snapshots and beside them.

use std::fmt::Write as _;
use std::sync::Arc;

use deno_ast::{MediaType, ModuleSpecifier, ParseDiagnostic, ParseParams, SourceRangedForSpanned, parse_program};

/// The same tokens on the same lines with less between them: at most one space, where it may part two words or operators. What is not ASCII is written as escapes, which holds in texts, names and regular expressions.
///
/// # Errors
/// The script is none that the runtime could run.
pub(crate) fn squeeze(source: &str) -> Result<String, ParseDiagnostic> {
  let parsed = parse_program(ParseParams {
    specifier: ModuleSpecifier::parse("file:///script.js").expect("this is a URL"),
    text: Arc::from(source),
    media_type: MediaType::JavaScript,
    capture_tokens: true,
    scope_analysis: false,
    maybe_syntax: None,
  })?;
  let start = parsed.range().start;
  let mut result = String::with_capacity(source.len());
  let mut end = 0;
  for token in parsed.tokens() {
    let range = token.range().as_byte_range(start);
    let between = &source[end..range.start];
    let breaks = between.matches('\n').count();
    if breaks > 0 {
      result.extend(std::iter::repeat_n('\n', breaks));
    } else if !between.is_empty() && !result.ends_with(parts) && !source[range.clone()].starts_with(parts) {
      result.push(' ');
    }
    end = range.end;
    for character in source[range].chars() {
      if character.is_ascii() {
        result.push(character);
        continue;
      }
      for unit in character.encode_utf16(&mut [0; 2]) {
        write!(result, "\\u{unit:04x}").expect("writing to a string");
      }
    }
  }
  result.push('\n');
  Ok(result)
}

/// Whether a character stands apart from any other without a space between them.
fn parts(character: char) -> bool {
  "(){}[];,:=".contains(character)
}
