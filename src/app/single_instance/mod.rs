//! The single-instance lock of an app: one holder for each user data folder, and the way to it for those who come later.
//!
//! The lock is a file of the user data folder that the kernel frees however the holder ends. Later instances send their arguments to the
//! holder, through a socket on Unix and a named pipe on Windows. Both are for one user, and what arrives is data, never options.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

use std::io;
use std::time::Duration;

use serde::{Deserialize, Serialize};

#[cfg(unix)]
pub use unix::{SingleInstance, request};
#[cfg(windows)]
pub use windows::{SingleInstance, request};

/// Electron's limit on Linux and macOS; a larger message loses the lock without an event.
pub const MAX_MESSAGE: usize = 32 * 1024 * 1024;
/// How long either end waits for the other before it gives up.
const PATIENCE: Duration = Duration::from_secs(5);
/// Length of what stands before a message.
const HEADER_LENGTH: usize = 8;

/// What a later instance tells the holder.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondInstance {
  pub argv: Vec<String>,
  pub cwd: String,
  /// Bytes of the codec, empty when the app gave none.
  #[serde(skip)]
  pub data: Vec<u8>,
}

/// A message as it crosses: the lengths of its two parts, then the parts.
fn encode(message: &SecondInstance) -> io::Result<Vec<u8>> {
  let head = serde_json::to_vec(message)?;
  if head.len() + message.data.len() > MAX_MESSAGE {
    return Err(io::Error::new(io::ErrorKind::InvalidInput, "the message for the first instance is larger than 32 MB"));
  }
  let mut bytes = Vec::with_capacity(HEADER_LENGTH + head.len() + message.data.len());
  bytes.extend_from_slice(&(head.len() as u32).to_le_bytes());
  bytes.extend_from_slice(&(message.data.len() as u32).to_le_bytes());
  bytes.extend_from_slice(&head);
  bytes.extend_from_slice(&message.data);
  Ok(bytes)
}

/// The lengths of the two parts that a header announces.
fn lengths(header: [u8; HEADER_LENGTH]) -> io::Result<(usize, usize)> {
  let [a, b, c, d, e, f, g, h] = header;
  let (head, data) = (u32::from_le_bytes([a, b, c, d]) as usize, u32::from_le_bytes([e, f, g, h]) as usize);
  if head.saturating_add(data) > MAX_MESSAGE {
    return Err(io::Error::new(io::ErrorKind::InvalidData, "the announced message is larger than 32 MB"));
  }
  Ok((head, data))
}

/// The message of two parts, of which the first is `head` bytes long.
fn decode(mut bytes: Vec<u8>, head: usize) -> io::Result<SecondInstance> {
  let data = bytes.split_off(head);
  let mut message: SecondInstance = serde_json::from_slice(&bytes)?;
  message.data = data;
  Ok(message)
}

/// FNV-1a: a name made of it must be the same in every build, which the standard library's hasher does not promise.
#[cfg(unix)]
fn stable_hash(bytes: &[u8]) -> u64 {
  bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
