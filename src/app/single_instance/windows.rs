//! The lock of Windows: a file that only the holder may have open for writing, and a named pipe.
//!
//! Names of pipes are known to all users of the machine, so the pipe has one that nobody can guess, and the file, which lies in the user's own
//! folder, tells it. Who can read that file is the same user.

use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read, Write};
use std::os::windows::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::windows::named_pipe::{ClientOptions, NamedPipeServer, ServerOptions};
use tokio::sync::Notify;
use tokio::time::timeout;

use super::{HEADER_LENGTH, PATIENCE, SecondInstance, decode, encode, lengths};

/// `FILE_SHARE_READ`: others may read the file while we have it open, and not write it.
const SHARE_READ: u32 = 1;
/// `ERROR_SHARING_VIOLATION`: somebody has the file open.
const SHARING_VIOLATION: i32 = 32;
/// What every name of a pipe begins with.
const PIPE_PREFIX: &str = r"\\.\pipe\shell-";
/// Longer names are not ours.
const MAX_NAME: u64 = 128;

/// A held lock. Dropping it frees the lock and ends the pipe.
#[derive(Debug)]
pub struct SingleInstance {
  stop: Arc<Notify>,
  _lock: File,
}

/// Takes the lock of `user_data`, which is made if need be, or tells the holder about us and returns `None`.
/// `on_second` is called on a thread of its own for each later instance.
///
/// # Errors
/// The folder, the lock file or the pipe cannot be made or opened.
pub fn request(
  user_data: &Path,
  message: &SecondInstance,
  on_second: impl Fn(SecondInstance) + Send + 'static,
) -> io::Result<Option<SingleInstance>> {
  fs::create_dir_all(user_data)?;
  let path = user_data.join("SingletonLock");
  let mut lock = match OpenOptions::new().create(true).truncate(true).write(true).share_mode(SHARE_READ).open(&path) {
    Ok(lock) => lock,
    Err(error) if error.raw_os_error() == Some(SHARING_VIOLATION) => {
      // A holder that cannot be reached still holds: the caller lost, with nobody told.
      let _ = tell(&path, encode(message)?);
      return Ok(None);
    }
    Err(error) => return Err(error),
  };
  let name = pipe_name();
  let stop = Arc::new(Notify::new());
  let stopped = stop.clone();
  // The pipe must be there before its name is.
  let (sender, made) = std::sync::mpsc::channel();
  let serve_name = name.clone();
  std::thread::Builder::new().name("single-instance".into()).spawn(move || {
    let served = runtime().map(|runtime| {
      runtime.block_on(async {
        match ServerOptions::new().first_pipe_instance(true).reject_remote_clients(true).create(&serve_name) {
          Ok(server) => {
            let _ = sender.send(Ok(()));
            tokio::select! {
              () = serve(server, &serve_name, on_second) => {}
              () = stopped.notified() => {}
            }
          }
          Err(error) => {
            let _ = sender.send(Err(error));
          }
        }
      });
    });
    drop(served);
  })?;
  made.recv().map_err(|_| io::Error::other("the pipe of the single-instance lock could not be made"))??;
  lock.write_all(name.as_bytes())?;
  Ok(Some(SingleInstance { stop, _lock: lock }))
}

impl Drop for SingleInstance {
  fn drop(&mut self) {
    self.stop.notify_one();
  }
}

fn runtime() -> io::Result<tokio::runtime::Runtime> {
  tokio::runtime::Builder::new_current_thread().enable_all().build()
}

/// A name that nobody can guess: the keys of the standard library's hasher come from the system's source of random numbers.
fn pipe_name() -> String {
  let part = || RandomState::new().hash_one(std::process::id());
  format!("{PIPE_PREFIX}{:016x}{:016x}", part(), part())
}

/// Takes one later instance after the other. One that says nothing is given up after a while.
async fn serve(mut server: NamedPipeServer, name: &str, on_second: impl Fn(SecondInstance)) {
  loop {
    if server.connect().await.is_err() {
      return;
    }
    // The next one must find a pipe while this one is read.
    let Ok(next) = ServerOptions::new().reject_remote_clients(true).create(name) else { return };
    let connected = std::mem::replace(&mut server, next);
    if let Ok(Ok(message)) = timeout(PATIENCE, receive(connected)).await {
      on_second(message);
    }
  }
}

async fn receive(mut pipe: NamedPipeServer) -> io::Result<SecondInstance> {
  let mut header = [0; HEADER_LENGTH];
  pipe.read_exact(&mut header).await?;
  let (head, data) = lengths(header)?;
  // The memory grows as bytes really arrive.
  let mut bytes = Vec::new();
  (&mut pipe).take((head + data) as u64).read_to_end(&mut bytes).await?;
  if bytes.len() != head + data {
    return Err(io::ErrorKind::UnexpectedEof.into());
  }
  let message = decode(bytes, head)?;
  pipe.write_all(&[1]).await?;
  pipe.flush().await?;
  Ok(message)
}

/// Sends a message to the holder, on a thread of its own: the caller's may run the JavaScript thread's tokio runtime.
fn tell(lock: &Path, bytes: Vec<u8>) -> io::Result<()> {
  let lock = lock.to_owned();
  let thread = std::thread::Builder::new().spawn(move || runtime()?.block_on(tell_on(&lock, &bytes)))?;
  thread.join().map_err(|_| io::Error::other("the thread that tells the first instance failed"))?
}

async fn tell_on(lock: &Path, bytes: &[u8]) -> io::Result<()> {
  // The holder writes the pipe's name a moment after it took the lock, and may be reading another instance's message.
  let started = Instant::now();
  let mut pipe = loop {
    match holder(lock).and_then(|name| ClientOptions::new().open(name)) {
      Ok(pipe) => break pipe,
      Err(error) if started.elapsed() > PATIENCE => return Err(error),
      Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
    }
  };
  let talk = async {
    pipe.write_all(bytes).await?;
    // The holder answers with one byte when it has it all, so that our exit cannot cut the message short.
    pipe.read_exact(&mut [0]).await
  };
  timeout(PATIENCE, talk).await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?.map(drop)
}

/// The name of the holder's pipe.
fn holder(lock: &Path) -> io::Result<String> {
  let mut name = String::new();
  File::open(lock)?.take(MAX_NAME).read_to_string(&mut name)?;
  if name.starts_with(PIPE_PREFIX) { Ok(name) } else { Err(io::ErrorKind::NotFound.into()) }
}
