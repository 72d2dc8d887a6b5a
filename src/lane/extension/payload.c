/* Texts, numbers and bytes of payloads. */

#include <string.h>

#include "page.h"

/* Of long payloads up to so many bytes the memory is kept: most of their time goes to memory that is touched for the first time. */
#define MOST_KEPT ((gsize)2 << 20)

void lane_append_text(GByteArray *bytes, const char *text) {
  if (!text)
    text = "";
  gsize length = strlen(text);
  lane_append_u32(bytes, (guint32)length);
  g_byte_array_append(bytes, (const guint8 *)text, (guint)length);
}

void lane_append_u32(GByteArray *bytes, guint32 value) {
  guint8 raw[4] = {(guint8)value, (guint8)(value >> 8), (guint8)(value >> 16), (guint8)(value >> 24)};
  g_byte_array_append(bytes, raw, 4);
}

const char *lane_take_text(const guint8 **at, gsize *left, gsize *length) {
  if (*left < 4)
    return NULL;
  const guint8 *raw = *at;
  *length = raw[0] | (gsize)raw[1] << 8 | (gsize)raw[2] << 16 | (gsize)raw[3] << 24;
  if (*length > *left - 4)
    return NULL;
  *at += 4 + *length;
  *left -= 4 + *length;
  return (const char *)raw + 4;
}

/* A typed array and not an array buffer: jsc_value_new_array_buffer ends the process, because memory of its own kind is asked for. */
JSCValue *lane_bytes_to_js(JSCContext *context, const guint8 *data, gsize length) {
  JSCValue *array = jsc_value_new_typed_array(context, JSC_TYPED_ARRAY_UINT8, length);
  gsize room = 0;
  guint8 *target = length ? jsc_value_typed_array_get_data(array, &room) : NULL;
  if (target && room >= length)
    memcpy(target, data, length);
  return array;
}

JSCValue *lane_bytes_to_read(Document *document, JSCContext *context, const guint8 *data, gsize length) {
  /* A document that is gone keeps nothing. */
  if (length < LANE_AREA_LEAST || length > MOST_KEPT || context != document->own_context)
    return lane_bytes_to_js(context, data, length);
  gsize room = document->received ? jsc_value_typed_array_get_size(document->received) : 0;
  if (room < length) {
    for (room = LANE_AREA_LEAST; room < length; room *= 2)
      ;
    g_clear_object(&document->received);
    document->received = jsc_value_new_typed_array(context, JSC_TYPED_ARRAY_UINT8, room);
  }
  guint8 *target = jsc_value_typed_array_get_data(document->received, &room);
  if (!target || room < length)
    return lane_bytes_to_js(context, data, length);
  memcpy(target, data, length);
  JSCValue *buffer = jsc_value_typed_array_get_buffer(document->received);
  JSCValue *array = jsc_value_new_typed_array_with_buffer(buffer, JSC_TYPED_ARRAY_UINT8, 0, (gssize)length);
  g_object_unref(buffer);
  return array;
}

gboolean lane_bytes_from_js(JSCValue *value, LaneFrame *frame) {
  if (!jsc_value_is_typed_array(value) || jsc_value_typed_array_get_type(value) != JSC_TYPED_ARRAY_UINT8)
    return FALSE;
  gsize size = jsc_value_typed_array_get_size(value);
  if (size > G_MAXUINT32)
    return FALSE;
  frame->length = (guint32)size;
  frame->payload = size ? jsc_value_typed_array_get_data(value, NULL) : NULL;
  return TRUE;
}
