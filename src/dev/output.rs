//! One readable stream: what every part says, with the name of the part in front.

use console::{Color, Style, style};

use crate::printer;

/// Who says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
  /// The shell itself.
  Shell,
  /// The app's main process.
  Main,
  /// A page.
  Page,
  /// The dev server, or the program that builds the app.
  Tool(&'static str),
}

impl Source {
  fn name(self) -> &'static str {
    match self {
      Self::Shell => "shell",
      Self::Main => "main",
      Self::Page => "page",
      // The names are long, and there is only one.
      Self::Tool(_) => "vite",
    }
  }

  fn color(self) -> Color {
    match self {
      Self::Shell => Color::Blue,
      Self::Main => Color::Cyan,
      Self::Page => Color::Magenta,
      Self::Tool(_) => Color::Green,
    }
  }
}

/// Prints lines to standard output.
pub(super) fn say(source: Source, text: &str) {
  let label = style(format!("{:<5}", source.name())).fg(source.color());
  let bar = style("|").dim();
  text.split('\n').for_each(|line| printer::output(&format!("{label} {bar} {}\n", line.trim_end_matches('\r'))));
}

/// The same on standard error.
pub(super) fn complain(source: Source, text: &str) {
  let label = style(format!("{:<5}", source.name())).for_stderr().fg(source.color());
  let bar = style("|").for_stderr().dim();
  text.split('\n').for_each(|line| printer::error(&format!("{label} {bar} {}", line.trim_end_matches('\r'))));
}

/// Prints what a page wrote to its console. Colour says nothing that words do not.
pub(super) fn page_console(level: &str, message: &str, place: &str) {
  let (mark, look) = match level {
    "error" => ("error: ", Style::new().red()),
    "warning" => ("warning: ", Style::new().yellow()),
    "debug" => ("debug: ", Style::new().dim()),
    _ => ("", Style::new()),
  };
  let place = if place.is_empty() { String::new() } else { style(format!("  ({place})")).dim().to_string() };
  let message = message.split('\n').map(|line| look.apply_to(line).to_string()).collect::<Vec<_>>().join("\n");
  say(Source::Page, &format!("{}{message}{place}", look.apply_to(mark)));
}
