//! Whole apps, started as a user would start them: `shell <folder>`.
//!
//! An app of `tests/apps/` prints one JSON object a line, with its name in `event`; a test reads them in order. These tests need a
//! display: `make test TESTS=apps` gives them one of their own.

mod debugged;
mod dev;
mod ends;
mod failing_starts;
mod fixtures;
mod hostile;
mod packaged;
mod processes;
mod running_app;
mod templates;
mod user;

pub(crate) use running_app::PATIENCE;
