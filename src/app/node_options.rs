//! The command line of Node: options, then the script, then what is the script's own. `NODE_OPTIONS` holds more options.
//!
//! Which options there are is Node's matter; each is in [`OPTIONS`] with what becomes of it here. An option that Node knows and that has no effect
//! here is refused, never passed over. The table of them makes this file long.

use std::collections::BTreeMap;

use serde::Serialize;

/// What an option takes and does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
  /// Nothing; `--no-...` turns it off.
  Switch,
  /// One value. Given several times, the users of the option decide which counts.
  Value,
  /// A value after `=`, or none.
  Optional,
  /// Nothing, and is always on here; to turn it off is refused.
  On,
  /// Node knows it, and it is not done here; to turn it off is what there is.
  Missing,
  /// It is V8's, and may stand in `NODE_OPTIONS`. Others of V8 need no entry.
  V8,
}

/// Where an option may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
  CommandLine,
  Anywhere,
}

use Kind::{Missing, On, Optional, Switch, V8, Value};
use Place::{Anywhere, CommandLine};

/// Node's options by name.
const OPTIONS: &[(Kind, Place, &[&str])] = &[
  (Optional, Anywhere, &["--inspect", "--inspect-brk", "--inspect-wait"]),
  (
    Switch,
    CommandLine,
    &["--check", "--expose-internals", "--help", "--interactive", "--print", "--test", "--test-force-exit", "--v8-options", "--version"],
  ),
  (Value, CommandLine, &["--env-file", "--env-file-if-exists", "--eval", "--test-concurrency", "--test-timeout"]),
  (
    Switch,
    Anywhere,
    &[
      "--abort-on-uncaught-exception",
      "--addons",
      "--cpu-prof",
      "--deprecation",
      "--disable-sigusr1",
      "--enable-source-maps",
      "--experimental-eventsource",
      "--frozen-intrinsics",
      "--heap-prof",
      "--network-family-autoselection",
      "--pending-deprecation",
      "--test-only",
      "--throw-deprecation",
      "--tls-max-v1.2",
      "--tls-max-v1.3",
      "--tls-min-v1.0",
      "--tls-min-v1.1",
      "--tls-min-v1.2",
      "--tls-min-v1.3",
      "--trace-deprecation",
      "--trace-exit",
      "--trace-uncaught",
      "--trace-warnings",
      "--use-bundled-ca",
      "--use-openssl-ca",
      "--use-system-ca",
      "--warnings",
    ],
  ),
  (
    Value,
    Anywhere,
    &[
      "--conditions",
      "--cpu-prof-dir",
      "--cpu-prof-interval",
      "--cpu-prof-name",
      "--diagnostic-dir",
      "--disable-proto",
      "--disable-warning",
      "--dns-result-order",
      "--heap-prof-dir",
      "--heap-prof-interval",
      "--heap-prof-name",
      "--heapsnapshot-signal",
      "--import",
      "--input-type",
      "--inspect-port",
      "--inspect-publish-uid",
      "--max-http-header-size",
      "--network-family-autoselection-attempt-timeout",
      "--redirect-warnings",
      "--require",
      "--test-name-pattern",
      "--test-reporter",
      "--test-reporter-destination",
      "--test-skip-pattern",
      "--title",
      "--tls-cipher-list",
      "--unhandled-rejections",
    ],
  ),
  (
    On,
    Anywhere,
    &[
      "--async-context-frame",
      "--experimental-abortcontroller",
      "--experimental-detect-module",
      "--experimental-fetch",
      "--experimental-global-customevent",
      "--experimental-global-navigator",
      "--experimental-global-webcrypto",
      "--experimental-import-meta-resolve",
      "--experimental-json-modules",
      "--experimental-modules",
      "--experimental-network-inspection",
      "--experimental-repl-await",
      "--experimental-require-module",
      "--experimental-sqlite",
      "--experimental-strip-types",
      "--experimental-top-level-await",
      "--experimental-transform-types",
      "--experimental-vm-modules",
      "--experimental-wasm-modules",
      "--experimental-websocket",
      "--experimental-worker",
      "--force-context-aware",
      "--global-search-paths",
      "--napi-modules",
      "--node-snapshot",
    ],
  ),
  (
    V8,
    Anywhere,
    &[
      "--disallow-code-generation-from-strings",
      "--expose-gc",
      "--huge-max-old-generation-size",
      "--interpreted-frames-native-stack",
      "--jitless",
      "--max-old-space-size",
      "--max-semi-space-size",
      "--perf-basic-prof",
      "--perf-basic-prof-only-functions",
      "--perf-prof",
      "--perf-prof-unwinding-info",
      "--stack-trace-limit",
    ],
  ),
  (
    Missing,
    CommandLine,
    &[
      "--build-snapshot",
      "--build-snapshot-config",
      "--completion-bash",
      "--experimental-config-file",
      "--experimental-default-config-file",
      "--experimental-sea-config",
      "--experimental-test-coverage",
      "--experimental-test-module-mocks",
      "--inspect-brk-node",
      "--prof-process",
      "--run",
      "--security-revert",
      "--test-update-snapshots",
    ],
  ),
  (
    Missing,
    Anywhere,
    &[
      "--allow-addons",
      "--allow-child-process",
      "--allow-fs-read",
      "--allow-fs-write",
      "--allow-net",
      "--allow-wasi",
      "--allow-worker",
      "--disable-wasm-trap-handler",
      "--enable-etw-stack-walking",
      "--enable-fips",
      "--entry-url",
      "--experimental-addon-modules",
      "--experimental-loader",
      "--experimental-print-required-tla",
      "--experimental-quic",
      "--experimental-shadow-realm",
      "--experimental-webstorage",
      "--extra-info-on-fatal-exception",
      "--force-async-hooks-checks",
      "--force-fips",
      "--force-node-api-uncaught-exceptions-policy",
      "--heapsnapshot-near-heap-limit",
      "--http-parser",
      "--icu-data-dir",
      "--insecure-http-parser",
      "--localstorage-file",
      "--openssl-config",
      "--openssl-legacy-provider",
      "--openssl-shared-config",
      "--permission",
      "--preserve-symlinks",
      "--preserve-symlinks-main",
      "--report-compact",
      "--report-dir",
      "--report-exclude-env",
      "--report-exclude-network",
      "--report-filename",
      "--report-on-fatalerror",
      "--report-on-signal",
      "--report-signal",
      "--report-uncaught-exception",
      "--secure-heap",
      "--secure-heap-min",
      "--snapshot-blob",
      "--test-coverage-branches",
      "--test-coverage-exclude",
      "--test-coverage-functions",
      "--test-coverage-include",
      "--test-coverage-lines",
      "--test-global-setup",
      "--test-isolation",
      "--test-shard",
      "--tls-keylog",
      "--trace-env",
      "--trace-env-js-stack",
      "--trace-env-native-stack",
      "--trace-event-categories",
      "--trace-event-file-pattern",
      "--trace-promises",
      "--trace-require-module",
      "--trace-sigint",
      "--trace-sync-io",
      "--trace-tls",
      "--track-heap-objects",
      "--use-env-proxy",
      "--use-largepages",
      "--v8-pool-size",
      "--verify-base-objects",
      "--watch",
      "--watch-kill-signal",
      "--watch-path",
      "--watch-preserve-output",
      "--zero-fill-buffers",
    ],
  ),
];

/// Other names of options.
const ALIASES: &[(&str, &str)] = &[
  ("-C", "--conditions"),
  ("-c", "--check"),
  ("-e", "--eval"),
  ("-h", "--help"),
  ("-i", "--interactive"),
  ("-p", "--print"),
  ("-r", "--require"),
  ("-v", "--version"),
  ("--debug-port", "--inspect-port"),
  ("--experimental-permission", "--permission"),
  ("--experimental-test-isolation", "--test-isolation"),
  ("--loader", "--experimental-loader"),
  ("--report-directory", "--report-dir"),
  ("--security-reverts", "--security-revert"),
];

/// Options as they were given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Options {
  /// Switches that were given, the last word counts.
  switches: BTreeMap<&'static str, bool>,
  /// Values in the order in which they were given.
  values: BTreeMap<&'static str, Vec<String>>,
  /// What V8 has to know.
  #[serde(skip)]
  pub v8: Vec<String>,
}

/// A command line, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeLine {
  pub options: Options,
  /// What `process.execArgv` shows.
  pub exec_arguments: Vec<String>,
  /// The first argument that is no option; the script, if there is any.
  pub script: Option<String>,
  /// What follows.
  pub arguments: Vec<String>,
}

impl Options {
  /// Whether a switch is on.
  pub fn is_on(&self, name: &str) -> bool {
    self.switches.get(name).copied().unwrap_or(false)
  }

  /// All values of an option.
  pub fn values(&self, name: &str) -> &[String] {
    self.values.get(name).map_or(&[], Vec::as_slice)
  }

  /// The value that counts where there can be one.
  pub fn last(&self, name: &str) -> Option<&str> {
    self.values(name).last().map(String::as_str)
  }

  /// Whether one of [`OF_THREADS`] was given.
  pub fn concern_threads(&self) -> bool {
    OF_THREADS.iter().any(|name| self.is_on(name) || !self.values(name).is_empty())
  }

  /// Gives an option the value that a variable of the environment has for it, if nothing else does.
  pub fn add_default(&mut self, name: &'static str, value: String) {
    self.values.entry(name).or_insert_with(|| vec![value]);
  }

  /// Reads one option at the head of `rest`. `None` when it is none: there begins the script.
  fn take<'a>(&mut self, rest: &mut std::slice::Iter<'a, String>, in_environment: bool) -> Result<Option<&'a String>, String> {
    let Some(given) = rest.as_slice().first().filter(|given| given.len() > 1 && given.starts_with('-')) else {
      return Ok(None);
    };
    rest.next();
    let (written, attached) = match given.split_once('=') {
      Some((name, value)) if given.starts_with("--") => (name, Some(value)),
      _ => (given.as_str(), None),
    };
    let refuse_place = || format!("{written} is not allowed in NODE_OPTIONS");
    // `-pe code` is `-p -e code`.
    if written == "-pe" {
      if in_environment {
        return Err(refuse_place());
      }
      self.switches.insert("--print", true);
      self.values.entry("--eval").or_default().push(value_of(given, None, rest)?);
      return Ok(Some(given));
    }
    let normal = if written.starts_with("--") { written.replace('_', "-") } else { written.to_owned() };
    let (name, off) = match normal.strip_prefix("--no-") {
      Some(name) => (format!("--{name}"), true),
      None => (normal, false),
    };
    let name = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name.as_str(), |(_, name)| *name);
    let found =
      OPTIONS.iter().find_map(|(kind, place, names)| names.iter().find(|known| **known == name).map(|name| (*kind, *place, *name)));
    let Some((kind, place, name)) = found else {
      if in_environment {
        return Err(refuse_place());
      }
      self.v8.push(given.clone());
      return Ok(Some(given));
    };
    if in_environment && place == CommandLine {
      return Err(refuse_place());
    }
    if off && !matches!(kind, Switch | On | V8 | Missing) {
      return Err(format!("{given} is an invalid negation because it is not a boolean option"));
    }
    match kind {
      // What is not done is off already.
      Missing if off => {}
      Missing => return Err(format!("{written} is an option of Node that is not supported")),
      On if off => return Err(format!("{written} is not supported: the feature is always on")),
      On => {}
      V8 => self.v8.push(given.clone()),
      Switch => {
        self.switches.insert(name, !off);
      }
      Optional => self.values.entry(name).or_default().push(attached.unwrap_or_default().to_owned()),
      Value => {
        let value = value_of(given, attached, rest)?;
        self.values.entry(name).or_default().push(value);
      }
    }
    Ok(Some(given))
  }

  /// Reads the options that concern debuggers among the arguments of an app, which has others of its own.
  ///
  /// # Errors
  /// What Node says about an option that it does not take.
  pub fn of_app(arguments: &[String]) -> Result<Self, String> {
    let mut options = Self::default();
    let own = arguments.iter().take_while(|argument| *argument != "--");
    for argument in own.filter(|argument| argument.starts_with("--inspect")) {
      options.take(&mut std::slice::from_ref(argument).iter(), false)?;
    }
    // Others that begin alike are the app's business.
    options.v8.clear();
    Ok(options)
  }

  /// Adds what `NODE_OPTIONS` says.
  ///
  /// # Errors
  /// What Node says about a text that it does not take.
  pub fn add_environment(&mut self, text: &str) -> Result<(), String> {
    let words = split_words(text)?;
    let mut rest = words.iter();
    while let Some(word) = rest.as_slice().first() {
      if self.take(&mut rest, true)?.is_none() {
        return Err(format!("{word} is not allowed in NODE_OPTIONS"));
      }
    }
    Ok(())
  }
}

impl NodeLine {
  /// Reads arguments, the program's name not among them.
  ///
  /// # Errors
  /// What Node says about an option that it does not take.
  pub fn parse(arguments: &[String]) -> Result<Self, String> {
    let mut line = Self::default();
    let mut rest = arguments.iter();
    while let Some(given) = rest.as_slice().first() {
      if given == "--" {
        rest.next();
        break;
      }
      // `-p code` takes the first other argument as its code, and options may follow.
      let takes_code = line.options.is_on("--print") && line.options.last("--eval").is_none();
      if line.options.take(&mut rest, false)?.is_some() {
        continue;
      }
      if !takes_code {
        break;
      }
      line.options.values.entry("--eval").or_default().extend(rest.next().cloned());
    }
    let left = rest.as_slice();
    line.exec_arguments = arguments[..arguments.len() - left.len()].to_vec();
    // What `-e` runs has no script: all that is left is its own.
    let has_script = line.options.last("--eval").is_none() && !left.is_empty();
    line.script = left.first().filter(|_| has_script).cloned();
    line.arguments = left[usize::from(has_script)..].to_vec();
    Ok(line)
  }

  /// The same with the options of `NODE_OPTIONS`, which those of the command line come after.
  ///
  /// # Errors
  /// What Node says about a text that it does not take.
  pub fn with_environment(mut self, text: &str) -> Result<Self, String> {
    let mut options = Options::default();
    options.add_environment(text)?;
    options.switches.append(&mut self.options.switches);
    for (name, mut values) in self.options.values {
      options.values.entry(name).or_default().append(&mut values);
    }
    options.v8.append(&mut self.options.v8);
    self.options = options;
    Ok(self)
  }

  /// Judges what the options say together.
  ///
  /// # Errors
  /// What Node says of options that exclude each other, or of a value that is none.
  pub fn check(&self) -> Result<(), String> {
    let eval = self.options.last("--eval").is_some();
    let [check, test, interactive] = ["--check", "--test", "--interactive"].map(|name| self.options.is_on(name));
    let clashes = [
      (check && (eval || interactive), "either --check or --eval can be used, not both"),
      (test && check, "either --test or --check can be used, not both"),
      (test && eval, "either --test or --eval can be used, not both"),
      (test && interactive, "either --test or --interactive can be used, not both"),
    ];
    if let Some((_, fault)) = clashes.iter().find(|(clash, _)| *clash) {
      return Err((*fault).into());
    }
    if let Some((name, needed)) = NEEDS.iter().find(|(name, needed)| self.options.last(name).is_some() && !self.options.is_on(needed)) {
      return Err(format!("{name} must be used with {needed}"));
    }
    let not_a_number = |name: &&&str| self.options.last(name).is_some_and(|value| value.parse::<u32>().map_or(true, |number| number == 0));
    if let Some(name) = NUMBERS.iter().find(not_a_number) {
      return Err(format!("{name} must be a positive number, not {:?}", self.options.last(name).unwrap_or_default()));
    }
    let bad = |(name, choices, _): &&(&str, &[&str], &str)| self.options.last(name).is_some_and(|value| !choices.contains(&value));
    CHOICES.iter().find(bad).map_or(Ok(()), |(_, _, fault)| Err((*fault).into()))
  }
}

/// Options that each thread of a child sees to by itself (`shell-js/common/thread-options.js`).
const OF_THREADS: &[&str] = &[
  "--cpu-prof",
  "--disable-proto",
  "--heap-prof",
  "--heapsnapshot-signal",
  "--max-http-header-size",
  "--redirect-warnings",
  "--trace-exit",
];

/// Options that say nothing without another one.
const NEEDS: &[(&str, &str)] = &[
  ("--cpu-prof-dir", "--cpu-prof"),
  ("--cpu-prof-interval", "--cpu-prof"),
  ("--cpu-prof-name", "--cpu-prof"),
  ("--heap-prof-dir", "--heap-prof"),
  ("--heap-prof-interval", "--heap-prof"),
  ("--heap-prof-name", "--heap-prof"),
];

/// Options whose value is a positive number of microseconds or bytes.
const NUMBERS: &[&str] = &["--cpu-prof-interval", "--heap-prof-interval", "--max-http-header-size"];

/// What values some options may have.
const CHOICES: &[(&str, &[&str], &str)] = &[
  (
    "--input-type",
    &["module", "commonjs", "module-typescript", "commonjs-typescript"],
    "--input-type must be \"module\",\"commonjs\", \"module-typescript\" or \"commonjs-typescript\"",
  ),
  ("--disable-proto", &["delete", "throw"], "invalid mode passed to --disable-proto"),
  ("--unhandled-rejections", &["warn-with-error-code", "throw", "strict", "warn", "none"], "invalid value for --unhandled-rejections"),
];

/// The value of an option, which stands after `=` or is the next argument.
fn value_of(given: &str, attached: Option<&str>, rest: &mut std::slice::Iter<'_, String>) -> Result<String, String> {
  let missing = |name: &str| format!("{name} requires an argument");
  if let Some(value) = attached {
    let name = &given[..given.len() - value.len()];
    return if value.is_empty() { Err(missing(name)) } else { Ok(value.to_owned()) };
  }
  let value = rest.next().ok_or_else(|| missing(given))?;
  // A value that begins with a dash is taken for the next option, unless it is written with a backslash.
  if value.starts_with('-') {
    return Err(missing(given));
  }
  Ok(if value.starts_with("\\-") { value[1..].to_owned() } else { value.clone() })
}

/// Splits `NODE_OPTIONS` at spaces; double quotes keep a word together, and a backslash in them takes the next character as it is.
fn split_words(text: &str) -> Result<Vec<String>, String> {
  let mut words: Vec<String> = Vec::new();
  let (mut quoted, mut begins) = (false, true);
  let mut characters = text.chars();
  while let Some(character) = characters.next() {
    let character = match character {
      '\\' if quoted => characters.next().ok_or("invalid value for NODE_OPTIONS (invalid escape)")?,
      ' ' if !quoted => {
        begins = true;
        continue;
      }
      '"' => {
        quoted = !quoted;
        continue;
      }
      other => other,
    };
    if begins {
      words.push(String::new());
      begins = false;
    }
    if let Some(word) = words.last_mut() {
      word.push(character);
    }
  }
  if quoted { Err("invalid value for NODE_OPTIONS (unterminated string)".into()) } else { Ok(words) }
}

#[cfg(test)]
mod tests {
  use super::*;

  fn owned(list: &[&str]) -> Vec<String> {
    list.iter().map(|text| (*text).to_string()).collect()
  }

  fn parse(list: &[&str]) -> NodeLine {
    NodeLine::parse(&owned(list)).unwrap()
  }

  fn fault(list: &[&str]) -> String {
    NodeLine::parse(&owned(list)).unwrap_err()
  }

  #[test]
  fn options_end_at_the_script() {
    let line = parse(&["--expose-gc", "-r", "x", "--no-warnings", "--conditions=dev", "a.js", "--own", "-r"]);
    assert_eq!(line.script.as_deref(), Some("a.js"));
    assert_eq!(line.arguments, ["--own", "-r"]);
    assert_eq!(line.exec_arguments, ["--expose-gc", "-r", "x", "--no-warnings", "--conditions=dev"]);
    assert_eq!((line.options.values("--require"), line.options.last("--conditions")), (owned(&["x"]).as_slice(), Some("dev")));
    assert_eq!(line.options.switches, BTreeMap::from([("--warnings", false)]));
    assert_eq!(line.options.v8, ["--expose-gc"]);
    assert_eq!(parse(&["--", "-a"]).script.as_deref(), Some("-a"));
    assert_eq!(parse(&["-", "a"]).script.as_deref(), Some("-"));
  }

  #[test]
  fn eval_has_no_script() {
    let line = parse(&["-e", "code", "a"]);
    assert_eq!((line.script, line.arguments, line.exec_arguments), (None, owned(&["a"]), owned(&["-e", "code"])));
    let line = parse(&["-p", "1 + 1", "--no-warnings", "x"]);
    assert_eq!((line.options.last("--eval"), line.options.is_on("--print")), (Some("1 + 1"), true));
    assert_eq!((line.arguments, line.exec_arguments.len()), (owned(&["x"]), 3));
    let line = parse(&["-pe", "2", "--", "-x"]);
    assert_eq!((line.options.last("--eval"), line.arguments.as_slice()), (Some("2"), owned(&["-x"]).as_slice()));
    assert!(!parse(&["a.js"]).options.is_on("--print"));
  }

  #[test]
  fn faults_read_like_those_of_node() {
    assert_eq!(fault(&["-e"]), "-e requires an argument");
    assert_eq!(fault(&["-e", "--print"]), "-e requires an argument");
    assert_eq!(fault(&["--require="]), "--require= requires an argument");
    assert_eq!(fault(&["--no-require"]), "--no-require is an invalid negation because it is not a boolean option");
    assert!(fault(&["--watch", "a.js"]).contains("not supported"));
    assert!(fault(&["--no-experimental-fetch"]).contains("always on"));
    // V8 judges what Node does not know.
    assert_eq!(parse(&["--no-such-option", "a.js"]).options.v8, ["--no-such-option"]);
    assert_eq!(parse(&["--max_old_space_size=100", "a.js"]).options.v8, ["--max_old_space_size=100"]);
  }

  #[test]
  fn the_environment_comes_before_the_command_line() {
    let line =
      parse(&["-r", "own", "--warnings", "a.js"]).with_environment("--no-warnings -r 'x' --title=\"a \\\" b\" --expose_gc").unwrap();
    assert_eq!(line.options.values("--require"), ["'x'", "own"]);
    assert!(line.options.is_on("--warnings"));
    assert_eq!(line.options.last("--title"), Some("a \" b"));
    assert_eq!((line.options.v8, line.exec_arguments), (owned(&["--expose_gc"]), owned(&["-r", "own", "--warnings"])));
  }

  #[test]
  fn the_environment_takes_what_node_allows_there() {
    let fault = |text: &str| parse(&[]).with_environment(text).unwrap_err();
    assert_eq!(fault("-e 1"), "-e is not allowed in NODE_OPTIONS");
    assert_eq!(fault("-pe 1"), "-pe is not allowed in NODE_OPTIONS");
    assert_eq!(fault("--bogus"), "--bogus is not allowed in NODE_OPTIONS");
    assert_eq!(fault("--test"), "--test is not allowed in NODE_OPTIONS");
    assert_eq!(fault("script.js"), "script.js is not allowed in NODE_OPTIONS");
    assert_eq!(fault("\"x"), "invalid value for NODE_OPTIONS (unterminated string)");
    assert_eq!(fault("\"x\\"), "invalid value for NODE_OPTIONS (invalid escape)");
  }

  #[test]
  fn every_option_stands_in_the_table_once() {
    let mut names: Vec<_> = OPTIONS.iter().flat_map(|(_, _, names)| names.iter()).collect();
    names.sort();
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
  }
}
