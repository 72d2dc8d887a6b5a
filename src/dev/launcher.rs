//! What tools such as electron-vite start in place of Electron while `shell dev` runs: it says how it was started and lives as long as the app.
//!
//! The app itself is a child of `shell dev`, which so can start it anew without the tool, and outlives its crashes.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;

use serde_json::{Value, json};

use super::LAUNCHER_VARIABLE;
use super::channel::Launch;

/// Hands the start over to the `shell dev` that a variable names, and answers the app's exit code. `None` when there is none, or when it is gone.
pub fn hand_over(arguments: &[String]) -> Option<i32> {
  let channel = std::env::var(LAUNCHER_VARIABLE).ok()?;
  let (address, token) = channel.rsplit_once(':')?;
  let mut stream = TcpStream::connect(address).ok()?;
  let launch = Launch { folder: std::env::current_dir().unwrap_or_default(), arguments: arguments.to_vec(), environment: text_variables() };
  writeln!(stream, "{}", json!({ "type": "launch", "token": token, "launch": launch })).ok()?;
  let mut line = String::new();
  BufReader::new(stream).read_line(&mut line).ok()?;
  let exit: Value = serde_json::from_str(&line).ok()?;
  exit["code"].as_i64().and_then(|code| code.try_into().ok())
}

/// The environment without what is no text, which no tool sets.
fn text_variables() -> HashMap<String, String> {
  std::env::vars_os()
    .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
    .filter(|(name, _)| name != LAUNCHER_VARIABLE)
    .collect()
}
