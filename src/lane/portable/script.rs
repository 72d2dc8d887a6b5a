//! The scripts that bring frames to a page.

use super::{FrameHeader, HEADER_LENGTH, Token};

/// One call of the hook for frames of one document: `hook('token',[kind,id,'bytes'],[kind,id,number of a payload to fetch])`.
pub(super) struct ScriptText {
  text: String,
  bytes: usize,
}

impl ScriptText {
  /// A document that does not know the hook, because its scripts have not run, gets nothing.
  pub(super) fn new(hook: &str, token: &Token) -> Self {
    Self { text: format!("{hook}?.('{}'", token.hex()), bytes: 0 }
  }

  pub(super) fn inline(&mut self, header: FrameHeader, payload: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    self.text.reserve(payload.len() * 2 + 32);
    self.text.push_str(&format!(",[{},{},'", header.kind, header.id));
    for &byte in payload {
      match byte {
        b'\'' | b'\\' | 0..=0x1f | 0x7f.. => {
          self.text.push_str("\\x");
          self.text.push(char::from(DIGITS[usize::from(byte >> 4)]));
          self.text.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
        _ => self.text.push(char::from(byte)),
      }
    }
    self.text.push_str("']");
    self.bytes += payload.len() + HEADER_LENGTH;
  }

  pub(super) fn reference(&mut self, header: FrameHeader, number: u32) {
    self.text.push_str(&format!(",[{},{},{number}]", header.kind, header.id));
    self.bytes += HEADER_LENGTH;
  }

  /// The text, and how many bytes it delivers.
  pub(super) fn finish(mut self) -> (String, usize) {
    self.text.push(')');
    (self.text, self.bytes)
  }
}
