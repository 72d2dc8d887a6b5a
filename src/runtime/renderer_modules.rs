//! Makes one script of the renderer's module files, which are checked and tested as modules and run in engines that load none.
//!
//! This is no general bundler. It understands `import { a, b as c } from './file.js'`, the same with `export`, and `export` before a declaration,
//! each on a line of its own; anything else of module syntax is an error. Lines that hold only a comment and indentation are left out: a page
//! waits while the engine reads the script. It is native because the first page waits for it.

use std::fmt::Write as _;

/// Statements that evaluate the files in their order. Each module is a member of `modules`, an object of the surrounding script, under the last
/// part of its path.
///
/// # Errors
/// What is wrong with a file, which is ours.
pub(crate) fn renderer_modules(files: &[String]) -> Result<String, String> {
  let mut script = String::new();
  for file in files {
    let source = super::embedded::source(file).ok_or_else(|| format!("The shell's own file {file} is missing"))?;
    wrap(&mut script, file, &source)?;
  }
  Ok(script)
}

fn wrap(script: &mut String, file: &str, source: &str) -> Result<(), String> {
  let mut names: Vec<&str> = Vec::new();
  let _ = writeln!(script, "modules['{}'] = (() => {{", base_of(file));
  for line in source.lines() {
    if let Some((exported, list, from)) = linked(line) {
      if exported {
        names.extend(list.split(", "));
      }
      let _ = writeln!(script, "const {{ {} }} = modules['{from}'];", list.replace(" as ", ": "));
    } else if let Some((name, declaration)) = exported(line) {
      names.push(name);
      script.push_str(declaration);
      script.push('\n');
    } else if line.starts_with("import ") || line.starts_with("export ") {
      return Err(format!("{file}: \"{line}\" is more module syntax than renderer files may use"));
    } else if !is_comment(line) {
      script.push_str(line.trim_start());
      script.push('\n');
    }
  }
  let _ = writeln!(script, "return {{ {} }};\n}})();", names.join(", "));
  Ok(())
}

/// The last part of a path.
fn base_of(path: &str) -> &str {
  path.rsplit('/').next().unwrap_or(path)
}

/// `import { names } from './file.js';`, and whether it is `export` instead.
fn linked(line: &str) -> Option<(bool, &str, &str)> {
  let (exported, rest) = match line.strip_prefix("import { ") {
    Some(rest) => (false, rest),
    None => (true, line.strip_prefix("export { ")?),
  };
  let (list, path) = rest.strip_suffix("';")?.split_once(" } from '")?;
  Some((exported, list, base_of(path)))
}

/// The name of `export const name ...` and the like, and the declaration without `export`.
fn exported(line: &str) -> Option<(&str, &str)> {
  let declaration = line.strip_prefix("export ")?;
  let rest = declaration.strip_prefix("async ").unwrap_or(declaration);
  let rest = ["const ", "function ", "class "].iter().find_map(|keyword| rest.strip_prefix(keyword))?;
  let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '$').unwrap_or(rest.len());
  (end > 0).then_some((&rest[..end], declaration))
}

/// Whether a line is empty or of a comment: `//`, the beginning of a block comment, or a line within one, which begins with a star.
fn is_comment(line: &str) -> bool {
  let text = line.trim();
  match text.as_bytes() {
    [] | [b'/', b'/', ..] | b"/*" | b"/**" | b"*" | [b'*', b' ' | b'/', ..] => true,
    [b'/', b'*', ..] => text.ends_with("*/"),
    _ => false,
  }
}

#[cfg(test)]
mod tests {
  use super::*;

  fn wrapped(source: &str) -> Result<String, String> {
    let mut script = String::new();
    wrap(&mut script, "renderer/some.js", source).map(|()| script)
  }

  #[test]
  fn modules_become_functions() {
    let source = "/** Why. */\nimport { a, b as c } from '../common/other.js';\n\n  // no\nexport { d } from './third.js';\nexport const x = 1; // kept\n/*\n * long\n */\nexport async function f() {\n  return a * c;\n}\n";
    let expected = "modules['some.js'] = (() => {\nconst { a, b: c } = modules['other.js'];\nconst { d } = modules['third.js'];\nconst x = 1; // kept\nasync function f() {\nreturn a * c;\n}\nreturn { d, x, f };\n})();\n";
    assert_eq!(wrapped(source).as_deref(), Ok(expected));
  }

  #[test]
  fn code_that_looks_like_a_comment_stays() {
    assert_eq!(wrapped("a\n*b;\n/* c */ d;").as_deref(), Ok("modules['some.js'] = (() => {\na\n*b;\n/* c */ d;\nreturn {  };\n})();\n"));
  }

  #[test]
  fn other_module_syntax_is_an_error() {
    for line in ["import x from './x.js';", "export default 1;", "import * as all from './x.js';", "export let x = 1;"] {
      assert!(wrapped(line).is_err_and(|error| error.contains(line) && error.contains("renderer/some.js")), "{line}");
    }
  }
}
