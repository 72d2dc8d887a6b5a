//! What nobody guesses, and script messages, which have it in front.

use super::Refusal;

/// What nobody guesses: a view's secret or a document's token.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Token(pub(super) [u8; TOKEN_LENGTH]);

pub(super) const TOKEN_LENGTH: usize = 16;
impl Token {
  /// Reads 32 hexadecimal digits.
  pub fn from_hex(text: &str) -> Option<Self> {
    let digits = text.as_bytes();
    if digits.len() != TOKEN_LENGTH * 2 {
      return None;
    }
    let mut bytes = [0; TOKEN_LENGTH];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
      let digit = |at: usize| char::from(pair[at]).to_digit(16);
      *byte = u8::try_from(digit(0)? * 16 + digit(1)?).ok()?;
    }
    Some(Self(bytes))
  }

  /// What is nothing but a token.
  pub fn of_bytes(bytes: &[u8]) -> Option<Self> {
    bytes.try_into().ok().map(Self)
  }

  /// A new one, from the system's source of randomness.
  pub(super) fn random() -> std::io::Result<Self> {
    let mut bytes = [0; TOKEN_LENGTH];
    fill_random(&mut bytes)?;
    Ok(Self(bytes))
  }

  /// Without a hint in the time that it takes.
  pub(super) fn matches(&self, other: &Self) -> bool {
    self.0.iter().zip(&other.0).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
  }

  /// Takes one off the front of a message.
  pub(super) fn split(bytes: &[u8]) -> Option<(Self, &[u8])> {
    bytes.split_first_chunk().map(|(token, rest)| (Self(*token), rest))
  }

  /// 32 hexadecimal digits.
  pub fn hex(&self) -> String {
    self.0.iter().map(|byte| format!("{byte:02x}")).collect()
  }
}

impl std::fmt::Debug for Token {
  fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
    formatter.write_str("Token(..)")
  }
}

#[cfg(unix)]
fn fill_random(bytes: &mut [u8]) -> std::io::Result<()> {
  use std::io::Read;
  std::fs::File::open("/dev/urandom")?.read_exact(bytes)
}

#[cfg(windows)]
fn fill_random(bytes: &mut [u8]) -> std::io::Result<()> {
  #[link(name = "bcryptprimitives", kind = "raw-dylib")]
  unsafe extern "system" {
    fn ProcessPrng(data: *mut u8, length: usize) -> i32;
  }
  // SAFETY: the pointer and the length describe `bytes`. The function is documented never to fail.
  unsafe { ProcessPrng(bytes.as_mut_ptr(), bytes.len()) };
  Ok(())
}

/// The bytes of a script message, whose text has one character for each: that of its number, and U+0100 for zero, which ends a text where
/// engines have those of C.
pub fn bytes_of_text(text: &str) -> Result<Vec<u8>, Refusal> {
  let mut bytes = Vec::with_capacity(text.len());
  for character in text.chars() {
    bytes.push(match u32::from(character) {
      0x100 => 0,
      code @ 1..=0xff => code as u8,
      _ => return Err(Refusal::Malformed),
    });
  }
  Ok(bytes)
}
