//! The operations that the shell's own JavaScript gets, as one extension of the main worker.
//!
//! Architecture Invariant: only `shell-js/main/binding.js` sees them. The extension puts them into a global that the binding takes and
//! deletes before the first line of an app runs.

#![allow(unreachable_pub, reason = "the macro of the operations writes items that are public in a private place")]

pub mod child;
pub mod codec;
pub mod event;
pub mod guard;
pub mod host;
pub mod image;
pub mod lane;
pub mod open;
pub mod page_node;
pub mod ui;

use std::sync::{Arc, Mutex};

use crate::app::AppConfig;
use crate::bridge::{EventReceiver, JsEnd, UiEnd};
use crate::lane::portable::Portable;
use crate::runtime::{ElectronNames, MainScript};

deno_core::extension!(
  shell,
  ops = [
    codec::op_any_proxy,
    codec::op_has_named_properties,
    event::op_next_events,
    host::op_electron_names,
    host::op_end_process,
    host::op_explain_syntax,
    host::op_is_loaded,
    host::op_host,
    host::op_locale,
    host::op_path,
    host::op_preferred_languages,
    host::op_run_reactions,
    host::op_real_path,
    host::op_single_instance_release,
    host::op_set_uncaught_handler,
    host::op_single_instance_request,
    host::op_main_script,
    image::op_image_crop,
    image::op_image_decode,
    image::op_image_encode_jpeg,
    image::op_image_encode_png,
    image::op_image_resize,
    lane::op_lane_close,
    lane::op_lane_close_worker,
    lane::op_lane_open_worker,
    lane::op_lane_peer,
    lane::op_lane_place,
    lane::op_lane_send,
    lane::op_renderer_modules,
    open::op_open_with_system,
    page_node::op_page_node_close,
    page_node::op_page_node_open,
    page_node::op_page_node_push,
    ui::op_ui_call,
    ui::op_ui_call_sync,
    ui::op_ui_send,
  ],
  esm_entry_point = "ext:shell/door.js",
  // The ops are taken while the extension is evaluated: the runtime deletes them from `core.ops` when it boots. Ours are the last, after
  // the one of the guard, whose extension comes before this one.
  esm = ["ext:shell/door.js" = { source = "import { core } from 'ext:core/mod.js';\nconst all = Object.entries(core.ops);\nconst own = all.slice(all.findIndex(([name]) => name === 'op_caller_is_internal') + 1);\nObject.defineProperty(globalThis, '__shellDoor', { value: { ops: Object.fromEntries(own) }, configurable: true });\n" }],
  options = { config: AppConfig, lane: Portable, end: JsEnd, ui_end: UiEnd, events: EventReceiver, electron: ElectronNames, page_nodes: page_node::PageNodes, main_script: MainScript },
  state = |state, options| {
    state.put(options.config);
    state.put(options.end);
    state.put(options.ui_end);
    state.put(event::Events::new(options.events));
    state.put(lane::PageChannels::new(options.lane));
    state.put(options.electron);
    state.put(options.page_nodes);
    state.put(options.main_script);
    state.put(host::Lock(Arc::new(Mutex::new(None))));
  },
);
