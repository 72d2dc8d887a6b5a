//! What the codec of messages cannot find out in JavaScript.

use deno_core::{op2, v8};

/// Whether one of the objects of a list is a `Proxy`, from an index on. In one call: a message may hold many thousand objects.
#[op2(fast)]
pub fn op_any_proxy(scope: &mut v8::PinScope, objects: v8::Local<v8::Array>, from: u32) -> bool {
  (from..objects.length()).any(|index| objects.get_index(scope, index).is_some_and(|object| object.is_proxy()))
}

/// Whether an array has enumerable properties besides its items, or may have them, as a `Proxy` may. JavaScript must list the items to see that.
#[op2(fast)]
pub fn op_has_named_properties(scope: &mut v8::PinScope, array: v8::Local<v8::Value>) -> bool {
  let Ok(array) = v8::Local::<v8::Array>::try_from(array) else {
    return true;
  };
  let named = v8::GetPropertyNamesArgs {
    mode: v8::KeyCollectionMode::OwnOnly,
    property_filter: v8::PropertyFilter::ONLY_ENUMERABLE | v8::PropertyFilter::SKIP_SYMBOLS,
    index_filter: v8::IndexFilter::SkipIndices,
    key_conversion: v8::KeyConversionMode::KeepNumbers,
  };
  array.get_property_names(scope, named).is_none_or(|names| names.length() > 0)
}
