//! Workers of pages that have Node: like documents, but in no frame, and reached by the answer to a request that each keeps open.
//!
//! The JS thread takes a worker in before its first script runs, so none is heard that it has not agreed to.

use super::document::Document;
use super::frames::WORKER;
use super::{MAX_DOCUMENTS, Portable, Refusal, Token, lock};

impl Portable {
  /// Takes a worker of a page in, like a document. Gives its number and the token that only its first script knows.
  pub fn open_worker(&self, connection: u32) -> Option<(u32, Token)> {
    let mut state = lock(&self.0.state);
    let found = state.connections.get_mut(&connection).filter(|found| found.documents.len() < MAX_DOCUMENTS)?;
    let token = Token::random().ok()?;
    found.last_document += 1;
    found.documents.insert(found.last_document, Document::new(token, WORKER));
    Some((found.last_document, token))
  }

  /// A worker has ended, or the page that made it. `wake` is called with the view's id, whose requests are to be looked through.
  pub fn close_worker(&self, connection: u32, document: u32, wake: impl FnOnce(u32)) {
    let mut state = lock(&self.0.state);
    let Some(found) = state.connections.get_mut(&connection) else { return };
    if found.documents.get(&document).is_none_or(|document| document.frame != WORKER) {
      return;
    }
    found.remove(document);
    let (web_contents, waking) = (found.web_contents, std::mem::replace(&mut found.waking, true));
    drop(state);
    if !waking {
      wake(web_contents);
    }
  }

  /// A worker can take an answer that holds frames. Gives its number.
  pub fn wait_for_news(&self, connection: u32, token: &Token) -> Result<u32, Refusal> {
    let mut state = lock(&self.0.state);
    let found = state.connections.get_mut(&connection).ok_or(Refusal::Stranger)?;
    let number = found.number_of(token).ok_or(Refusal::Stranger)?;
    let document = found.documents.get_mut(&number).filter(|document| document.frame == WORKER).ok_or(Refusal::Malformed)?;
    document.waiting = true;
    if document.has_news() {
      found.touched.push(number);
    }
    Ok(number)
  }
}
