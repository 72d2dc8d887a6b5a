/*
 * The raw echo: a web-process extension that gives the page `rawEcho(bytes, callback)` over a socket pair to a thread of the host. It is
 * the floor under every round trip of the shell's lane: no codec, no event, no promise.
 */
#include <gio/gunixfdlist.h>
#include <glib-unix.h>
#include <jsc/jsc.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <webkit2/webkit-web-extension.h>

static int lane = -1;
static JSCValue *waiting;

static gboolean transfer(char *bytes, size_t length, gboolean out) {
  while (length > 0) {
    ssize_t count = out ? write(lane, bytes, length) : read(lane, bytes, length);
    if (count <= 0)
      return FALSE;
    bytes += count;
    length -= (size_t)count;
  }
  return TRUE;
}

static gboolean on_readable(gint fd, GIOCondition condition, gpointer data) {
  (void)fd;
  (void)condition;
  (void)data;
  uint32_t length;
  if (waiting == NULL || !transfer((char *)&length, sizeof length, FALSE))
    return G_SOURCE_REMOVE;
  JSCValue *callback = waiting;
  waiting = NULL;
  JSCValue *array = jsc_value_new_typed_array(jsc_value_get_context(callback), JSC_TYPED_ARRAY_UINT8, length);
  gboolean whole = transfer(jsc_value_typed_array_get_data(array, NULL), length, FALSE);
  JSCValue *result = whole ? jsc_value_function_call(callback, JSC_TYPE_VALUE, array, G_TYPE_NONE) : NULL;
  g_clear_object(&result);
  g_object_unref(array);
  g_object_unref(callback);
  return whole ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void raw_echo(JSCValue *bytes, JSCValue *callback) {
  gsize count = 0;
  char *data = jsc_value_typed_array_get_data(bytes, &count);
  uint32_t length = (uint32_t)count;
  waiting = g_object_ref(callback);
  if (transfer((char *)&length, sizeof length, TRUE))
    transfer(data, length, TRUE);
}

static void on_cleared(WebKitScriptWorld *world, WebKitWebPage *page, WebKitFrame *frame, gpointer data) {
  (void)page;
  (void)data;
  JSCContext *context = webkit_frame_get_js_context_for_script_world(frame, world);
  JSCValue *function = jsc_value_new_function(context, "rawEcho", G_CALLBACK(raw_echo), NULL, NULL, G_TYPE_NONE, 2, JSC_TYPE_VALUE, JSC_TYPE_VALUE);
  jsc_context_set_value(context, "rawEcho", function);
  g_object_unref(function);
  g_object_unref(context);
}

static void on_page_created(WebKitWebExtension *extension, WebKitWebPage *page, gpointer data) {
  (void)extension;
  (void)data;
  int ends[2];
  if (lane != -1 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return;
  lane = ends[0];
  g_unix_fd_add(lane, G_IO_IN, on_readable, NULL);
  GUnixFDList *list = g_unix_fd_list_new_from_array(&ends[1], 1);
  webkit_web_page_send_message_to_view(page, webkit_user_message_new_with_fd_list("bench-lane", NULL, list), NULL, NULL, NULL);
  g_object_unref(list);
}

G_MODULE_EXPORT void webkit_web_extension_initialize(WebKitWebExtension *extension) {
  g_signal_connect(extension, "page-created", G_CALLBACK(on_page_created), NULL);
  g_signal_connect(webkit_script_world_get_default(), "window-object-cleared", G_CALLBACK(on_cleared), NULL);
}
