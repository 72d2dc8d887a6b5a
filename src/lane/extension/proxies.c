/* Tells proxies from other objects, which no script can: Electron refuses to send them.
 *
 * The engine's C interface knows them. Its function is exported but in no public header, hence weak: an engine without it only loses this. */

#include <JavaScriptCore/JavaScript.h>

#include "proxies.h"

extern JSObjectRef JSObjectGetProxyTarget(JSObjectRef object) __attribute__((weak));

static JSValueRef any_proxy(JSContextRef context, JSObjectRef function, JSObjectRef self, size_t count, const JSValueRef arguments[],
                            JSValueRef *exception) {
  (void)function;
  (void)self;
  if (count < 3 || !JSValueIsArray(context, arguments[0]))
    return JSValueMakeBoolean(context, false);
  JSObjectRef list = JSValueToObject(context, arguments[0], exception);
  double from = JSValueToNumber(context, arguments[1], NULL), end = JSValueToNumber(context, arguments[2], NULL);
  if (!list || !(from >= 0) || !(end <= G_MAXUINT32))
    return JSValueMakeBoolean(context, false);
  for (double index = from; index < end; index++) {
    JSValueRef item = JSObjectGetPropertyAtIndex(context, list, (unsigned)index, exception);
    if (!item)
      break;
    if (JSValueIsObject(context, item) && JSObjectGetProxyTarget((JSObjectRef)item))
      return JSValueMakeBoolean(context, true);
  }
  return JSValueMakeBoolean(context, false);
}

void lane_add_any_proxy(WebKitFrame *frame, WebKitScriptWorld *world, JSCContext *context, JSCValue *natives) {
  if (!frame || !JSObjectGetProxyTarget)
    return;
  /* Deprecated, because the other interface is the better one; but nothing else leads from it to this one. */
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  JSGlobalContextRef raw = webkit_frame_get_javascript_context_for_script_world(frame, world);
  G_GNUC_END_IGNORE_DEPRECATIONS
  if (!raw)
    return;
  /* The two interfaces meet in the global object, for a moment. */
  JSStringRef name = JSStringCreateWithUTF8CString("anyProxy");
  JSObjectRef global = JSContextGetGlobalObject(raw);
  JSValueRef before = JSObjectGetProperty(raw, global, name, NULL);
  if (before && JSValueIsUndefined(raw, before)) {
    JSObjectSetProperty(raw, global, name, JSObjectMakeFunctionWithCallback(raw, name, any_proxy), kJSPropertyAttributeNone, NULL);
    JSCValue *function = jsc_context_get_value(context, "anyProxy");
    if (function && jsc_value_is_function(function))
      jsc_value_object_set_property(natives, "anyProxy", function);
    g_clear_object(&function);
    JSObjectDeleteProperty(raw, global, name, NULL);
  }
  JSStringRelease(name);
}
