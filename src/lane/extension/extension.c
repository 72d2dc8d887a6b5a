/* The web-process extension: gives each page's preload an isolated script world and a native channel to the JS thread.
 *
 * For every new document of a main frame it asks the host what to run (a synchronous request, because it must run before any script of the
 * page), evaluates the renderer bundle in the isolated world, and from then on passes frames between that world and the host. Natives
 * reach only the bundle, as arguments of its one function; neither world's global object ever holds one. */

#include <gio/gio.h>
#include <gio/gunixfdlist.h>
#include <string.h>
#include <unistd.h>
#include <webkit2/webkit-web-extension.h>

#include "channel.h"
#include "console.h"
#include "worlds.h"

/* Kinds of frames; shell-js/common/lane-frames.js is the other place that names them. */
enum {
  KIND_LOAD = 1,
  KIND_GONE = 2,
  KIND_DOM_READY = 3,
  KIND_CONSOLE = 4,
  KIND_SYNC = 9,
  KIND_LOADED = 33,
  KIND_SYNC_REPLY = 36,
};

/* Flags of the answer to KIND_LOAD. */
enum {
  LOAD_ISOLATED = 1,
};

typedef struct {
  gint references;
  guint32 id;
  guint64 frame;
  guint32 last_request;
  /* NULL once the document was replaced; `web_page` is the page that then owns another one. */
  LaneChannel *channel;
  WebKitWebPage *web_page;
  JSCContext *own_context;
  JSCContext *page_context;
  JSCValue *on_frame;
} Document;

typedef struct {
  /* Not a reference: the page owns this struct. */
  WebKitWebPage *web_page;
  LaneChannel *channel;
  Document *document;
} Page;

/* A console message whose text is about to be printed. */
typedef struct {
  Page *page;
  guint32 level;
  guint32 line;
  char *text;
  char *source;
  guint idle;
} ConsoleMessage;

static ConsoleMessage pending_console;
static WebKitScriptWorld *world;
static guint32 last_document;
static GQuark page_quark;

static Document *document_ref(Document *document) {
  document->references++;
  return document;
}

static void document_unref(gpointer data) {
  Document *document = data;
  if (--document->references == 0)
    g_free(document);
}

static void send_console(Page *page, guint32 level, guint32 line, const char *message, const char *source);

/* Sends the console message that waits, if any. Called before anything else is sent, so that the order stays. */
static void flush_console(void) {
  ConsoleMessage message = pending_console;
  if (!message.page)
    return;
  memset(&pending_console, 0, sizeof pending_console);
  if (message.idle)
    g_source_remove(message.idle);
  char *text = lane_console_end(message.text);
  send_console(message.page, message.level, message.line, text, message.source);
  g_free(text);
  g_free(message.text);
  g_free(message.source);
}

static gboolean on_console_idle(gpointer data) {
  (void)data;
  pending_console.idle = 0;
  flush_console();
  return G_SOURCE_REMOVE;
}

/* Cuts a document off: its natives answer that the context was released. */
static void document_release(Document *document) {
  flush_console();
  if (document->channel) {
    LaneFrame frame = {.kind = KIND_GONE, .document = document->id, .frame = document->frame};
    lane_channel_send(document->channel, &frame);
    lane_channel_unref(document->channel);
    document->channel = NULL;
  }
  g_clear_object(&document->on_frame);
  g_clear_object(&document->own_context);
  g_clear_object(&document->page_context);
}

static void page_free(gpointer data) {
  Page *page = data;
  flush_console();
  if (page->document) {
    document_release(page->document);
    document_unref(page->document);
  }
  lane_channel_close(page->channel);
  lane_channel_unref(page->channel);
  g_free(page);
}

/* Appends a text as the host reads it: u32 length, UTF-8. */
static void append_text(GByteArray *bytes, const char *text) {
  if (!text)
    text = "";
  gsize length = strlen(text);
  guint8 prefix[4] = {(guint8)length, (guint8)(length >> 8), (guint8)(length >> 16), (guint8)(length >> 24)};
  g_byte_array_append(bytes, prefix, 4);
  g_byte_array_append(bytes, (const guint8 *)text, (guint)length);
}

static void append_u32(GByteArray *bytes, guint32 value) {
  guint8 raw[4] = {(guint8)value, (guint8)(value >> 8), (guint8)(value >> 16), (guint8)(value >> 24)};
  g_byte_array_append(bytes, raw, 4);
}

static void send_console(Page *page, guint32 level, guint32 line, const char *message, const char *source) {
  GByteArray *bytes = g_byte_array_new();
  append_u32(bytes, level);
  append_u32(bytes, line);
  append_text(bytes, message);
  append_text(bytes, source);
  LaneFrame frame = {
    .kind = KIND_CONSOLE,
    .document = page->document ? page->document->id : 0,
    .frame = page->document ? page->document->frame : 0,
    .length = bytes->len,
    .payload = bytes->data,
  };
  lane_channel_send(page->channel, &frame);
  g_byte_array_unref(bytes);
}

/* An exception that nobody catches: told as a console message, then forgotten. */
static void report_exception(Page *page, JSCContext *context) {
  JSCException *exception = jsc_context_get_exception(context);
  if (!exception)
    return;
  const char *message = jsc_exception_get_message(exception);
  send_console(page, WEBKIT_CONSOLE_MESSAGE_LEVEL_ERROR, jsc_exception_get_line_number(exception), message,
               jsc_exception_get_source_uri(exception));
  jsc_context_clear_exception(context);
}

/* A typed array and not an array buffer: jsc_value_new_array_buffer ends the process, because memory of its own kind is asked for. */
static JSCValue *bytes_to_js(JSCContext *context, const guint8 *data, gsize length) {
  JSCValue *array = jsc_value_new_typed_array(context, JSC_TYPED_ARRAY_UINT8, length);
  gsize room = 0;
  guint8 *target = length ? jsc_value_typed_array_get_data(array, &room) : NULL;
  if (target && room >= length)
    memcpy(target, data, length);
  return array;
}

/* Fills a frame with the bytes of a Uint8Array. */
static gboolean bytes_from_js(JSCValue *value, LaneFrame *frame) {
  if (!jsc_value_is_typed_array(value) || jsc_value_typed_array_get_type(value) != JSC_TYPED_ARRAY_UINT8)
    return FALSE;
  gsize size = jsc_value_typed_array_get_size(value);
  if (size > G_MAXUINT32)
    return FALSE;
  frame->length = (guint32)size;
  frame->payload = size ? jsc_value_typed_array_get_data(value, NULL) : NULL;
  return TRUE;
}

/* The frame that shows the document, if the page still has it. */
static WebKitFrame *document_frame(Document *document) {
  /* Deprecated in favour of nothing that an extension could reach. */
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  return webkit_web_page_get_main_frame(document->web_page);
  G_GNUC_END_IGNORE_DEPRECATIONS
}

/* send(kind, id, bytes): boolean */
static gboolean native_send(guint kind, guint id, JSCValue *bytes, Document *document) {
  flush_console();
  LaneFrame frame = {.kind = (guint8)kind, .id = id, .document = document->id, .frame = document->frame};
  return document->channel && bytes_from_js(bytes, &frame) && lane_channel_send(document->channel, &frame);
}

/* ask(kind, bytes): Uint8Array, or null when the host is gone. Blocks. */
static JSCValue *native_ask(guint kind, JSCValue *bytes, Document *document) {
  flush_console();
  JSCContext *context = jsc_value_get_context(bytes);
  LaneFrame frame = {.kind = (guint8)kind, .document = document->id, .frame = document->frame};
  if (!document->channel || !bytes_from_js(bytes, &frame))
    return jsc_value_new_null(context);
  frame.id = ++document->last_request;
  LaneChannel *channel = lane_channel_ref(document->channel);
  LaneFrame *answer = lane_channel_request(channel, &frame, KIND_SYNC_REPLY);
  lane_channel_unref(channel);
  if (!answer)
    return jsc_value_new_null(context);
  JSCValue *result = bytes_to_js(context, answer->payload, answer->length);
  lane_frame_free(answer);
  return result;
}

/* request(bytes): a question of `ipcRenderer.sendSync`. */
static JSCValue *native_request(JSCValue *bytes, Document *document) {
  return native_ask(KIND_SYNC, bytes, document);
}

/* The context of a world in a document that is still shown, or NULL. */
static JSCContext *context_of(Document *document, guint id) {
  if (!document->channel)
    return NULL;
  if (id == LANE_WORLD_PAGE)
    return g_object_ref(document->page_context);
  /* Without isolation the preload runs in the page's world, and 999 is one like any other. */
  WebKitScriptWorld *found = lane_world(id, NULL);
  WebKitFrame *frame = found ? document_frame(document) : NULL;
  return frame ? webkit_frame_get_js_context_for_script_world(frame, found) : NULL;
}

/* evaluate(code, url, world, holder): `value` or `error` of the code. Content security policy does not apply to it, as it does not apply to
 * Electron's executeJavaScript. */
static void native_evaluate(const char *code, const char *url, guint id, JSCValue *holder, Document *document) {
  /* The number of the document's own world, whichever that is, so that preloads run where the bundle runs. */
  JSCContext *context = id == G_MAXUINT32 && document->own_context ? g_object_ref(document->own_context) : context_of(document, id);
  if (!context || !code)
    lane_put_text(holder, "error", "Error: The script has no context to run in");
  else
    lane_evaluate(context, code, -1, url, holder);
  g_clear_object(&context);
}

/* world(id, name, holder): `global` of a world and `value`, its side of the bridge; nothing if there can be no such world. */
static void native_world(guint id, const char *name, JSCValue *holder, Document *document) {
  lane_world(id, name);
  JSCContext *context = context_of(document, id);
  if (!context)
    return;
  lane_world_enter(context, holder);
  g_object_unref(context);
}

/* rewrap(value, world): the wrapper of a DOM node for another world, or null for what is no node. */
static JSCValue *native_rewrap(JSCValue *value, guint id, Document *document) {
  JSCValue *result = NULL;
  /* Deprecated without a replacement: nothing else leads from one world's wrapper to another's. */
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  if (document->channel && jsc_value_is_object(value)) {
    WebKitDOMNode *node = webkit_dom_node_for_js_value(value);
    WebKitScriptWorld *target = lane_world(id, NULL);
    WebKitFrame *frame = node && target ? document_frame(document) : NULL;
    if (frame)
      result = webkit_frame_get_js_value_for_dom_object_in_script_world(frame, WEBKIT_DOM_OBJECT(node), target);
  }
  G_GNUC_END_IGNORE_DEPRECATIONS
  return result ? result : jsc_value_new_null(jsc_value_get_context(value));
}

static void set_native(JSCValue *natives, Document *document, const char *name, GCallback callback, GType result, guint count,
                       GType *types) {
  JSCValue *function = jsc_value_new_functionv(jsc_value_get_context(natives), name, callback, document_ref(document), document_unref,
                                               result, count, types);
  jsc_value_object_set_property(natives, name, function);
  g_object_unref(function);
}

static JSCValue *make_natives(Document *document) {
  JSCValue *natives = jsc_value_new_object(document->own_context, NULL, NULL);
  GType send[] = {G_TYPE_UINT, G_TYPE_UINT, JSC_TYPE_VALUE};
  set_native(natives, document, "send", G_CALLBACK(native_send), G_TYPE_BOOLEAN, 3, send);
  GType request[] = {JSC_TYPE_VALUE};
  set_native(natives, document, "request", G_CALLBACK(native_request), JSC_TYPE_VALUE, 1, request);
  GType ask[] = {G_TYPE_UINT, JSC_TYPE_VALUE};
  set_native(natives, document, "ask", G_CALLBACK(native_ask), JSC_TYPE_VALUE, 2, ask);
  GType evaluate[] = {G_TYPE_STRING, G_TYPE_STRING, G_TYPE_UINT, JSC_TYPE_VALUE};
  set_native(natives, document, "evaluate", G_CALLBACK(native_evaluate), G_TYPE_NONE, 4, evaluate);
  GType script_world[] = {G_TYPE_UINT, G_TYPE_STRING, JSC_TYPE_VALUE};
  set_native(natives, document, "world", G_CALLBACK(native_world), G_TYPE_NONE, 3, script_world);
  GType rewrap[] = {JSC_TYPE_VALUE, G_TYPE_UINT};
  set_native(natives, document, "rewrap", G_CALLBACK(native_rewrap), JSC_TYPE_VALUE, 2, rewrap);
  return natives;
}

/* Takes a u32 length and that many bytes off the front of a payload, or NULL. */
static const char *take_text(const guint8 **at, gsize *left, gsize *length) {
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

/* Runs the bundle with what the host answered. */
static void run_bundle(Page *page, Document *document, const LaneFrame *answer, WebKitFrame *frame) {
  const guint8 *at = answer->payload;
  gsize left = answer->length;
  if (left < 4)
    return;
  gboolean isolated = at[0] & LOAD_ISOLATED;
  at += 4;
  left -= 4;
  gsize bundle_length = 0, bridge_length = 0;
  const char *bundle = take_text(&at, &left, &bundle_length);
  const char *bridge = bundle ? take_text(&at, &left, &bridge_length) : NULL;
  if (!bridge || bundle_length == 0)
    return;
  lane_world_set_bridge(bridge, bridge_length);
  document->page_context = webkit_frame_get_js_context_for_script_world(frame, webkit_script_world_get_default());
  document->own_context =
    isolated ? webkit_frame_get_js_context_for_script_world(frame, world) : g_object_ref(document->page_context);
  JSCValue *page_side =
    jsc_context_evaluate_with_source_uri(document->page_context, bridge, (gssize)bridge_length, "shell:page-bridge", 1);
  report_exception(page, document->page_context);
  JSCValue *start =
    jsc_context_evaluate_with_source_uri(document->own_context, bundle, (gssize)bundle_length, "shell:renderer", 1);
  report_exception(page, document->own_context);
  if (page_side && start && jsc_value_is_function(start)) {
    JSCValue *natives = make_natives(document);
    JSCValue *page_global = jsc_context_get_global_object(document->page_context);
    JSCValue *config = bytes_to_js(document->own_context, at, left);
    JSCContext *context = g_object_ref(document->own_context);
    JSCValue *on_frame = jsc_value_function_call(start, JSC_TYPE_VALUE, natives, JSC_TYPE_VALUE, page_side, JSC_TYPE_VALUE, page_global,
                                                 JSC_TYPE_VALUE, config, G_TYPE_NONE);
    report_exception(page, context);
    /* A preload may have navigated or closed its own page meanwhile. */
    if (on_frame && jsc_value_is_function(on_frame) && document->channel)
      document->on_frame = g_object_ref(on_frame);
    g_clear_object(&on_frame);
    g_object_unref(context);
    g_object_unref(config);
    g_object_unref(page_global);
    g_object_unref(natives);
  }
  g_clear_object(&start);
  g_clear_object(&page_side);
}

/* A new document, before any of its scripts. */
static void on_window_object_cleared(WebKitScriptWorld *script_world, WebKitWebPage *web_page, WebKitFrame *frame, gpointer data) {
  (void)script_world;
  (void)data;
  Page *page = g_object_get_qdata(G_OBJECT(web_page), page_quark);
  if (!page || !webkit_frame_is_main_frame(frame))
    return;
  if (page->document) {
    document_release(page->document);
    document_unref(page->document);
  }
  Document *document = g_new0(Document, 1);
  document->references = 1;
  document->id = ++last_document;
  document->frame = webkit_frame_get_id(frame);
  document->channel = lane_channel_ref(page->channel);
  document->web_page = web_page;
  page->document = document_ref(document);

  JSCContext *context = webkit_frame_get_js_context_for_script_world(frame, world);
  JSCValue *origin = jsc_context_evaluate(context, "self.origin", -1);
  char *origin_text = jsc_value_to_string(origin);
  GByteArray *bytes = g_byte_array_new();
  append_text(bytes, webkit_frame_get_uri(frame));
  append_text(bytes, origin_text);
  LaneFrame question = {
    .kind = KIND_LOAD,
    .id = ++document->last_request,
    .document = document->id,
    .frame = document->frame,
    .length = bytes->len,
    .payload = bytes->data,
  };
  LaneChannel *channel = lane_channel_ref(page->channel);
  LaneFrame *answer = lane_channel_request(channel, &question, KIND_LOADED);
  lane_channel_unref(channel);
  g_byte_array_unref(bytes);
  g_free(origin_text);
  g_object_unref(origin);
  g_object_unref(context);
  if (answer)
    run_bundle(page, document, answer, frame);
  lane_frame_free(answer);
  document_unref(document);
}

/* A frame from the host, for the bundle of the document that it names. */
static void on_frame(const LaneFrame *frame, gpointer data) {
  Page *page = data;
  Document *document = page->document;
  if (!document || !document->on_frame || frame->document != document->id)
    return;
  /* The script may end the page or the document. */
  WebKitWebPage *web_page = g_object_ref(page->web_page);
  JSCContext *context = g_object_ref(document->own_context);
  JSCValue *function = g_object_ref(document->on_frame);
  JSCValue *bytes = bytes_to_js(context, frame->payload, frame->length);
  JSCValue *result = jsc_value_function_call(function, G_TYPE_UINT, (guint)frame->kind, G_TYPE_UINT, frame->id, JSC_TYPE_VALUE, bytes,
                                             G_TYPE_NONE);
  report_exception(page, context);
  g_clear_object(&result);
  g_object_unref(bytes);
  g_object_unref(function);
  g_object_unref(context);
  g_object_unref(web_page);
}

/* The title goes along: WebKit tells the host of it later than of the end of the load, Electron tells apps before. */
static void on_document_loaded(WebKitWebPage *web_page, gpointer data) {
  (void)data;
  Page *page = g_object_get_qdata(G_OBJECT(web_page), page_quark);
  if (!page || !page->document)
    return;
  flush_console();
  /* Deprecated in favour of nothing that an extension could reach. */
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  WebKitFrame *main_frame = webkit_web_page_get_main_frame(web_page);
  G_GNUC_END_IGNORE_DEPRECATIONS
  JSCContext *context = webkit_frame_get_js_context_for_script_world(main_frame, world);
  JSCValue *title = jsc_context_evaluate(context, "document.title", -1);
  char *text = jsc_value_is_string(title) ? jsc_value_to_string(title) : g_strdup("");
  jsc_context_clear_exception(context);
  GByteArray *bytes = g_byte_array_new();
  append_text(bytes, text);
  LaneFrame frame = {
    .kind = KIND_DOM_READY,
    .document = page->document->id,
    .frame = page->document->frame,
    .length = bytes->len,
    .payload = bytes->data,
  };
  lane_channel_send(page->channel, &frame);
  g_byte_array_unref(bytes);
  g_free(text);
  g_object_unref(title);
  g_object_unref(context);
}

/* Deprecated, because WebKitGTK's authors see no use for it, and still emitted; nothing else tells of messages without a trace in the
 * page. */
static void on_console_message(WebKitWebPage *web_page, WebKitConsoleMessage *message, gpointer data) {
  (void)data;
  Page *page = g_object_get_qdata(G_OBJECT(web_page), page_quark);
  if (!page)
    return;
  flush_console();
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  lane_console_begin();
  pending_console.page = page;
  pending_console.level = webkit_console_message_get_level(message);
  pending_console.line = webkit_console_message_get_line(message);
  pending_console.text = g_strdup(webkit_console_message_get_text(message));
  pending_console.source = g_strdup(webkit_console_message_get_source_id(message));
  G_GNUC_END_IGNORE_DEPRECATIONS
  if (!pending_console.text)
    pending_console.text = g_strdup("");
  pending_console.idle = g_idle_add_full(G_PRIORITY_DEFAULT, on_console_idle, NULL, NULL);
}

static void on_page_created(WebKitWebExtension *extension, WebKitWebPage *web_page, gpointer data) {
  (void)extension;
  (void)data;
  Page *page = g_new0(Page, 1);
  int peer = -1;
  page->web_page = web_page;
  page->channel = lane_channel_new(&peer, on_frame, page);
  if (!page->channel) {
    g_free(page);
    return;
  }
  g_object_set_qdata_full(G_OBJECT(web_page), page_quark, page, page_free);
  GUnixFDList *list = g_unix_fd_list_new_from_array(&peer, 1);
  webkit_web_page_send_message_to_view(web_page, webkit_user_message_new_with_fd_list("shell-lane", NULL, list), NULL, NULL, NULL);
  g_object_unref(list);
  g_signal_connect(web_page, "document-loaded", G_CALLBACK(on_document_loaded), NULL);
  g_signal_connect(web_page, "console-message-sent", G_CALLBACK(on_console_message), NULL);
}

G_MODULE_EXPORT void webkit_web_extension_initialize(WebKitWebExtension *extension) {
  lane_console_init();
  page_quark = g_quark_from_static_string("shell-lane-page");
  world = lane_worlds_init();
  g_signal_connect(world, "window-object-cleared", G_CALLBACK(on_window_object_cleared), NULL);
  g_signal_connect(extension, "page-created", G_CALLBACK(on_page_created), NULL);
}
