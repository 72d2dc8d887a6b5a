//! What a desktop learns about an app: the menu's entry, AppStream's metainfo, the types of its files.

use std::fmt::Write as _;

use serde_json::Value;

use super::config::{Config, FileAssociation};
use super::context::Identity;
use super::error::{Error, Result};

/// The desktop entry. `command` starts the app.
pub(super) fn entry(app: &Identity, config: &Config, command: &str) -> String {
  let mut lines: Vec<(String, String)> = vec![
    ("Type".into(), "Application".into()),
    ("Name".into(), escaped(&app.product_name)),
    ("Comment".into(), escaped(&app.synopsis)),
    ("Exec".into(), exec(command, &config.linux.executable_args)),
    ("Icon".into(), app.id.clone()),
    ("Terminal".into(), "false".into()),
    ("Categories".into(), categories(config).iter().map(|name| format!("{name};")).collect()),
    // Windows of the app carry its id, on X11 as their class and on Wayland as their application.
    ("StartupWMClass".into(), app.id.clone()),
    ("StartupNotify".into(), "true".into()),
  ];
  let types = mime_types(config);
  if !types.is_empty() {
    lines.push(("MimeType".into(), types.iter().map(|name| format!("{name};")).collect()));
  }
  for (key, value) in &config.linux.desktop {
    let text = value.as_str().map_or_else(|| value.to_string(), escaped);
    match lines.iter_mut().find(|(known, _)| known == key) {
      Some((_, old)) => *old = text,
      None => lines.push((key.clone(), text)),
    }
  }
  let actions = &config.linux.desktop_actions;
  if !actions.is_empty() && !lines.iter().any(|(key, _)| key == "Actions") {
    lines.push(("Actions".into(), actions.keys().map(|name| format!("{name};")).collect()));
  }
  let mut entry = String::from("[Desktop Entry]\n");
  for (key, value) in lines.iter().filter(|(_, value)| !value.is_empty()) {
    let _ = writeln!(entry, "{key}={value}");
  }
  for (name, action) in actions {
    let _ = writeln!(entry, "\n[Desktop Action {name}]");
    for (key, value) in action.as_object().into_iter().flatten() {
      let _ = writeln!(entry, "{key}={}", value.as_str().map_or_else(|| value.to_string(), escaped));
    }
  }
  entry
}

/// Refuses what would be more than the line of an entry that it is meant to be.
pub(super) fn check(config: &Config) -> Result<()> {
  let check_line = |place: String, key: &str, value: &Value| {
    if !is_line(value) || key.contains(['=', '\n', '[']) {
      return Err(Error::config(place, "it is more than one line", "write it as one line"));
    }
    Ok(())
  };
  let linux = &config.linux;
  linux.desktop.iter().try_for_each(|(key, value)| check_line(format!("linux.desktop.{key}"), key, value))?;
  for (name, action) in &linux.desktop_actions {
    let place = format!("linux.desktopActions.{name}");
    if name.is_empty() || !name.chars().all(|character| character.is_ascii_alphanumeric() || character == '-') {
      return Err(Error::config(place, "it cannot be the name of an action", "use letters, digits and '-'"));
    }
    let lines = action.as_object().into_iter().flatten();
    lines.clone().try_for_each(|(key, value)| check_line(format!("{place}.{key}"), key, value))?;
    if let Some(missing) = ["Name", "Exec"].iter().find(|needed| !lines.clone().any(|(key, _)| key == *needed)) {
      return Err(Error::config(place, format!("{missing} is missing"), "an action has a Name and an Exec"));
    }
  }
  Ok(())
}

/// A value of one line.
fn escaped(text: &str) -> String {
  text.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r").replace('\t', "\\t")
}

/// The command line: arguments in quotes where they need them, and the place of the files or addresses that are opened.
fn exec(command: &str, arguments: &[String]) -> String {
  let mut line = String::new();
  for word in std::iter::once(command).chain(arguments.iter().map(String::as_str)) {
    let plain = !word.is_empty() && word.chars().all(|character| character.is_ascii_alphanumeric() || "/._-+=:,@".contains(character));
    if plain {
      line += word;
    } else {
      // First the entry's own escapes for quoted words, then those of every value.
      let quoted: String =
        word.chars().map(|character| if "\"`$\\".contains(character) { format!("\\{character}") } else { character.into() }).collect();
      line += &escaped(&format!("\"{}\"", quoted.replace('%', "%%")));
    }
    line.push(' ');
  }
  line + "%U"
}

fn categories(config: &Config) -> Vec<&str> {
  let text = config.linux.category.as_deref().unwrap_or("Utility");
  text.split(';').map(str::trim).filter(|name| !name.is_empty()).collect()
}

/// The schemes of links that open the app.
pub(super) fn schemes(config: &Config) -> impl Iterator<Item = &str> {
  config.protocols.iter().flat_map(|protocol| protocol.schemes.iter().map(|scheme| scheme.trim_end_matches("://")))
}

/// Every type that the app opens: of its files, further ones, and the schemes of its links.
fn mime_types(config: &Config) -> Vec<String> {
  let mut types: Vec<String> = Vec::new();
  let named = config.file_associations.iter().flat_map(types_of).map(|(_, name)| name);
  let schemes = schemes(config).map(|scheme| format!("x-scheme-handler/{scheme}"));
  for name in named.chain(config.linux.mime_types.iter().cloned()).chain(schemes) {
    if !types.contains(&name) {
      types.push(name);
    }
  }
  types
}

/// The extensions of an association, each with its type.
fn types_of(association: &FileAssociation) -> Vec<(String, String)> {
  let extensions = association.ext.iter().map(|extension| extension.trim_start_matches('.').to_owned());
  extensions
    .map(|extension| {
      let own = || format!("application/x-{}", extension.to_lowercase());
      (extension.clone(), association.mime_type.clone().unwrap_or_else(own))
    })
    .collect()
}

/// The description of the app's own types of files; `None` when it has none. Types that are registered are the system's to describe.
pub(super) fn mime_info(config: &Config) -> Option<String> {
  let mut types: Vec<(String, String, Vec<String>)> = Vec::new();
  for association in &config.file_associations {
    for (extension, name) in types_of(association) {
      let is_own = name.split_once('/').is_some_and(|(_, kind)| kind.starts_with("x-") || kind.starts_with("vnd."));
      let comment = association.description.clone().or_else(|| association.name.clone()).unwrap_or_else(|| format!("{extension} file"));
      match types.iter_mut().find(|(known, ..)| *known == name) {
        Some((.., extensions)) => extensions.push(extension),
        None if is_own => types.push((name, comment, vec![extension])),
        None => {}
      }
    }
  }
  if types.is_empty() {
    return None;
  }
  let mut text = String::from(
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<mime-info xmlns=\"http://www.freedesktop.org/standards/shared-mime-info\">\n",
  );
  for (name, comment, extensions) in types {
    let _ = writeln!(text, "  <mime-type type=\"{}\">\n    <comment>{}</comment>", xml(&name), xml(&comment));
    for extension in extensions {
      let _ = writeln!(text, "    <glob pattern=\"*.{}\"/>", xml(&extension));
    }
    text += "  </mime-type>\n";
  }
  Some(text + "</mime-info>\n")
}

/// AppStream's description of the app.
pub(super) fn metainfo(app: &Identity, config: &Config) -> String {
  let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<component type=\"desktop-application\">\n");
  let mut element = |name: &str, value: &str| {
    let _ = writeln!(text, "  <{name}>{}</{}>", xml(value), name.split(' ').next().unwrap_or(name));
  };
  element("id", &app.id);
  element("metadata_license", "CC0-1.0");
  element("project_license", &app.license);
  element("name", &app.product_name);
  element("summary", app.synopsis.trim_end_matches('.'));
  element("developer_name", &app.vendor);
  if let Some(homepage) = &app.homepage {
    element("url type=\"homepage\"", homepage);
  }
  element("launchable type=\"desktop-id\"", &format!("{}.desktop", app.id));
  let _ = writeln!(text, "  <description>\n    <p>{}</p>\n  </description>", xml(&app.description));
  text += "  <categories>\n";
  for category in categories(config) {
    let _ = writeln!(text, "    <category>{}</category>", xml(category));
  }
  text += "  </categories>\n";
  let types: Vec<_> = mime_types(config).into_iter().filter(|name| !name.starts_with("x-scheme-handler/")).collect();
  let _ = writeln!(text, "  <provides>\n    <binary>{}</binary>", xml(&app.executable));
  for name in types {
    let _ = writeln!(text, "    <mediatype>{}</mediatype>", xml(&name));
  }
  text += "  </provides>\n";
  let _ = writeln!(text, "  <releases>\n    <release version=\"{}\" date=\"{}\"/>\n  </releases>", xml(&app.version), app.date.iso());
  text + "  <content_rating type=\"oars-1.1\"/>\n</component>\n"
}

/// Text for XML. Characters that no XML may hold are left out.
fn xml(text: &str) -> String {
  let allowed = text.chars().filter(|character| *character >= ' ' || matches!(character, '\n' | '\t'));
  allowed.fold(String::new(), |mut text, character| {
    match character {
      '&' => text += "&amp;",
      '<' => text += "&lt;",
      '>' => text += "&gt;",
      '"' => text += "&quot;",
      other => text.push(other),
    }
    text
  })
}

/// Whether a value can stand in a desktop entry.
fn is_line(value: &Value) -> bool {
  value.as_str().is_none_or(|text| !text.contains(['\n', '\r']))
}

#[cfg(test)]
mod tests {
  use super::*;

  #[test]
  fn command_lines_are_quoted_as_desktop_entries_want() {
    assert_eq!(exec("/usr/bin/app", &[]), "/usr/bin/app %U");
    assert_eq!(exec("app", &["--a=b".into(), "two words".into()]), "app --a=b \"two words\" %U");
    assert_eq!(exec("app", &["50%".into(), "a\"$b\\".into()]), r#"app "50%%" "a\\"\\$b\\\\" %U"#);
  }

  #[test]
  fn only_types_of_the_app_are_described() {
    let association = |ext: &str, mime_type: Option<&str>| FileAssociation {
      ext: vec![ext.into()],
      name: Some("A & B".into()),
      description: None,
      mime_type: mime_type.map(Into::into),
    };
    let config = |associations| Config { file_associations: associations, ..Config::default() };
    assert_eq!(mime_info(&config(vec![association("md", Some("text/markdown"))])), None);
    let text = mime_info(&config(vec![association(".Foo", None), association("bar", Some("application/x-foo"))])).unwrap();
    assert!(text.contains("<mime-type type=\"application/x-foo\">\n    <comment>A &amp; B</comment>"), "{text}");
    assert!(text.contains("\"*.Foo\"") && text.contains("\"*.bar\""), "{text}");
  }
}
