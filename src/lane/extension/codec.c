/* What the codec has the engine do, because scripts cannot or are slow at it. */

#include <JavaScriptCore/JavaScript.h>

#include "codec.h"

/* Exported but in no public header, hence weak: an engine without it only loses `anyProxy`. */
extern JSObjectRef JSObjectGetProxyTarget(JSObjectRef object) __attribute__((weak));

/* anyProxy(...objects): whether one of them is a proxy, which no script can tell and Electron refuses to send. */
static JSValueRef any_proxy(JSContextRef context, JSObjectRef function, JSObjectRef self, size_t count, const JSValueRef arguments[],
                            JSValueRef *exception) {
  (void)function;
  (void)self;
  (void)exception;
  for (size_t i = 0; i < count; i++)
    if (JSValueIsObject(context, arguments[i]) && JSObjectGetProxyTarget((JSObjectRef)arguments[i]))
      return JSValueMakeBoolean(context, true);
  return JSValueMakeBoolean(context, false);
}

/* Writes text as UTF-8. NULL if it is not well-formed or there is no room. */
static guint8 *to_utf8(const JSChar *text, size_t length, guint8 *out, const guint8 *out_end) {
  const JSChar *end = text + length;
  while (text < end) {
    /* Most texts are ASCII: the compiler makes this a few instructions for sixteen. */
    while (end - text >= 16 && out_end - out >= 16) {
      unsigned all = 0;
      for (int i = 0; i < 16; i++)
        all |= text[i];
      if (all > 127)
        break;
      for (int i = 0; i < 16; i++)
        out[i] = (guint8)text[i];
      text += 16;
      out += 16;
    }
    if (text == end)
      break;
    if (out_end - out < 4)
      return NULL;
    guint32 code = *text++;
    if (code < 0x80) {
      *out++ = (guint8)code;
    } else if (code < 0x800) {
      *out++ = (guint8)(0xc0 | code >> 6);
      *out++ = (guint8)(0x80 | (code & 0x3f));
    } else if ((code & 0xf800) != 0xd800) {
      *out++ = (guint8)(0xe0 | code >> 12);
      *out++ = (guint8)(0x80 | (code >> 6 & 0x3f));
      *out++ = (guint8)(0x80 | (code & 0x3f));
    } else {
      if (code >= 0xdc00 || text == end || (*text & 0xfc00) != 0xdc00)
        return NULL;
      code = 0x10000 + ((code & 0x3ff) << 10) + (*text++ & 0x3ff);
      *out++ = (guint8)(0xf0 | code >> 18);
      *out++ = (guint8)(0x80 | (code >> 12 & 0x3f));
      *out++ = (guint8)(0x80 | (code >> 6 & 0x3f));
      *out++ = (guint8)(0x80 | (code & 0x3f));
    }
  }
  return out;
}

/* encodeText(text, bytes, at): writes a text as UTF-8 into a Uint8Array and gives where it ends there, or -1. The engine's own encoder takes
 * about twice as long. */
static JSValueRef encode_text(JSContextRef context, JSObjectRef function, JSObjectRef self, size_t count, const JSValueRef arguments[],
                              JSValueRef *exception) {
  (void)function;
  (void)self;
  if (count < 3 || !JSValueIsString(context, arguments[0]) ||
      JSValueGetTypedArrayType(context, arguments[1], NULL) != kJSTypedArrayTypeUint8Array)
    return JSValueMakeNumber(context, -1);
  double at = JSValueToNumber(context, arguments[2], NULL);
  JSStringRef text = JSValueToStringCopy(context, arguments[0], exception);
  if (!text)
    return JSValueMakeNumber(context, -1);
  JSObjectRef array = (JSObjectRef)arguments[1];
  size_t room = JSObjectGetTypedArrayLength(context, array, NULL);
  guint8 *start = JSObjectGetTypedArrayBytesPtr(context, array, NULL);
  const guint8 *end = NULL;
  if (start && at >= 0 && at <= (double)room) {
    start += JSObjectGetTypedArrayByteOffset(context, array, NULL);
    end = to_utf8(JSStringGetCharactersPtr(text), JSStringGetLength(text), start + (size_t)at, start + room);
  }
  JSStringRelease(text);
  return JSValueMakeNumber(context, end ? (double)(end - start) : -1);
}

/* decodeText(bytes, from, to): the text of a part of a Uint8Array; the empty one if that is no UTF-8. */
static JSCValue *decode_text(JSCValue *bytes, double from, double to) {
  JSCContext *context = jsc_value_get_context(bytes);
  gsize size = 0;
  const guint8 *start = jsc_value_is_typed_array(bytes) ? jsc_value_typed_array_get_data(bytes, &size) : NULL;
  if (!start || !(from >= 0 && from <= to && to <= (double)size))
    return jsc_value_new_string(context, "");
  GBytes *part = g_bytes_new_static(start + (gsize)from, (gsize)to - (gsize)from);
  JSCValue *text = jsc_value_new_string_from_bytes(context, part);
  g_bytes_unref(part);
  return text;
}

/* A function of the engine's C interface as a property of an object of the other one. The two meet in the global object, for a moment. */
static void add_function(JSGlobalContextRef raw, JSCContext *context, JSCValue *natives, const char *name,
                         JSObjectCallAsFunctionCallback callback) {
  JSStringRef key = JSStringCreateWithUTF8CString(name);
  JSObjectRef global = JSContextGetGlobalObject(raw);
  JSValueRef before = JSObjectGetProperty(raw, global, key, NULL);
  if (before && JSValueIsUndefined(raw, before)) {
    JSObjectSetProperty(raw, global, key, JSObjectMakeFunctionWithCallback(raw, key, callback), kJSPropertyAttributeNone, NULL);
    JSCValue *function = jsc_context_get_value(context, name);
    if (function && jsc_value_is_function(function))
      jsc_value_object_set_property(natives, name, function);
    g_clear_object(&function);
    JSObjectDeleteProperty(raw, global, key, NULL);
  }
  JSStringRelease(key);
}

void lane_add_codec(WebKitFrame *frame, WebKitScriptWorld *world, JSCContext *context, JSCValue *natives) {
  if (!frame)
    return;
  /* Deprecated, because the other interface is the better one; but nothing else leads from it to this one. */
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  JSGlobalContextRef raw = webkit_frame_get_javascript_context_for_script_world(frame, world);
  G_GNUC_END_IGNORE_DEPRECATIONS
  if (!raw)
    return;
  if (JSObjectGetProxyTarget)
    add_function(raw, context, natives, "anyProxy", any_proxy);
  add_function(raw, context, natives, "encodeText", encode_text);
  JSCValue *decode = jsc_value_new_function(context, "decodeText", G_CALLBACK(decode_text), NULL, NULL, JSC_TYPE_VALUE, 3, JSC_TYPE_VALUE,
                                            G_TYPE_DOUBLE, G_TYPE_DOUBLE);
  jsc_value_object_set_property(natives, "decodeText", decode);
  g_object_unref(decode);
}
