/* Texts, numbers and bytes of payloads. */

#include <string.h>

#include "page.h"

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
