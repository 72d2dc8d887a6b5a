//! Ways past the JS thread for some frames of a document, to its Node context.

use std::sync::Arc;

use super::super::Route;
use super::{Portable, lock};

impl Portable {
  /// Makes a way past the JS thread for frames of [`ROUTED_KINDS`](super::super::ROUTED_KINDS) of one document.
  pub fn open_route(&self, connection: u32, document: u32) -> Arc<Route> {
    let route = Arc::new(Route::default());
    if let Some(old) = lock(&self.0.state).routes.insert((connection, document), route.clone()) {
      old.close();
    }
    route
  }

  /// Ends that way. `wake` is called as by [`Portable::take_frames`].
  pub fn close_route(&self, connection: u32, document: u32, wake: impl FnOnce(u32)) {
    let route = lock(&self.0.state).routes.remove(&(connection, document));
    if let Some(route) = route {
      route.close();
      self.route_has_room(connection, wake);
    }
  }

  /// A route that had a page wait has room again. `wake` is called as by [`Portable::take_frames`].
  pub fn route_has_room(&self, connection: u32, wake: impl FnOnce(u32)) {
    let mut state = lock(&self.0.state);
    let Some(found) = state.connections.get_mut(&connection) else { return };
    if !found.holding || std::mem::replace(&mut found.waking, true) {
      return;
    }
    let web_contents = found.web_contents;
    drop(state);
    wake(web_contents);
  }
}
