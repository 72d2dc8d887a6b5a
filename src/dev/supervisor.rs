//! The one loop of `shell dev`: it takes all news in turn and decides what follows.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::process::Command;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

use super::channel::{Launch, Peer, Said, Tell};
use super::output::{Source, complain, page_console, say};
use super::process::{Process, Stop, code_of, end_of};
use super::project::{self, Kind, Tool};
use super::{CHANNEL_VARIABLE, Error, LAUNCHER_VARIABLE, News, Options, keys, watch};

/// Two wishes to end that come so soon after one another are one.
const SAME_WISH: Duration = Duration::from_millis(500);

/// How long the app may take to say what changed files mean to it. One that does not is caught in a loop.
const PATIENCE: Duration = Duration::from_millis(1500);

/// What is to follow the end of the app.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
  /// It ends by itself: then so does everything, unless it failed.
  Nothing,
  /// It is started anew.
  Start,
  /// The tool that started it does not want it any more.
  Wait,
  /// Everything ends, with this code.
  Quit(i32),
}

pub(super) struct Supervisor {
  options: Options,
  /// The app's folder.
  folder: PathBuf,
  kind: Kind,
  /// Where the app and launchers reach us.
  address: String,
  news: UnboundedSender<News>,
  /// Whether somebody sits at the terminal: then a failed app is waited for.
  attended: bool,
  watch: Option<watch::Watch>,
  /// How the app is started, when that is known.
  launch: Option<Launch>,
  launcher: Option<Peer>,
  /// The app, with its number among our children.
  app: Option<(u64, Process)>,
  /// The way to the app, once it is connected.
  app_peer: Option<Peer>,
  next: Next,
  quit_asked: Option<Instant>,
  /// When the change was seen that the app is being restarted for.
  changed: Option<Instant>,
  /// The number of the question to the app that it has not answered.
  unanswered: Option<u64>,
  tool: Option<(u64, Process)>,
  /// A line of the dev server's helper begins with it.
  mark: String,
  /// The port that the tool said is taken.
  taken_port: Option<String>,
  /// The folder with the executable under Electron's name.
  electron: Option<TempDir>,
  /// The last number that was given to a child or a question.
  count: u64,
}

impl Supervisor {
  pub(super) fn new(options: Options, address: String, news: UnboundedSender<News>) -> Self {
    let folder = if options.app.is_dir() { options.app.clone() } else { options.app.parent().unwrap_or(&options.app).to_path_buf() };
    let folder = std::path::absolute(&folder).unwrap_or(folder);
    // A lone script is its own main, whatever lies beside it.
    let kind = if options.app.is_dir() { Kind::of(&folder, &project::package(&folder)) } else { Kind::Plain };
    // It stands in a command line, which others may read: nothing of the address may be in it.
    let mark = format!("shell-dev-server-{}", std::process::id());
    Self {
      options,
      folder,
      kind,
      address,
      news,
      attended: keys::is_attended(),
      watch: None,
      launch: None,
      launcher: None,
      app: None,
      app_peer: None,
      next: Next::Nothing,
      quit_asked: None,
      changed: None,
      unanswered: None,
      tool: None,
      mark,
      taken_port: None,
      electron: None,
      count: 0,
    }
  }

  /// Starts what comes first: the tool or the dev server, else the app.
  pub(super) fn begin(&mut self) -> Result<(), Error> {
    signals(&self.news);
    if self.attended {
      say(Source::Shell, "keys: r restarts the app, d shows developer tools, q quits");
    }
    match self.kind {
      Kind::Plain => self.start_with(HashMap::new()),
      Kind::Vite => self.start_vite()?,
      Kind::Tool(tool) => self.start_tool(tool)?,
    }
    // What tools build they watch by themselves.
    if !matches!(self.kind, Kind::Tool(_)) {
      self.watch(&self.folder.clone());
    }
    Ok(())
  }

  fn watch(&mut self, folder: &Path) {
    match watch::Watch::start(folder, self.news.clone()) {
      Ok(watch) => self.watch = Some(watch),
      Err(error) => complain(Source::Shell, &format!("warning: changes of sources are not seen: {error}\nhint: press r after a change")),
    }
  }

  /// Forge builds the main process anew, but does not start it anew. It removes the folder of what it builds before the first build.
  fn watch_build(&mut self) {
    if self.kind == Kind::Tool(Tool::Forge)
      && self.watch.is_none()
      && let Some(folder) =
        project::package(&self.folder)["main"].as_str().and_then(|main| Some(self.folder.join(main).parent()?.to_path_buf()))
    {
      self.watch(&folder);
    }
  }

  pub(super) async fn run(mut self, mut news: UnboundedReceiver<News>) -> i32 {
    let _keys = self.attended.then(|| keys::listen(self.news.clone()));
    // The sender is ours as well: news never end before the loop does.
    while let Some(event) = news.recv().await {
      if let Some(code) = self.take(event) {
        return code;
      }
    }
    0
  }

  /// Takes one of the news. Answers the exit code when it was the last.
  fn take(&mut self, event: News) -> Option<i32> {
    match event {
      News::Key(key) => self.key(key),
      News::Signal(code) => self.quit(code.into()),
      News::Changed(paths) => self.sources_changed(paths),
      News::Patience(question) => {
        if self.unanswered == Some(question) {
          say(Source::Shell, "the app does not answer: it is started anew");
          self.restart();
        }
        None
      }
      News::Line { source, error, text } => {
        self.line(source, error, &text);
        None
      }
      News::Ended(number, status) => self.ended(number, status),
      News::AppConnected(peer) => {
        if let Some(changed) = self.changed.take() {
          say(Source::Shell, &format!("restarted in {} ms", changed.elapsed().as_millis()));
        }
        self.app_peer = Some(peer);
        None
      }
      News::Launched { peer, launch } => {
        self.launcher = Some(peer);
        self.launch = Some(launch);
        self.watch_build();
        self.restart();
        None
      }
      News::Said(id, said) => {
        if self.app_peer.as_ref().is_some_and(|peer| peer.id == id) {
          self.app_said(said);
        }
        None
      }
      News::Disconnected(id) => {
        self.app_peer.take_if(|peer| peer.id == id);
        if self.launcher.take_if(|peer| peer.id == id).is_some() {
          self.stop_app(Next::Wait);
        }
        None
      }
    }
  }

  fn key(&mut self, key: u8) -> Option<i32> {
    match key {
      b'r' | b'R' => self.restart(),
      b'd' | b'D' => match &self.app_peer {
        Some(peer) => peer.tell(&Tell::Devtools),
        None => say(Source::Shell, "no app is running"),
      },
      b'q' | b'Q' => return self.quit(0),
      _ => {}
    }
    None
  }

  fn sources_changed(&mut self, paths: Vec<PathBuf>) -> Option<i32> {
    if let Some(watch) = &mut self.watch {
      paths.iter().filter(|path| path.is_dir()).for_each(|folder| drop(watch.add(folder)));
    }
    let now = Instant::now();
    let package = self.folder.join("package.json");
    let is_package = |path: &PathBuf| Some(path) == package.canonicalize().ok().as_ref();
    match &self.app_peer {
      // The app knows which files it is made of.
      Some(peer) if !paths.iter().any(is_package) => {
        self.changed = Some(now);
        self.count += 1;
        self.unanswered = Some(self.count);
        let (news, question) = (self.news.clone(), self.count);
        tokio::spawn(async move {
          tokio::time::sleep(PATIENCE).await;
          let _ = news.send(News::Patience(question));
        });
        peer.tell(&Tell::Changed { paths, served: self.kind != Kind::Plain });
      }
      // One that is only starting would miss it, one that has failed may be mended.
      _ if self.launch.is_some() => {
        self.changed = Some(now);
        self.restart();
      }
      _ => {}
    }
    None
  }

  fn app_said(&mut self, said: Said) {
    if matches!(said, Said::Restart | Said::Reloaded | Said::Unchanged) {
      self.unanswered = None;
    }
    match said {
      Said::Restart => self.restart(),
      Said::Reloaded => {
        self.changed = None;
        say(Source::Shell, "pages reloaded");
      }
      Said::Unchanged => self.changed = None,
      // What Vite's client says about itself.
      Said::Console { level, message, .. } if level == "debug" && message.starts_with("[vite] connect") => {}
      Said::Console { level, message, source, line } => {
        let place = if source.is_empty() || line == 0 { source } else { format!("{source}:{line}") };
        page_console(&level, &message, &place);
      }
      // Only the first line of a connection is one of these.
      Said::App { .. } | Said::Launch { .. } => {}
    }
  }

  fn line(&mut self, source: Source, error: bool, text: &str) {
    if source != Source::Main {
      let plain = console::strip_ansi_codes(text);
      if let Some(address) = plain.strip_prefix(self.mark.as_str()) {
        return self.served(address.trim());
      }
      if let Some(port) = plain.split_once("Port ").and_then(|(_, rest)| rest.strip_suffix(" is already in use")) {
        self.taken_port = Some(port.into());
      }
      // Tools set themselves apart by empty lines; here they have a name in front.
      if plain.trim().is_empty() {
        return;
      }
    }
    if error { complain(source, text) } else { say(source, text) }
  }

  /// The dev server listens: the app can be started.
  fn served(&mut self, address: &str) {
    say(Source::Shell, &format!("pages come from {address}"));
    // The names that apps of Vite's plugin and of electron-vite look for.
    let variables = ["VITE_DEV_SERVER_URL", "ELECTRON_RENDERER_URL"].map(|name| (name.to_owned(), address.to_owned()));
    self.start_with(HashMap::from(variables));
  }

  /// Starts the app as it is started without a tool, with further variables.
  fn start_with(&mut self, environment: HashMap<String, String>) {
    let arguments =
      std::iter::once(self.options.app.to_string_lossy().into_owned()).chain(self.options.arguments.iter().cloned()).collect();
    self.launch = Some(Launch { folder: std::env::current_dir().unwrap_or_default(), arguments, environment });
    self.restart();
  }

  /// Starts the app; one that runs is stopped first.
  fn restart(&mut self) {
    if self.app.is_some() {
      return self.stop_app(Next::Start);
    }
    let Some(launch) = self.launch.as_ref().filter(|_| !matches!(self.next, Next::Quit(_))) else { return };
    let mut command = Command::new(&self.options.executable);
    command.args(&self.options.switches).args(&launch.arguments).envs(&launch.environment).current_dir(&launch.folder);
    command.env(CHANNEL_VARIABLE, &self.address).env_remove(LAUNCHER_VARIABLE);
    if self.attended {
      // The keys are ours.
      command.stdin(std::process::Stdio::null());
    }
    self.next = Next::Nothing;
    self.count += 1;
    match Process::start(command, Source::Main, self.count, &self.news) {
      Ok(process) => self.app = Some((self.count, process)),
      Err(error) => complain(Source::Shell, &format!("error: the app does not start: {error}")),
    }
  }

  fn stop_app(&mut self, next: Next) {
    // Whatever else happens meanwhile, the end of everything stays what is to come.
    if !matches!(self.next, Next::Quit(_)) {
      self.next = next;
    }
    if let Some((_, process)) = &mut self.app {
      process.stop(if next == Next::Start { Stop::ForAnother } else { Stop::ForGood });
    }
  }

  /// Ends everything. Answers the exit code when nothing is running any more.
  fn quit(&mut self, code: i32) -> Option<i32> {
    if let Some(asked) = self.quit_asked {
      // Asked twice: whoever hangs is not waited for. A signal may come by the terminal and by a launcher at once.
      return (asked.elapsed() > SAME_WISH).then_some(code);
    }
    self.quit_asked = Some(Instant::now());
    self.stop_app(Next::Quit(code));
    if self.app.is_none() {
      return self.stop_tool(code);
    }
    None
  }

  fn stop_tool(&mut self, code: i32) -> Option<i32> {
    self.next = Next::Quit(code);
    match &mut self.tool {
      Some((_, process)) => {
        // It may be waiting for what it takes for Electron.
        if let Some(launcher) = &self.launcher {
          launcher.tell(&Tell::Exit { code });
        }
        process.stop(Stop::ForGood);
        None
      }
      None => Some(code),
    }
  }

  fn ended(&mut self, number: u64, status: Option<ExitStatus>) -> Option<i32> {
    if self.app.take_if(|(app, _)| *app == number).is_some() {
      self.app_peer = None;
      self.unanswered = None;
      return self.app_ended(status);
    }
    if self.tool.take_if(|(tool, _)| *tool == number).is_some() {
      if let Next::Quit(code) = self.next {
        return Some(code);
      }
      return self.tool_ended(status);
    }
    None
  }

  fn app_ended(&mut self, status: Option<ExitStatus>) -> Option<i32> {
    match self.next {
      Next::Start => {
        self.restart();
        None
      }
      Next::Wait => None,
      Next::Quit(code) => self.stop_tool(code),
      Next::Nothing => {
        let code = code_of(status);
        if code == 0 || !self.attended {
          return self.stop_tool(code);
        }
        complain(Source::Shell, &format!("the app {}; it is started again after a change, or by r", end_of(status)));
        None
      }
    }
  }

  /// The tool or the dev server has ended by itself.
  fn tool_ended(&mut self, status: Option<ExitStatus>) -> Option<i32> {
    let name = if let Kind::Tool(tool) = self.kind { tool.command() } else { "the dev server" };
    let hint = match &self.taken_port {
      Some(port) => {
        complain(Source::Shell, &format!("error: port {port} is taken by another program"));
        "end that program, or choose another \"server.port\" in Vite's configuration"
      }
      None => {
        complain(Source::Shell, &format!("error: {name} {}", end_of(status)));
        "the lines above say why"
      }
    };
    complain(Source::Shell, &format!("hint: {hint}"));
    self.quit(code_of(status).max(1))
  }

  fn start_vite(&mut self) -> Result<(), Error> {
    let mut command = Command::new("node");
    command.args(["--input-type=module", "--eval", include_str!("vite-server.mjs"), "--", &self.mark]);
    self.start_child(command, "vite").map_err(|source| match source.kind() {
      io::ErrorKind::NotFound => Error::NoNode,
      _ => Error::Io { what: "the dev server does not start", hint: "free memory or processes", source },
    })
  }

  fn start_tool(&mut self, tool: Tool) -> Result<(), Error> {
    let name = tool.command();
    let path = project::installed(&self.folder, name).ok_or_else(|| Error::NotInstalled { command: name, folder: self.folder.clone() })?;
    let failed = |source| Error::Io {
      what: "what the app is built with does not start",
      hint: "install the app's packages anew: npm install",
      source,
    };
    let electron = electron_folder(&self.options.executable).map_err(failed)?;
    let mut command = Command::new(path);
    command.args(tool.arguments(&self.options.arguments));
    command.env(LAUNCHER_VARIABLE, &self.address);
    // The first is electron-vite's own, the second what npm's electron package goes by.
    command.env("ELECTRON_EXEC_PATH", electron.path().join(electron_name())).env("ELECTRON_OVERRIDE_DIST_PATH", electron.path());
    self.electron = Some(electron);
    self.start_child(command, name).map_err(failed)
  }

  fn start_child(&mut self, mut command: Command, name: &'static str) -> io::Result<()> {
    command.current_dir(&self.folder).stdin(std::process::Stdio::null());
    if console::colors_enabled() {
      command.env("FORCE_COLOR", "1");
    }
    self.count += 1;
    self.tool = Some((self.count, Process::start(command, Source::Tool(name), self.count, &self.news)?));
    Ok(())
  }
}

/// What Electron's executable is called in its folder.
fn electron_name() -> &'static str {
  if cfg!(windows) { "electron.exe" } else { "electron" }
}

/// A folder that has the executable under Electron's name, for those who look for it there.
fn electron_folder(executable: &Path) -> io::Result<TempDir> {
  let folder = tempfile::Builder::new().prefix("shell-dev-").tempdir()?;
  let target = folder.path().join(electron_name());
  #[cfg(unix)]
  std::os::unix::fs::symlink(executable, target)?;
  #[cfg(not(unix))]
  std::fs::hard_link(executable, &target).or_else(|_| std::fs::copy(executable, &target).map(drop))?;
  Ok(folder)
}

/// Sends a message when the terminal or somebody else wants this process to end.
#[cfg(unix)]
fn signals(news: &UnboundedSender<News>) {
  use tokio::signal::unix::{SignalKind, signal};
  for kind in [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()] {
    let Ok(mut signals) = signal(kind) else { continue };
    let code = u8::try_from(128 + kind.as_raw_value()).unwrap_or(1);
    let news = news.clone();
    tokio::spawn(async move { while signals.recv().await.is_some() && news.send(News::Signal(code)).is_ok() {} });
  }
}

#[cfg(not(unix))]
fn signals(news: &UnboundedSender<News>) {
  let news = news.clone();
  tokio::spawn(async move { while tokio::signal::ctrl_c().await.is_ok() && news.send(News::Signal(130)).is_ok() {} });
}
