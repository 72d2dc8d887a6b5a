//! The commands of the clipboard. Reading asks another process, so its answers come later.

use crate::bridge::{ClipboardData, ClipboardKind, Reply};

use super::platform;
use super::state::{Outcome, done, json};

pub(crate) fn write(kind: ClipboardKind, data: ClipboardData) -> Outcome {
  platform::clipboard_write(kind, data)?;
  done()
}

pub(crate) fn clear(kind: ClipboardKind) -> Outcome {
  platform::clipboard_clear(kind);
  done()
}

pub(crate) fn read(kind: ClipboardKind, format: &str, reply: Reply) {
  platform::clipboard_read(kind, format, move |text| reply.send(json(text)));
}

pub(crate) fn read_image(kind: ClipboardKind, reply: Reply) {
  platform::clipboard_read_image(kind, move |picture| {
    reply.send(match picture {
      Some(picture) => Ok(crate::bridge::ReplyValue::Picture(picture)),
      None => done(),
    });
  });
}

pub(crate) fn formats(kind: ClipboardKind, reply: Reply) {
  platform::clipboard_formats(kind, move |formats| reply.send(json(formats)));
}
