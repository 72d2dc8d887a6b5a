//! CommonJS modules: compiled with the code that is kept for them, and what is to be kept.
//!
//! What a module is compiled to is taken some time after it has run, not at once: then it has the code of the functions that a start calls, and the start
//! does not wait for it.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use deno_core::url::Url;
use deno_core::{op2, v8};
use deno_error::JsErrorBox;

use super::apps::{self, Asked, Form, Kind};
use crate::runtime::stack_traces;

/// After a module was compiled, code is taken when no further one was for this time.
const PENDING_DELAY: Duration = Duration::from_secs(3);
/// So long the program may wait for it at a time.
const SLICE: Duration = Duration::from_millis(4);
/// And at the end of the process.
const LAST_SLICE: Duration = Duration::from_millis(300);

/// Modules of this thread whose code is to be taken.
#[derive(Default)]
struct Pending {
  /// `None` on threads on which nothing comes back for them: there code is taken at once.
  isolate: Option<v8::UnsafeRawIsolatePtr>,
  functions: Vec<(u64, v8::Global<v8::Function>)>,
  last: Option<Instant>,
}

thread_local! {
  static PENDING: RefCell<Pending> = RefCell::default();
}

/// This thread calls [`collect_some`] from time to time and [`keep_pending`] at its end.
pub(in crate::runtime) fn start_pending(isolate: &v8::Isolate) {
  // SAFETY: the pointer is only used on this thread, while its isolate lives.
  let isolate = unsafe { isolate.as_raw_isolate_ptr() };
  PENDING.with_borrow_mut(|pending| pending.isolate = Some(isolate));
}

/// Takes the code of some modules if it is time for it. Gives when to call again, if there is anything left to do.
pub(in crate::runtime) fn collect_some() -> Option<Instant> {
  let (count, last) = PENDING.with_borrow(|pending| (pending.functions.len(), pending.last));
  let due = last? + PENDING_DELAY;
  if count == 0 {
    return None;
  }
  let now = Instant::now();
  if now < due {
    return Some(due);
  }
  // Half of the time belongs to the program.
  collect(now + SLICE).then(|| Instant::now() + SLICE)
}

/// Takes what is left at the end of a process.
pub(crate) fn keep_pending() {
  collect(Instant::now() + LAST_SLICE);
}

/// Takes code until a time; whether some is left then.
fn collect(until: Instant) -> bool {
  let Some(isolate) = PENDING.with_borrow(|pending| pending.isolate) else { return false };
  // SAFETY: this is the isolate's thread, and it lives as long as the thread runs JavaScript, which alone calls this.
  let mut isolate = unsafe { v8::Isolate::from_raw_isolate_ptr(isolate) };
  v8::scope!(let scope, &mut isolate);
  while let Some((key, function)) = PENDING.with_borrow_mut(|pending| pending.functions.pop()) {
    let function = v8::Local::new(scope, function);
    if let Some(code) = function.create_code_cache() {
      apps::put(key, &code);
    }
    if Instant::now() >= until {
      return PENDING.with_borrow(|pending| !pending.functions.is_empty());
    }
  }
  false
}

fn keep(scope: &mut v8::PinScope<'_, '_>, key: u64, function: v8::Local<'_, v8::Function>) {
  if PENDING.with_borrow(|pending| pending.isolate.is_none()) {
    if let Some(code) = function.create_code_cache() {
      apps::put(key, &code);
    }
    return;
  }
  let function = v8::Global::new(scope, function);
  PENDING.with_borrow_mut(|pending| {
    pending.functions.push((key, function));
    pending.last = Some(Instant::now());
  });
}

/// Stands in for the runtime's operation that compiles the function around a CommonJS module, and gives what that gives: the function, or what was thrown.
#[op2(reentrant)]
pub(crate) fn op_compile_function_cached<'s, 'i>(
  scope: &mut v8::PinScope<'s, 'i>,
  source: v8::Local<'s, v8::Value>,
  #[string] specifier: String,
  host_defined_options: Option<v8::Local<'s, v8::Array>>,
  params_buf: v8::Local<'s, v8::Array>,
) -> Result<v8::Local<'s, v8::Value>, JsErrorBox> {
  let out = v8::Array::new(scope, 2);
  v8::tc_scope!(let scope, scope);
  let source = v8::Local::<v8::String>::try_from(source).map_err(|_| JsErrorBox::type_error("Invalid source"))?;
  let specifier = Url::parse(&specifier).map_err(JsErrorBox::from_err)?;
  stack_traces::note_common_js(&specifier);
  let name = v8::String::new(scope, specifier.as_str()).ok_or_else(|| JsErrorBox::range_error("the address is too long"))?;
  let options = match host_defined_options {
    Some(array) => Some(primitives(scope, array)?),
    None => None,
  };
  let origin = v8::ScriptOrigin::new(scope, name.into(), 0, 0, false, 0, None, false, false, false, options);
  let mut parameters = Vec::with_capacity(params_buf.length() as usize);
  for index in 0..params_buf.length() {
    let name = params_buf.get_index(scope, index).and_then(|name| v8::Local::<v8::String>::try_from(name).ok());
    parameters.push(name.ok_or_else(|| JsErrorBox::type_error("Invalid parameter"))?);
  }
  let asked = match specifier.scheme() == "file" && apps::is_open() {
    true => look_up(scope, source),
    false => None,
  };
  let code = asked.as_ref().and_then(|asked| asked.code.as_deref());
  let (mut text, way) = match code {
    Some(code) => {
      let data = v8::CachedData::new(code);
      (
        v8::script_compiler::Source::new_with_cached_data(source, Some(&origin), data),
        v8::script_compiler::CompileOptions::ConsumeCodeCache,
      )
    }
    None => (v8::script_compiler::Source::new(source, Some(&origin)), v8::script_compiler::CompileOptions::NoCompileOptions),
  };
  let reason = v8::script_compiler::NoCacheReason::NoReason;
  let function = v8::script_compiler::compile_function(scope, &mut text, &parameters, &[], way, reason);
  let null = v8::null(scope);
  let Some(function) = function else {
    let thrown = scope.exception().ok_or_else(|| JsErrorBox::generic("the module was not compiled"))?;
    let error = v8::Array::new(scope, 3);
    error.set_index(scope, 0, thrown);
    let is_error = v8::Boolean::new(scope, thrown.is_native_error());
    error.set_index(scope, 1, is_error.into());
    let while_compiling = v8::Boolean::new(scope, true);
    error.set_index(scope, 2, while_compiling.into());
    out.set_index(scope, 0, null.into());
    out.set_index(scope, 1, error.into());
    return Ok(out.into());
  };
  if let Some(asked) = &asked {
    let rejected = code.is_some() && text.get_cached_data().is_none_or(|data| data.rejected());
    if rejected {
      apps::reject(asked.key);
    }
    if rejected || code.is_none() {
      keep(scope, asked.key, function);
    }
  }
  out.set_index(scope, 0, function.into());
  out.set_index(scope, 1, null.into());
  Ok(out.into())
}

fn primitives<'s, 'i>(scope: &mut v8::PinScope<'s, 'i>, array: v8::Local<'s, v8::Array>) -> Result<v8::Local<'s, v8::Data>, JsErrorBox> {
  let options = v8::PrimitiveArray::new(scope, array.length() as usize);
  for index in 0..array.length() {
    let value = array.get_index(scope, index).and_then(|value| value.try_cast::<v8::Primitive>().ok());
    options.set(scope, index as usize, value.ok_or_else(|| JsErrorBox::type_error("Invalid option"))?);
  }
  Ok(options.into())
}

/// The text goes as V8 holds it. In UTF-8 single halves of surrogates would all be the same.
fn look_up(scope: &mut v8::PinScope<'_, '_>, text: v8::Local<'_, v8::String>) -> Option<Asked> {
  if text.is_onebyte() {
    let mut bytes = vec![0; text.length()];
    text.write_one_byte_v2(scope, 0, &mut bytes, v8::WriteFlags::empty());
    return apps::look_up(Kind::Function, Form::Narrow, &bytes);
  }
  let mut units = vec![0_u16; text.length()];
  text.write_v2(scope, 0, &mut units, v8::WriteFlags::empty());
  let bytes: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
  apps::look_up(Kind::Function, Form::Wide, &bytes)
}
