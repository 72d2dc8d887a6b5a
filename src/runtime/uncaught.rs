//! Exceptions that nobody caught in what native code has called.
//!
//! The runtime's Node layer calls listeners of sockets and servers without looking at what they throw. V8 tells its host of such an exception, as it does in Node, where
//! that is where `uncaughtException` comes from; without a host that listens it is lost.

use deno_core::{JsRuntime, v8};

/// `reportError` of an isolate as it was before any code of the program.
struct Reporter(v8::Global<v8::Function>);

/// Has exceptions reported that nothing on the stack would catch. The global scope must have been made, and no code of the program have run.
pub(super) fn attach(runtime: &mut JsRuntime) {
  let reporter = {
    deno_core::scope!(scope, runtime);
    let global = scope.get_current_context().global(scope);
    let function = v8::String::new(scope, "reportError").and_then(|name| global.get(scope, name.into()));
    function.and_then(|function| v8::Local::<v8::Function>::try_from(function).ok()).map(|function| v8::Global::new(scope, function))
  };
  let Some(reporter) = reporter else { return };
  runtime.op_state().borrow_mut().put(Reporter(reporter));
  runtime.v8_isolate().add_message_listener(report);
}

/// What V8 calls: the exception is not pending any more.
unsafe extern "C" fn report(message: v8::Local<'_, v8::Message>, exception: v8::Local<'_, v8::Value>) {
  // SAFETY: V8 calls this on the isolate's thread, in the context that the exception was thrown in.
  v8::callback_scope!(unsafe scope, message);
  let state = JsRuntime::op_state_from(scope);
  // An operation that calls a function gives the state back before. If one does not, losing the error is better than a panic.
  let Ok(state) = state.try_borrow() else { return };
  let Some(reporter) = state.try_borrow::<Reporter>().map(|reporter| reporter.0.clone()) else { return };
  drop(state);
  v8::tc_scope!(let scope, scope);
  let reporter = v8::Local::new(scope, reporter);
  let receiver = v8::undefined(scope);
  reporter.call(scope, receiver.into(), &[exception]);
}
