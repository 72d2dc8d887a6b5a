//! Windows: folders of the user are the user's own by what they inherit, and the console tells what signals tell elsewhere.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::os::windows::fs::FileExt;
use std::path::Path;

use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_logoff, ctrl_shutdown};
use windows::Win32::Foundation::{
  ERROR_DIRECTORY, ERROR_FILE_NOT_FOUND, ERROR_INVALID_FUNCTION, ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER, WIN32_ERROR,
};

use crate::bridge::{UiEnd, UiEvent};

/// What an open file is to a child of the runtime.
pub(crate) use deno_subprocess_windows::Stdio;

/// The system's numbers of errors, those that the runtime has Node's names for where there are several.
pub(crate) const BAD_DESCRIPTOR: i32 = number(ERROR_INVALID_HANDLE);
pub(crate) const INVALID_ARGUMENT: i32 = number(ERROR_INVALID_PARAMETER);
pub(crate) const IS_A_FOLDER: i32 = number(ERROR_INVALID_FUNCTION);
pub(crate) const NOT_A_FOLDER: i32 = number(ERROR_DIRECTORY);
pub(crate) const NOT_THERE: i32 = number(ERROR_FILE_NOT_FOUND);

const fn number(error: WIN32_ERROR) -> i32 {
  error.0.cast_signed()
}

/// Makes a folder and those above it. Below the user's profile, folders inherit that only the user may write them.
pub(crate) fn create_private_folder(folder: &Path) -> io::Result<()> {
  std::fs::create_dir_all(folder)
}

/// Files inherit who may read them from their folder.
pub(crate) fn make_private(_options: &mut OpenOptions) {}

/// Links need rights there that other users do not have.
pub(crate) fn never_follow(_options: &mut OpenOptions) {}

/// Reads at a place of a file. It moves the file's position, which nobody relies on.
pub(crate) fn read_at(file: &File, mut bytes: &mut [u8], mut place: u64) -> io::Result<()> {
  while !bytes.is_empty() {
    match file.seek_read(bytes, place)? {
      0 => return Err(io::ErrorKind::UnexpectedEof.into()),
      read => {
        bytes = &mut bytes[read..];
        place += read as u64;
      }
    }
  }
  Ok(())
}

/// What lies in the user's own folder is taken for the user's.
pub(crate) fn is_private(_metadata: &Metadata) -> bool {
  true
}

/// Each library finds its own functions here.
pub(crate) fn load_apart(_path: &Path) {}

/// There is no such limit.
pub(crate) fn raise_file_limit() {}

/// Handles are inherited only where that was asked for.
pub(crate) fn close_in_children(_descriptor: i64) {}

/// Nothing can tell whether a number is that of a pipe without using it.
pub(crate) fn is_channel(_descriptor: i64) -> bool {
  true
}

/// The process ends when it notices that its channel was closed.
pub(crate) fn end_with_parent() {}

/// Windows has no such signal.
pub(crate) fn on_debug_signal(_asked: impl Fn() + Send + 'static) {}

/// The keys and the events of the console that end a program ask the app to quit. Must be called in the tokio runtime of the JavaScript
/// thread.
pub(crate) fn forward_quit_requests(ui_end: &UiEnd) {
  macro_rules! forward {
    ($($listen:ident),+) => {$(
      let end = ui_end.clone();
      // What cannot be listened to keeps its default, which ends the process too.
      if let Ok(mut asked) = $listen() {
        tokio::spawn(async move {
          while asked.recv().await.is_some() {
            end.emit(UiEvent::QuitAsked {});
          }
        });
      }
    )+};
  }
  forward!(ctrl_c, ctrl_break, ctrl_close, ctrl_logoff, ctrl_shutdown);
}
