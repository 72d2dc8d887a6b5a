//! The event loop: takes commands and hands each to its handler. There is one arm for each command.

use std::rc::Rc;
use std::sync::mpsc::TryRecvError;

use tao::event::Event;
use tao::event_loop::{ControlFlow, EventLoopBuilder, EventLoopWindowTarget};
use tao::platform::run_return::EventLoopExtRunReturn;

use crate::bridge::{CommandReceiver, Request, UiCommand, UiEnd, UiEvent, WindowAction};
use crate::lane::portable::Recipient;

use super::state::{Outcome, Ui, done};
use super::{Error, UiConfig, clipboard, dialog, menu, platform, screen, webview, window};

/// What wakes the loop: commands wait in the channel.
#[derive(Debug)]
pub(crate) struct Wake;

/// What makes the loop.
pub(crate) type Builder = tao::event_loop::EventLoopBuilder<Wake>;

/// The target that windows are created on.
pub(crate) type Target = EventLoopWindowTarget<Wake>;

/// See [`super::run`].
pub(crate) fn run(end: UiEnd, commands: CommandReceiver, config: UiConfig) -> Result<i32, Error> {
  // tao panics where there is no display, so that is asked first.
  platform::start(&config)?;
  let mut builder = EventLoopBuilder::<Wake>::with_user_event();
  platform::prepare_event_loop(&mut builder);
  let mut event_loop = builder.build();
  let proxy = event_loop.create_proxy();
  // The proxy holds a channel that is not `Sync` on every platform.
  let proxy = std::sync::Mutex::new(proxy);
  end.set_waker(move || {
    if let Ok(proxy) = proxy.lock() {
      let _ = proxy.send_event(Wake);
    }
  });
  let ui = Rc::new(Ui::new(end, config));
  platform::watch_quit_requests(&ui);
  ui.end.emit(UiEvent::Ready {});
  // While JS runs the app's main script, this thread has nothing to do.
  platform::warm_up(&ui);
  let code = event_loop.run_return(|event, target, flow| {
    *flow = ControlFlow::Wait;
    platform::toolkit_event(&ui, &event);
    // Commands that came before the waker was set are taken with the first event of the loop.
    if matches!(event, Event::NewEvents(_) | Event::UserEvent(Wake)) {
      let mut shows = Vec::new();
      while ui.exit_code.get().is_none() {
        match commands.try_recv() {
          Ok(request) if shows_window(&request.command) => shows.push(request),
          Ok(request) => {
            if !begins_load(&request.command) {
              carry_out_all(&ui, target, &mut shows);
            }
            carry_out(&ui, target, request);
          }
          Err(TryRecvError::Empty) if !shows.is_empty() => carry_out_all(&ui, target, &mut shows),
          Err(TryRecvError::Empty) => break,
          // The JS thread ended without a word: nobody could ever close the windows.
          Err(TryRecvError::Disconnected) => ui.exit_code.set(Some(1)),
        }
      }
    }
    if let Some(code) = ui.exit_code.get() {
      *flow = ControlFlow::ExitWithCode(code);
    }
  });
  window::destroy_all(&ui);
  platform::stop();
  Ok(ui.exit_code.get().unwrap_or(code))
}

/// Whether a load that was asked for right after it may go first: to show a window keeps this thread busy for milliseconds, in which the page could
/// be on its way.
fn shows_window(command: &UiCommand) -> bool {
  matches!(command, UiCommand::WindowAct { action: WindowAction::Show | WindowAction::ShowInactive, .. })
}

fn begins_load(command: &UiCommand) -> bool {
  matches!(command, UiCommand::WebViewLoad { .. } | UiCommand::WebViewLoadHtml { .. } | UiCommand::WebViewPost { .. })
}

fn carry_out_all(ui: &Rc<Ui>, target: &Target, requests: &mut Vec<Request>) {
  for request in requests.drain(..) {
    carry_out(ui, target, request);
  }
}

/// Hands a command to its handler. Handlers that answer later take the reply slot with them.
fn carry_out(ui: &Rc<Ui>, target: &Target, request: Request) {
  use UiCommand as C;
  let Request { command, reply } = request;
  let outcome: Outcome = match command {
    C::Exit { code } => {
      ui.exit_code.set(Some(code));
      done()
    }
    C::SetAppIdentity { name } => {
      platform::set_app_identity(&name);
      done()
    }

    C::WindowCreate { window, options } => window::create(ui, target, window, &options),
    C::WindowSet { window, set } => window::set(ui, window, set),
    C::WindowAct { window, action } => window::act(ui, window, action),
    C::WindowMoveAbove { window, other } => window::move_above(ui, window, other),
    C::WindowState { window } => window::state(ui, window),
    C::WindowDestroy { window } => window::destroy(ui, window),
    C::WindowSetMenu { window, menu } => menu::set_bar(ui, window, menu),
    C::WindowStacking {} => window::stacking(ui),

    C::WebViewCreate { web_contents, window, options } => webview::create(ui, web_contents, window, &options),
    C::WebViewDestroy { web_contents } => webview::destroy(ui, web_contents),
    C::WebViewTryClose { web_contents } => webview::with(ui, web_contents, |view| view.try_close()),
    C::WebViewExpectWindow { web_contents, url } => webview::expect_window(ui, web_contents, url),
    C::WebViewForgetWindow { web_contents, request } => webview::forget_window(ui, web_contents, request),
    C::WebViewRefuseWindow { request, .. } => webview::refuse_window(ui, request),
    C::WebViewCapture { web_contents, rect } => return webview::capture(ui, web_contents, rect, reply),
    C::WebViewSavePage { web_contents, path, whole } => {
      return webview::answered(ui, web_contents, reply, |view, answer| view.save_page(&path, whole, answer));
    }
    C::WebViewPrintToPdf { web_contents, path, options } => {
      return webview::answered(ui, web_contents, reply, |view, answer| view.print_to_pdf(path.as_ref(), &options, answer));
    }
    C::WebViewFind { web_contents, request, text, begin, forward, match_case } => {
      webview::with(ui, web_contents, |view| view.find(request, &text, begin, forward, match_case))
    }
    C::WebViewStopFind { web_contents } => webview::with(ui, web_contents, |view| view.stop_find()),
    C::WebViewSetBounds { web_contents, bounds } => webview::with(ui, web_contents, |view| view.set_bounds(bounds)),
    C::WebViewLoad { web_contents, url, user_agent, headers } => {
      webview::with(ui, web_contents, |view| view.load(&url, user_agent.as_deref(), &headers))
    }
    C::WebViewPost { web_contents, url, user_agent, body } => {
      webview::with(ui, web_contents, |view| view.post(&url, user_agent.as_deref(), &body))
    }
    C::WebViewLoadHtml { web_contents, url, user_agent, html, base_url } => {
      webview::with(ui, web_contents, |view| view.load_html(&url, user_agent.as_deref(), &html, &base_url))
    }
    C::WebViewReload { web_contents, ignore_cache } => webview::with(ui, web_contents, |view| view.reload(ignore_cache)),
    C::WebViewStop { web_contents } => webview::with(ui, web_contents, |view| view.stop()),
    C::WebViewGo { web_contents, offset } => webview::with(ui, web_contents, |view| view.go(offset)),
    C::WebViewHistory { web_contents, page_states } => webview::history(ui, web_contents, page_states),
    C::WebViewRemoveHistory { web_contents, index } => webview::remove_history(ui, web_contents, index),
    C::WebViewRestoreHistory { web_contents, index, entries } => {
      webview::with(ui, web_contents, |view| view.restore_history(index, &entries))
    }
    C::WebViewDecideNavigation { web_contents, request, allow, frame } => {
      webview::with(ui, web_contents, |view| view.decide_navigation(request, allow, frame))
    }
    C::WebViewAnswerDialog { web_contents, request, accept, text } => {
      webview::with(ui, web_contents, |view| view.answer_dialog(request, accept, text.as_deref()))
    }
    C::WebViewAnswerPermission { web_contents, request, allow } => {
      webview::with(ui, web_contents, |view| view.answer_permission(request, allow))
    }
    C::WebViewSetUserAgent { web_contents, user_agent } => webview::with(ui, web_contents, |view| view.set_user_agent(&user_agent)),
    C::WebViewUserAgent { web_contents } => webview::user_agent(ui, web_contents),
    C::WebViewSetZoom { web_contents, factor } => webview::with(ui, web_contents, |view| view.set_zoom(factor)),
    C::WebViewSetMuted { web_contents, muted } => webview::with(ui, web_contents, |view| view.set_muted(muted)),
    C::WebViewFocus { web_contents } => webview::with(ui, web_contents, |view| view.focus()),
    C::WebViewWatchKeys { web_contents, on } => webview::with(ui, web_contents, |view| view.watch_keys(on)),
    C::WebViewAnswerKey { web_contents, request, allow } => webview::with(ui, web_contents, |view| view.answer_key(request, allow)),
    C::WebViewSetBackground { web_contents, color } => webview::with(ui, web_contents, |view| view.set_background(color)),
    C::WebViewInsertCss { web_contents, key, css, user_origin } => {
      webview::with(ui, web_contents, |view| view.insert_css(key, &css, user_origin))
    }
    C::WebViewRemoveCss { web_contents, key } => webview::with(ui, web_contents, |view| view.remove_css(&key)),
    C::WebViewEdit { web_contents, action } => webview::with(ui, web_contents, |view| view.edit(&action)),
    C::WebViewOpenDevTools { web_contents, detached } => webview::with(ui, web_contents, |view| view.open_dev_tools(detached)),
    C::WebViewCloseDevTools { web_contents } => webview::with(ui, web_contents, |view| view.close_dev_tools()),
    C::WebViewDevToolsOpen { web_contents } => webview::dev_tools_open(ui, web_contents),
    C::WebViewCrash { web_contents } => webview::with(ui, web_contents, |view| view.crash()),
    C::WebViewProcessId { web_contents } => webview::process_id(ui, web_contents),

    C::LaneDrain { web_contents } => webview::with(ui, web_contents, |view| view.drain_lane()),
    C::LaneRelease { web_contents, key } => webview::with(ui, web_contents, |view| view.release(key)),
    C::LaneEvaluate { web_contents, document, code, url, world } => {
      let to = document.map_or(Recipient::MainFrame, Recipient::SubFrame);
      return webview::lane_evaluate(ui, web_contents, to, &code, &url, world.as_deref(), reply);
    }

    C::MenuSet { menu, entries } => menu::set(ui, menu, entries),
    C::MenuDrop { menu } => menu::drop_menu(ui, menu),
    C::MenuSetApplication { menu } => menu::set_application(ui, menu),
    // Only macOS can open a menu with a certain entry under the pointer.
    C::MenuPopup { menu, window, x, y, .. } => {
      return menu::popup(ui, menu, window, x.zip(y), reply);
    }
    C::MenuClosePopup { menu } => menu::close_popup(ui, menu),

    C::DialogFile { window, dialog } => return dialog::file(ui, window, *dialog, reply),
    C::DialogMessage { window, request, message_box } => return dialog::message(ui, window, request, &message_box, reply),
    C::DialogClose { request } => dialog::close(ui, request),

    C::ClipboardWrite { kind, data } => clipboard::write(kind, data),
    C::ClipboardRead { kind, format } => return clipboard::read(kind, &format, reply),
    C::ClipboardReadImage { kind } => return clipboard::read_image(kind, reply),
    C::ClipboardFormats { kind } => return clipboard::formats(kind, reply),
    C::ClipboardClear { kind } => clipboard::clear(kind),

    C::Beep {} => screen::beep(),
    C::Displays {} => screen::displays(),
    C::CursorPosition {} => screen::cursor_position(),
  };
  reply.send(outcome);
}
