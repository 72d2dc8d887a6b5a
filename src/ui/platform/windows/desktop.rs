//! Monitors, the pointer, the order of windows, and calls from outside of the event loop's callback.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;

use windows::Win32::Foundation::{HWND, LPARAM, POINT, RECT};
use windows::Win32::Graphics::Gdi::{
  DEVMODEW, ENUM_CURRENT_SETTINGS, EnumDisplayMonitors, EnumDisplaySettingsW, GetMonitorInfoW, HDC, HMONITOR, MONITOR_DEFAULTTONEAREST,
  MONITORINFO, MONITORINFOEXW, MonitorFromWindow,
};
use windows::Win32::System::Diagnostics::Debug::MessageBeep;
use windows::Win32::UI::HiDpi::{GetDpiForMonitor, MDT_EFFECTIVE_DPI};
use windows::Win32::UI::Shell::SetCurrentProcessExplicitAppUserModelID;
use windows::Win32::UI::WindowsAndMessaging::{
  GW_HWNDNEXT, GetCursorPos, GetTopWindow, GetWindow, KillTimer, MB_OK, MONITORINFOF_PRIMARY, SetTimer, USER_TIMER_MINIMUM,
};
use windows_core::{BOOL, HSTRING, PCWSTR};

use crate::bridge::{DisplayInfo, Rect, WindowId};

use super::super::common::Window;
use super::window::hwnd;

/// The dots of an inch at a scale of 1.
const BASE_DPI: f64 = 96.0;

pub(crate) fn beep() {
  // SAFETY: no memory is passed. A machine without sound has none to make.
  let _ = unsafe { MessageBeep(MB_OK) };
}

pub(super) fn set_app_user_model_id(name: &str) {
  if name.is_empty() || name.contains('\0') {
    return;
  }
  // SAFETY: the text outlives the call. An id that is refused leaves the executable's own.
  let _ = unsafe { SetCurrentProcessExplicitAppUserModelID(&HSTRING::from(name)) };
}

pub(crate) fn displays() -> Vec<DisplayInfo> {
  unsafe extern "system" fn collect(monitor: HMONITOR, _: HDC, _: *mut RECT, list: LPARAM) -> BOOL {
    // SAFETY: `list` is the vector below, which outlives the enumeration that this is called from.
    unsafe { (*(list.0 as *mut Vec<HMONITOR>)).push(monitor) };
    true.into()
  }
  let mut monitors: Vec<HMONITOR> = Vec::new();
  // SAFETY: the callback takes the vector for what it is, and is called only inside of this call.
  let _ = unsafe { EnumDisplayMonitors(None, None, Some(collect), LPARAM(&raw mut monitors as isize)) };
  monitors.into_iter().filter_map(display).collect()
}

fn display(monitor: HMONITOR) -> Option<DisplayInfo> {
  let info = info_of(monitor)?;
  let scale = scale_of(monitor);
  let mut mode = DEVMODEW { dmSize: size_of::<DEVMODEW>() as u16, ..DEVMODEW::default() };
  // SAFETY: the device's name ends with a zero, and `mode` knows its own size.
  let known = unsafe { EnumDisplaySettingsW(PCWSTR(info.szDevice.as_ptr()), ENUM_CURRENT_SETTINGS, &raw mut mode) }.as_bool();
  // SAFETY: the settings of a display fill this arm of the union.
  let orientation = if known { unsafe { mode.Anonymous1.Anonymous2.dmDisplayOrientation.0 } } else { 0 };
  let end = info.szDevice.iter().position(|unit| *unit == 0).unwrap_or(info.szDevice.len());
  let label = String::from_utf16_lossy(&info.szDevice[..end]);
  // The device's name is all that stays the same between starts.
  let mut hasher = DefaultHasher::new();
  label.hash(&mut hasher);
  Some(DisplayInfo {
    id: (hasher.finish() as u32) & 0x7fff_ffff,
    label,
    bounds: logical(info.monitorInfo.rcMonitor, scale),
    work_area: logical(info.monitorInfo.rcWork, scale),
    scale_factor: scale,
    rotation: orientation.min(3) * 90,
    display_frequency: if known { f64::from(mode.dmDisplayFrequency) } else { 0.0 },
    primary: info.monitorInfo.dwFlags & MONITORINFOF_PRIMARY != 0,
  })
}

fn info_of(monitor: HMONITOR) -> Option<MONITORINFOEXW> {
  let mut info = MONITORINFOEXW::default();
  info.monitorInfo.cbSize = size_of::<MONITORINFOEXW>() as u32;
  // SAFETY: `info` begins with the structure that the call takes, and says how large it really is.
  unsafe { GetMonitorInfoW(monitor, (&raw mut info).cast::<MONITORINFO>()) }.as_bool().then_some(info)
}

fn scale_of(monitor: HMONITOR) -> f64 {
  let (mut x, mut y) = (0, 0);
  // SAFETY: both numbers outlive the call.
  match unsafe { GetDpiForMonitor(monitor, MDT_EFFECTIVE_DPI, &raw mut x, &raw mut y) } {
    Ok(()) if x > 0 => f64::from(x) / BASE_DPI,
    _ => 1.0,
  }
}

fn logical(rect: RECT, scale: f64) -> Rect {
  let unit = |value: i32| (f64::from(value) / scale).round() as i32;
  Rect { x: unit(rect.left), y: unit(rect.top), width: unit(rect.right - rect.left), height: unit(rect.bottom - rect.top) }
}

/// The part of a window's monitor that the task bar leaves free.
pub(crate) fn work_area_of(window: &tao::window::Window) -> Rect {
  // SAFETY: the window is alive, and the call gives a monitor always.
  let monitor = unsafe { MonitorFromWindow(hwnd(window), MONITOR_DEFAULTTONEAREST) };
  info_of(monitor).map(|info| logical(info.monitorInfo.rcWork, scale_of(monitor))).unwrap_or_default()
}

pub(crate) fn cursor_position() -> Result<(i32, i32), String> {
  let mut point = POINT::default();
  // SAFETY: `point` outlives the call.
  unsafe { GetCursorPos(&raw mut point) }.map_err(|error| error.to_string())?;
  // SAFETY: the call gives a monitor always.
  let monitor = unsafe { windows::Win32::Graphics::Gdi::MonitorFromPoint(point, MONITOR_DEFAULTTONEAREST) };
  let at = logical(RECT { left: point.x, top: point.y, right: point.x, bottom: point.y }, scale_of(monitor));
  Ok((at.x, at.y))
}

/// Ids of windows from the topmost to the lowest.
pub(crate) fn stacking(windows: &[Rc<Window>]) -> Vec<WindowId> {
  let mut ordered = Vec::new();
  // SAFETY: the calls only take handles, which may have become those of windows that are gone.
  let mut next = unsafe { GetTopWindow(None) };
  while let Ok(handle) = next {
    ordered.extend(windows.iter().filter(|window| hwnd(window.tao()) == handle).map(|window| window.id()));
    // A window that moves while the list is walked could lead in a circle.
    if ordered.len() > windows.len() {
      break;
    }
    // SAFETY: as above.
    next = unsafe { GetWindow(handle, GW_HWNDNEXT) };
  }
  ordered.truncate(windows.len());
  ordered
}

type Call = Box<dyn FnOnce()>;

thread_local! {
  static CALLS: RefCell<VecDeque<Call>> = const { RefCell::new(VecDeque::new()) };
}

/// Calls a function out of the message loop itself, where tao is not in the middle of handing over an event.
pub(crate) fn outside_of_loop(run: impl FnOnce() + 'static) {
  unsafe extern "system" fn due(_: HWND, _: u32, timer: usize, _: u32) {
    // SAFETY: the timer is the one that is due.
    let _ = unsafe { KillTimer(None, timer) };
    let call = CALLS.with_borrow_mut(VecDeque::pop_front);
    if let Some(call) = call {
      call();
    }
  }
  CALLS.with_borrow_mut(|calls| calls.push_back(Box::new(run)));
  // SAFETY: a timer without a window calls the function on this thread.
  if unsafe { SetTimer(None, 0, USER_TIMER_MINIMUM, Some(due)) } == 0 {
    // Without a timer the call comes from here, and others wait until it is over.
    if let Some(call) = CALLS.with_borrow_mut(VecDeque::pop_back) {
      call();
    }
  }
}
