//! The scripts that bring frames to a page.

use super::{FrameHeader, Out, Token};

/// One call of the hook for frames of one document: `hook('token',[kind,id,'bytes'],[kind,id,number of a payload to fetch])`.
#[derive(Default)]
pub(super) struct ScriptText {
  text: String,
  document: u32,
  bytes: usize,
}

impl ScriptText {
  pub(super) fn begin(&mut self, hook: &str, token: &Token, document: u32, out: &mut Vec<Out>) {
    if !self.text.is_empty() && self.document == document {
      return;
    }
    self.finish(out);
    self.document = document;
    // A document that does not know the hook, because its scripts have not run, gets nothing.
    self.text = format!("{hook}?.('{}'", token.hex());
  }

  pub(super) fn inline(&mut self, header: FrameHeader, payload: &[u8], size: usize) {
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
    self.bytes += size;
  }

  pub(super) fn reference(&mut self, header: FrameHeader, number: u32, size: usize) {
    self.text.push_str(&format!(",[{},{},{number}]", header.kind, header.id));
    self.bytes += size;
  }

  pub(super) fn finish(&mut self, out: &mut Vec<Out>) {
    if self.text.is_empty() {
      return;
    }
    let mut text = std::mem::take(&mut self.text);
    text.push(')');
    out.push(Out::Script { text, bytes: std::mem::take(&mut self.bytes) });
  }
}
