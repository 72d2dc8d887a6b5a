//! The only writer to standard output and standard error of the native side.

use std::io::Write;

use console::Style;

/// What gives a text its colour.
type Paint = fn(Style) -> Style;

/// The words that lines of standard error begin with, and how they look on a terminal.
const MARKS: &[(&str, Paint)] = &[
  ("error:", |style| style.red().bold()),
  ("warning:", |style| style.yellow().bold()),
  ("hint:", |style| style.cyan().bold()),
  ("note:", |style| style.bold()),
];

/// Writes one text, which may have several lines, to standard error. A closed stream is no reason to fail.
pub fn error(text: &str) {
  let _ = writeln!(std::io::stderr().lock(), "{}", marked(text));
}

/// Writes text as it is to standard output.
pub fn output(text: &str) {
  let _ = write!(std::io::stdout().lock(), "{text}");
}

/// The text with colour on its marks, where standard error is a terminal that wants it.
fn marked(text: &str) -> String {
  if !console::colors_enabled_stderr() {
    return text.into();
  }
  let line = |line: &str| {
    let mark = MARKS.iter().find_map(|(mark, look)| Some((line.strip_prefix(mark)?, mark, look)));
    mark.map_or_else(|| line.into(), |(rest, mark, look)| format!("{}{rest}", look(Style::new().for_stderr()).apply_to(mark)))
  };
  text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}
