//! What `${name}` and its like stand for in patterns, paths and names of artefacts.

use std::env;

use super::error::{Error, Result};

/// The names and what each stands for.
#[derive(Debug, Clone, Default)]
pub(super) struct Macros {
  values: Vec<(&'static str, String)>,
}

impl Macros {
  /// Adds a name; of two the later one counts.
  pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
    self.values.retain(|(known, _)| *known != name);
    self.values.push((name, value.into()));
    self
  }

  /// Puts the values in. `place` names the text in messages.
  ///
  /// # Errors
  /// A name is unknown, or an environment variable is not set.
  pub(super) fn expand(&self, text: &str, place: &str) -> Result<String> {
    let (mut expanded, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once("${") {
      let Some((name, behind)) = after.split_once('}') else { break };
      expanded += before;
      expanded += &self.value(name, place)?;
      rest = behind;
    }
    Ok(expanded + rest)
  }

  fn value(&self, name: &str, place: &str) -> Result<String> {
    if let Some(variable) = name.strip_prefix("env.") {
      return env::var(variable).map_err(|_| {
        Error::config(
          place,
          format!("${{{name}}} is not known: the environment has no {variable}"),
          format!("set {variable}, or leave it out"),
        )
      });
    }
    self.values.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone()).ok_or_else(|| {
      let mut names: Vec<_> = self.values.iter().map(|(name, _)| format!("${{{name}}}")).collect();
      names.sort();
      Error::config(place, format!("${{{name}}} is not known"), format!("known are {} and ${{env.VARIABLE}}", names.join(", ")))
    })
  }
}

#[cfg(test)]
mod tests {
  use super::*;

  #[test]
  fn names_are_replaced_and_unknown_ones_refused() {
    let macros = Macros::default().with("name", "app").with("arch", "x64").with("arch", "amd64");
    let expand = |text: &str| macros.expand(text, "artifactName").map_err(|error| error.to_string());
    assert_eq!(expand("${name}-${arch}.${name}").as_deref(), Ok("app-amd64.app"));
    assert_eq!(expand("{a,b}/$x/${name").as_deref(), Ok("{a,b}/$x/${name"));
    assert_eq!(expand("${env.PATH}").ok(), env::var("PATH").ok());
    assert_eq!(expand("${nam}").unwrap_err(), "artifactName: ${nam} is not known\nhint: known are ${arch}, ${name} and ${env.VARIABLE}");
    assert!(expand("${env.NO_SUCH_VARIABLE}").unwrap_err().contains("the environment has no NO_SUCH_VARIABLE"));
  }
}
