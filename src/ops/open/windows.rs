//! Windows: the shell opens files and addresses.

use windows::Win32::System::Com::{COINIT_APARTMENTTHREADED, COINIT_DISABLE_OLE1DDE, CoInitializeEx, CoUninitialize};
use windows::Win32::UI::Shell::{SE_ERR_ASSOCINCOMPLETE, SE_ERR_FNF, SE_ERR_NOASSOC, SE_ERR_PNF, ShellExecuteW};
use windows::Win32::UI::WindowsAndMessaging::SW_SHOWNORMAL;
use windows_core::{HSTRING, PCWSTR};

use super::OpenError;

/// What `ShellExecuteW` gives is an error unless it is larger.
const LARGEST_ERROR: usize = 32;

pub(super) async fn open(target: &str) -> Result<(), OpenError> {
  let target = HSTRING::from(target);
  // Shell extensions may want an apartment of their own and may take long.
  let code = tokio::task::spawn_blocking(move || {
    // SAFETY: the thread is told that its apartment ends only if it began here, and the text outlives the call.
    unsafe {
      let apartment = CoInitializeEx(None, COINIT_APARTMENTTHREADED | COINIT_DISABLE_OLE1DDE);
      let code = ShellExecuteW(None, PCWSTR::null(), &target, PCWSTR::null(), PCWSTR::null(), SW_SHOWNORMAL).0 as usize;
      if apartment.is_ok() {
        CoUninitialize();
      }
      code
    }
  })
  .await
  .map_err(|_| OpenError::Failed("The application registered for it could not be started"))?;
  if code > LARGEST_ERROR {
    return Ok(());
  }
  Err(OpenError::Failed(match code as u32 {
    SE_ERR_FNF | SE_ERR_PNF => "The file or address does not exist",
    SE_ERR_NOASSOC | SE_ERR_ASSOCINCOMPLETE => "No application is registered for it",
    _ => "The application registered for it could not be started",
  }))
}
