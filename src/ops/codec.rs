//! What the codec of messages cannot find out in JavaScript.

use deno_core::{op2, v8};

/// Whether one of the arguments is a `Proxy`. The codec asks for a few hundred at once; to look at an argument takes much less time than to get an item of a list.
#[op2(nofast)]
pub fn op_any_proxy(#[varargs] objects: Option<&v8::FunctionCallbackArguments<'_>>) -> bool {
  objects.is_some_and(|objects| (0..objects.length()).any(|index| objects.get(index).is_proxy()))
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
