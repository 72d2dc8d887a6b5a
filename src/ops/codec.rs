//! What the codec of messages cannot find out in JavaScript.

use deno_core::{op2, v8};

/// Whether one of the objects of a list is a `Proxy`, from an index on. In one call: a message may hold many thousand objects.
#[op2(fast)]
pub fn op_any_proxy(scope: &mut v8::PinScope, objects: v8::Local<v8::Array>, from: u32) -> bool {
  (from..objects.length()).any(|index| objects.get_index(scope, index).is_some_and(|object| object.is_proxy()))
}
