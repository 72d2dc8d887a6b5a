//! What a fault of our own does.

use crate::printer;

/// Has a panic of any thread end the process, after it was told. With one thread less, a window would stay that does not answer any more, or a
/// message that nobody answers. In release builds nothing unwinds anyway.
pub(super) fn end_on_panic() {
  let tell = std::panic::take_hook();
  std::panic::set_hook(Box::new(move |panic| {
    tell(panic);
    printer::error("error: a fault of the shell itself\nhint: report this with the lines above");
    std::process::abort();
  }));
}

#[cfg(all(test, unix))]
mod tests {
  use std::os::unix::process::ExitStatusExt;
  use std::process::Command;
  use std::thread;

  use super::end_on_panic;

  const CHILD: &str = "SHELL_TEST_PANICS";

  #[test]
  fn r34_a_panic_of_any_thread_ends_the_process_and_says_so() {
    if std::env::var_os(CHILD).is_some() {
      end_on_panic();
      let thread = thread::Builder::new().name("another".into()).spawn(|| panic!("on purpose"));
      let _ = thread.expect("a thread").join();
      return;
    }
    let program = std::env::current_exe().expect("the test's own program");
    let name = "app::faults::tests::r34_a_panic_of_any_thread_ends_the_process_and_says_so";
    let output = Command::new(program).args([name, "--exact", "--nocapture"]).env(CHILD, "1").output().expect("started");
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.signal(), Some(libc::SIGABRT), "{text}");
    for part in ["thread 'another'", "on purpose", "error: a fault of the shell itself", "hint: report this"] {
      assert!(text.contains(part), "{part:?} is not in: {text}");
    }
  }
}
