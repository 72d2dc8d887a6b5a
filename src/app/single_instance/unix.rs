//! The lock of Unix: `flock` on a file, and a socket beside it. The peer's user is checked on both ends.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::{HEADER_LENGTH, PATIENCE, SecondInstance, decode, encode, lengths, stable_hash};

/// Longest path that fits a Unix socket address everywhere, with its closing zero: macOS has 104 bytes, Linux 108.
const MAX_SOCKET_PATH: usize = 103;

/// A held lock. Dropping it frees the lock and removes the socket.
#[derive(Debug)]
pub struct SingleInstance {
  socket: PathBuf,
  stopped: Arc<AtomicBool>,
  _lock: File,
}

/// Takes the lock of `user_data`, which is made if need be, or tells the holder about us and returns `None`.
/// `on_second` is called on a thread of its own for each later instance.
///
/// # Errors
/// The folder or the lock file cannot be made or opened.
pub fn request(
  user_data: &Path,
  message: &SecondInstance,
  on_second: impl Fn(SecondInstance) + Send + 'static,
) -> io::Result<Option<SingleInstance>> {
  DirBuilder::new().recursive(true).mode(0o700).create(user_data)?;
  let lock = OpenOptions::new()
    .create(true)
    .truncate(false)
    .write(true)
    .mode(0o600)
    .custom_flags(libc::O_NOFOLLOW)
    .open(user_data.join("SingletonLock"))?;
  let socket = socket_path(user_data)?;
  // SAFETY: `flock` takes a descriptor that `lock` keeps open and touches no memory.
  if unsafe { libc::flock(lock.as_raw_fd(), libc::LOCK_EX | libc::LOCK_NB) } != 0 {
    let error = io::Error::last_os_error();
    if error.kind() != io::ErrorKind::WouldBlock {
      return Err(error);
    }
    // A holder that cannot be reached still holds: the caller lost, with nobody told.
    let _ = tell(&socket, message);
    return Ok(None);
  }
  // We hold the lock, so whatever stands at the socket's path was left by a holder that died.
  match fs::remove_file(&socket) {
    Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
    _ => {}
  }
  let listener = UnixListener::bind(&socket)?;
  let stopped = Arc::new(AtomicBool::new(false));
  let stop = stopped.clone();
  std::thread::Builder::new().name("single-instance".into()).spawn(move || {
    for stream in listener.incoming() {
      if stop.load(Ordering::Acquire) {
        return;
      }
      if let Some(message) = stream.ok().and_then(|stream| receive(stream).ok()) {
        on_second(message);
      }
    }
  })?;
  Ok(Some(SingleInstance { socket, stopped, _lock: lock }))
}

impl Drop for SingleInstance {
  fn drop(&mut self) {
    self.stopped.store(true, Ordering::Release);
    // The listening thread sits in `accept`; a connection that says nothing wakes it.
    let _ = UnixStream::connect(&self.socket);
    let _ = fs::remove_file(&self.socket);
  }
}

/// The socket's path: beside the lock, or, where that is too long for a socket address, a name made from it in the user's runtime folder.
fn socket_path(user_data: &Path) -> io::Result<PathBuf> {
  let beside = user_data.join("SingletonSocket");
  if beside.as_os_str().len() <= MAX_SOCKET_PATH {
    return Ok(beside);
  }
  let hash = stable_hash(user_data.as_os_str().as_bytes());
  let uid = own_uid();
  let base = std::env::var_os("XDG_RUNTIME_DIR").map_or_else(std::env::temp_dir, PathBuf::from);
  let folder = base.join(format!("shell-{uid}"));
  match DirBuilder::new().mode(0o700).create(&folder) {
    Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
    _ => {}
  }
  let found = fs::symlink_metadata(&folder)?;
  if !found.is_dir() || std::os::unix::fs::MetadataExt::uid(&found) != uid {
    return Err(io::Error::new(io::ErrorKind::PermissionDenied, format!("{} belongs to another user", folder.display())));
  }
  Ok(folder.join(format!("{hash:016x}.sock")))
}

fn own_uid() -> u32 {
  // SAFETY: `getuid` cannot fail and touches no memory.
  unsafe { libc::getuid() }
}

/// The uid of the process at the other end.
#[cfg(target_os = "linux")]
fn peer_uid(stream: &UnixStream) -> io::Result<u32> {
  let mut credentials = libc::ucred { pid: 0, uid: u32::MAX, gid: u32::MAX };
  let mut length = size_of::<libc::ucred>() as libc::socklen_t;
  // SAFETY: the kernel writes at most `length` bytes, the size of the structure, and the descriptor is open.
  let result =
    unsafe { libc::getsockopt(stream.as_raw_fd(), libc::SOL_SOCKET, libc::SO_PEERCRED, (&raw mut credentials).cast(), &raw mut length) };
  if result == 0 { Ok(credentials.uid) } else { Err(io::Error::last_os_error()) }
}

/// The uid of the process at the other end.
#[cfg(not(target_os = "linux"))]
fn peer_uid(stream: &UnixStream) -> io::Result<u32> {
  let (mut uid, mut gid) = (u32::MAX, u32::MAX);
  // SAFETY: both numbers outlive the call, and the descriptor is open.
  let result = unsafe { libc::getpeereid(stream.as_raw_fd(), &raw mut uid, &raw mut gid) };
  if result == 0 { Ok(uid) } else { Err(io::Error::last_os_error()) }
}

fn check_peer(stream: &UnixStream) -> io::Result<()> {
  if peer_uid(stream)? == own_uid() {
    return Ok(());
  }
  Err(io::Error::new(io::ErrorKind::PermissionDenied, "the peer is another user"))
}

fn tell(socket: &Path, message: &SecondInstance) -> io::Result<()> {
  let bytes = encode(message)?;
  // The holder binds a moment after it took the lock.
  let started = Instant::now();
  let mut stream = loop {
    match UnixStream::connect(socket) {
      Ok(stream) => break stream,
      Err(error) if started.elapsed() > PATIENCE => return Err(error),
      Err(_) => std::thread::sleep(Duration::from_millis(10)),
    }
  };
  check_peer(&stream)?;
  stream.set_write_timeout(Some(PATIENCE))?;
  stream.set_read_timeout(Some(PATIENCE))?;
  stream.write_all(&bytes)?;
  // The holder answers with one byte when it has it all, so that our exit cannot cut the message short.
  stream.read_exact(&mut [0])
}

fn receive(mut stream: UnixStream) -> io::Result<SecondInstance> {
  check_peer(&stream)?;
  stream.set_read_timeout(Some(PATIENCE))?;
  stream.set_write_timeout(Some(PATIENCE))?;
  let mut header = [0; HEADER_LENGTH];
  stream.read_exact(&mut header)?;
  let (head, data) = lengths(header)?;
  let bytes = read_exactly(&mut stream, head + data)?;
  let message = decode(bytes, head)?;
  stream.write_all(&[1])?;
  Ok(message)
}

/// Reads `length` bytes, with memory that grows as they really arrive.
fn read_exactly(stream: &mut UnixStream, length: usize) -> io::Result<Vec<u8>> {
  let mut bytes = Vec::new();
  stream.take(length as u64).read_to_end(&mut bytes)?;
  if bytes.len() == length { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

#[cfg(test)]
mod tests {
  use std::sync::mpsc;

  use super::*;

  fn message(argument: &str, data: &[u8]) -> SecondInstance {
    SecondInstance { argv: vec![argument.into()], cwd: "/somewhere".into(), data: data.to_vec() }
  }

  /// S41: what arrives is what was sent, whatever is in it.
  #[test]
  fn the_second_instance_reaches_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let (sender, received) = mpsc::channel();
    let held = request(folder.path(), &message("first", b""), move |message| sender.send(message).unwrap()).unwrap();
    assert!(held.is_some());
    let second = message("--inspect\n\0", &[7; 100_000]);
    assert!(request(folder.path(), &second, |_| ()).unwrap().is_none());
    assert_eq!(received.recv_timeout(PATIENCE).unwrap(), second);
  }

  #[test]
  fn dropping_frees_the_lock_and_a_stale_socket_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    drop(request(folder.path(), &message("a", b""), |_| ()).unwrap().unwrap());
    fs::write(folder.path().join("SingletonSocket"), "left behind").unwrap();
    assert!(request(folder.path(), &message("b", b""), |_| ()).unwrap().is_some());
  }

  #[test]
  fn a_long_folder_name_still_works() {
    let folder = tempfile::tempdir().unwrap();
    let long = folder.path().join("x".repeat(200));
    let (sender, received) = mpsc::channel();
    let held = request(&long, &message("a", b""), move |message| sender.send(message).unwrap()).unwrap();
    assert!(held.is_some());
    assert!(request(&long, &message("b", b""), |_| ()).unwrap().is_none());
    assert_eq!(received.recv_timeout(PATIENCE).unwrap().argv, ["b"]);
  }

  /// S41, and GHSA-3c8v: another user who gets at the socket is not listened to.
  #[test]
  #[cfg(target_os = "linux")]
  fn s41_another_user_is_no_event() {
    use std::os::unix::fs::PermissionsExt;

    // Only the administrator can be somebody else.
    if own_uid() != 0 {
      return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (sender, received) = mpsc::channel();
    let _held = request(folder.path(), &message("a", b""), move |message| sender.send(message).unwrap()).unwrap().unwrap();
    let socket = folder.path().join("SingletonSocket");
    // As if the folder did not keep others away.
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(&socket, fs::Permissions::from_mode(0o777)).unwrap();
    let bytes = encode(&message("evil", b"")).unwrap();
    let answer = std::thread::spawn(move || {
      // SAFETY: the bare system call changes this thread's user alone, which ends with the closure.
      assert_eq!(unsafe { libc::syscall(libc::SYS_setresuid, 65534, 65534, 65534) }, 0);
      let mut stream = UnixStream::connect(&socket).unwrap();
      // The other end may have hung up already.
      let _ = stream.write_all(&bytes);
      stream.read(&mut [0]).unwrap_or(0)
    });
    assert_eq!(answer.join().unwrap(), 0);
    assert!(request(folder.path(), &message("last", b""), |_| ()).unwrap().is_none());
    assert_eq!(received.recv_timeout(PATIENCE).unwrap().argv, ["last"]);
    assert!(received.try_recv().is_err());
  }

  #[test]
  fn garbage_on_the_socket_is_no_event() {
    let folder = tempfile::tempdir().unwrap();
    let (sender, received) = mpsc::channel();
    let _held = request(folder.path(), &message("a", b""), move |message| sender.send(message).unwrap()).unwrap().unwrap();
    for garbage in [&b""[..], b"\xff\xff\xff\xff\xff\xff\xff\xff", b"\x02\0\0\0\0\0\0\0xx", b"\x01"] {
      UnixStream::connect(folder.path().join("SingletonSocket")).unwrap().write_all(garbage).unwrap();
    }
    assert!(request(folder.path(), &message("last", b""), |_| ()).unwrap().is_none());
    assert_eq!(received.recv_timeout(PATIENCE).unwrap().argv, ["last"]);
    assert!(received.try_recv().is_err());
  }
}
