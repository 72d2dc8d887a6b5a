//! Stands in for the runtime's timetable, which Node does not have: `vendor/stubs/README.md`.

/// What keeps a timetable.
pub trait CronHandler {
  /// Another one that takes its place when a snapshot of a process goes on.
  fn maybe_reload(&self) -> Option<Box<dyn CronHandler>> {
    None
  }
}

/// Keeps none.
pub struct CronHandlerImpl;

impl CronHandlerImpl {
  pub fn create_from_env() -> Self {
    Self
  }
}

impl CronHandler for CronHandlerImpl {}

/// A timetable of this process.
pub mod local {
  /// Keeps none.
  #[derive(Default)]
  pub struct LocalCronHandler;

  impl LocalCronHandler {
    pub fn new() -> Self {
      Self
    }
  }

  impl crate::CronHandler for LocalCronHandler {}
}

/// For another clone it is compiled anew: it names its scripts by their paths.
const _: Option<&str> = option_env!("SHELL_CHECKOUT");

deno_core::extension!(
  deno_cron,
  lazy_loaded_js = ["01_cron.ts"],
  options = {
    cron_handler: Box<dyn CronHandler>,
  },
  state = |state, options| {
    state.put::<std::rc::Rc<dyn CronHandler>>(std::rc::Rc::from(options.cron_handler));
  }
);
