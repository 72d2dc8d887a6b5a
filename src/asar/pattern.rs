//! Patterns of paths, with the meaning that minimatch gives them.

use globset::{GlobBuilder, GlobMatcher};

use super::error::{Error, Result};

/// A pattern: `*` and `?` stay within one part of a path, `**` does not, `{a,b}` is either.
#[derive(Debug, Clone)]
pub struct Pattern {
  matcher: GlobMatcher,
  /// It has no `/`, so it may be meant for the last part of a path.
  is_name: bool,
}

impl Pattern {
  /// Reads a pattern.
  ///
  /// # Errors
  /// It is none, or has a part such as `!(a)` that is not supported.
  pub fn new(pattern: &str) -> Result<Self> {
    let wrong = |reason: String| Error::BadPattern { pattern: pattern.into(), reason };
    if let Some(at) = ["!(", "?(", "+(", "*(", "@("].iter().find(|group| pattern.contains(**group)) {
      return Err(wrong(format!("groups such as {at}...) are not supported")));
    }
    let glob = GlobBuilder::new(pattern.trim_start_matches("./")).literal_separator(true).empty_alternates(true).build();
    let matcher = glob.map_err(|error| wrong(error.kind().to_string()))?.compile_matcher();
    Ok(Self { matcher, is_name: !pattern.contains('/') })
  }

  /// Whether it matches a whole path.
  pub fn matches(&self, path: &str) -> bool {
    self.matcher.is_match(path)
  }

  /// The same, and a pattern without `/` is compared with the path's last part.
  pub fn matches_base(&self, path: &str) -> bool {
    if self.is_name { self.matches(path.rsplit('/').next().unwrap_or(path)) } else { self.matches(path) }
  }
}

#[cfg(test)]
mod tests {
  use super::*;

  #[track_caller]
  fn check(pattern: &str, matching: &[&str], others: &[&str]) {
    let pattern = Pattern::new(pattern).unwrap();
    for path in matching {
      assert!(pattern.matches(path), "{path}");
    }
    for path in others {
      assert!(!pattern.matches(path), "{path}");
    }
  }

  #[test]
  fn patterns_mean_what_minimatch_means() {
    check("*.js", &["a.js", ".a.js"], &["a/b.js", "a.jsx"]);
    check("**/*.js", &["a.js", "a/b.js", "a/b/c.js"], &["a.json"]);
    check("a/**", &["a/b", "a/b/c"], &["b/a"]);
    check("a/**/*", &["a/b", "a/b/c"], &["a"]);
    check("{a,b}/*.{js,json}", &["a/x.js", "b/x.json"], &["c/x.js"]);
    check("a?c/[xyz].txt", &["abc/x.txt"], &["a/c/x.txt", "abc/w.txt"]);
    check("./a/b", &["a/b"], &["b"]);
  }

  #[test]
  fn what_is_not_supported_is_said() {
    for pattern in ["!(a)", "a/@(b|c)", "[", "{a"] {
      assert!(Pattern::new(pattern).is_err(), "{pattern}");
    }
  }
}
