/* The web-process extension: gives each page's preload an isolated script world and a native channel to the JS thread.
 *
 * Here: its start, the life of pages, console messages, and what comes from the host. document.c and frames.c hold the rest. Natives reach only
 * the bundle, as arguments of its one function; neither world's global object ever holds one. */

/* For dladdr. */
#define _GNU_SOURCE

#include <dlfcn.h>
#include <gio/gio.h>
#include <gio/gunixfdlist.h>
#include <string.h>
#include <unistd.h>

#include "console.h"
#include "drivers.h"
#include "page.h"
#include "worlds.h"

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
static GQuark page_quark;

Page *lane_page_of(WebKitWebPage *web_page) {
  return g_object_get_qdata(G_OBJECT(web_page), page_quark);
}

static void send_console(Page *page, guint32 level, guint32 line, const char *message, const char *source) {
  GByteArray *bytes = g_byte_array_new();
  lane_append_u32(bytes, level);
  lane_append_u32(bytes, line);
  lane_append_text(bytes, message);
  lane_append_text(bytes, source);
  /* WebKit does not say which frame it is of: the main frame's document stands for the page. */
  Document *document = page->main_document;
  LaneFrame frame = {
    .kind = KIND_CONSOLE,
    .document = document ? document->id : 0,
    .frame = document ? document->frame_id : 0,
    .length = bytes->len,
    .payload = bytes->data,
  };
  lane_channel_send(page->channel, &frame);
  g_byte_array_unref(bytes);
}

void lane_flush_console(void) {
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
  lane_flush_console();
  return G_SOURCE_REMOVE;
}

void lane_report_exception(Page *page, JSCContext *context) {
  JSCException *exception = jsc_context_get_exception(context);
  if (!exception)
    return;
  const char *message = jsc_exception_get_message(exception);
  send_console(page, WEBKIT_CONSOLE_MESSAGE_LEVEL_ERROR, jsc_exception_get_line_number(exception), message,
               jsc_exception_get_source_uri(exception));
  jsc_context_clear_exception(context);
}

static void page_free(gpointer data) {
  Page *page = data;
  lane_flush_console();
  if (page->scan)
    g_source_remove(page->scan);
  GList *documents = g_hash_table_get_values(page->documents);
  for (GList *at = documents; at; at = at->next)
    lane_document_release(at->data, TRUE);
  g_list_free(documents);
  g_hash_table_unref(page->documents);
  g_hash_table_unref(page->by_frame);
  lane_channel_close(page->channel);
  lane_channel_unref(page->channel);
  g_free(page);
}

/* The answer to a question that no bundle is there to answer: an empty one, which the host takes for a failure. */
static void refuse_evaluation(Document *document, const LaneFrame *frame) {
  if (frame->kind == KIND_EVALUATE)
    lane_document_send(document, KIND_EVALUATED, frame->id, NULL);
}

/* A frame from the host, for the bundle of the document that it names. */
static void on_frame(const LaneFrame *frame, gpointer data) {
  Page *page = data;
  if (frame->kind == KIND_PREPARE) {
    lane_prepare(page, frame->payload, frame->length);
    return;
  }
  Document *document = g_hash_table_lookup(page->documents, GUINT_TO_POINTER(frame->document));
  if (!document)
    return;
  /* The script may end the page or the document. */
  WebKitWebPage *web_page = g_object_ref(page->web_page);
  lane_document_ref(document);
  if (frame->kind == KIND_ATTACH) {
    lane_document_start(document, frame->payload, frame->length);
  } else if (!document->on_frame) {
    refuse_evaluation(document, frame);
  } else {
    JSCContext *context = g_object_ref(document->own_context);
    JSCValue *function = g_object_ref(document->on_frame);
    gboolean is_read = frame->kind == KIND_MESSAGE || frame->kind == KIND_INVOKE_REPLY;
    JSCValue *bytes = is_read ? lane_bytes_to_read(document, context, frame->payload, frame->length)
                              : lane_bytes_to_js(context, frame->payload, frame->length);
    JSCValue *result = jsc_value_function_call(function, G_TYPE_UINT, (guint)frame->kind, G_TYPE_UINT, frame->id, JSC_TYPE_VALUE, bytes,
                                               G_TYPE_NONE);
    lane_report_exception(page, context);
    g_clear_object(&result);
    g_object_unref(bytes);
    g_object_unref(function);
    g_object_unref(context);
  }
  lane_document_unref(document);
  g_object_unref(web_page);
}

/* run(document, id), in the world where only scripts of the host run: what waits in that document under that number runs now. */
static void native_run(guint number, guint id, GWeakRef *page_ref) {
  WebKitWebPage *web_page = g_weak_ref_get(page_ref);
  Page *page = web_page ? lane_page_of(web_page) : NULL;
  if (page) {
    LaneFrame frame = {.kind = KIND_GESTURE, .id = id, .document = number};
    on_frame(&frame, page);
  }
  g_clear_object(&web_page);
}

static void free_weak(gpointer data) {
  g_weak_ref_clear(data);
  g_free(data);
}

static void on_gesture_window(WebKitScriptWorld *world, WebKitWebPage *web_page, WebKitFrame *frame, gpointer data) {
  (void)data;
  JSCContext *context = webkit_frame_get_js_context_for_script_world(frame, world);
  GWeakRef *page_ref = g_new0(GWeakRef, 1);
  g_weak_ref_init(page_ref, web_page);
  JSCValue *run = jsc_value_new_function(context, "run", G_CALLBACK(native_run), page_ref, free_weak, G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_UINT);
  jsc_context_set_value(context, "run", run);
  g_object_unref(run);
  g_object_unref(context);
}

/* The title goes along: WebKit tells the host of it later than of the end of the load, Electron tells apps before. */
static void on_document_loaded(WebKitWebPage *web_page, gpointer data) {
  (void)data;
  Page *page = lane_page_of(web_page);
  Document *document = page ? lane_main_document(page) : NULL;
  if (!document)
    return;
  JSCValue *title = jsc_context_evaluate(document->world_context, "document.title", -1);
  char *text = jsc_value_is_string(title) ? jsc_value_to_string(title) : g_strdup("");
  jsc_context_clear_exception(document->world_context);
  GByteArray *bytes = g_byte_array_new();
  lane_append_text(bytes, text);
  lane_document_send(document, KIND_DOM_READY, 0, bytes);
  g_byte_array_unref(bytes);
  g_free(text);
  g_object_unref(title);
}

/* Deprecated, because WebKitGTK's authors see no use for it, and still emitted; nothing else tells of messages without a trace in the
 * page. */
static void on_console_message(WebKitWebPage *web_page, WebKitConsoleMessage *message, gpointer data) {
  (void)data;
  Page *page = lane_page_of(web_page);
  if (!page)
    return;
  lane_flush_console();
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
  page->documents = g_hash_table_new_full(NULL, NULL, NULL, lane_document_unref);
  page->by_frame = g_hash_table_new(NULL, NULL);
  g_object_set_qdata_full(G_OBJECT(web_page), page_quark, page, page_free);
  GUnixFDList *list = g_unix_fd_list_new_from_array(&peer, 1);
  webkit_web_page_send_message_to_view(web_page, webkit_user_message_new_with_fd_list("shell-lane", NULL, list), NULL, NULL, NULL);
  g_object_unref(list);
  lane_watch_requests(web_page);
  g_signal_connect(web_page, "document-loaded", G_CALLBACK(on_document_loaded), NULL);
  g_signal_connect(web_page, "console-message-sent", G_CALLBACK(on_console_message), NULL);
}

/* The folder that this library was loaded from has a note of more. */
static void load_drivers(void) {
  Dl_info self;
  if (!dladdr((void *)(guintptr)load_drivers, &self) || !self.dli_fname)
    return;
  char *folder = g_path_get_dirname(self.dli_fname);
  GThread *thread = lane_load_drivers(folder);
  if (thread)
    g_thread_unref(thread);
  g_free(folder);
}

G_MODULE_EXPORT void webkit_web_extension_initialize(WebKitWebExtension *extension) {
  load_drivers();
  lane_console_init();
  page_quark = g_quark_from_static_string("shell-lane-page");
  g_signal_connect(lane_worlds_init(), "window-object-cleared", G_CALLBACK(lane_on_document), NULL);
  g_signal_connect(webkit_script_world_get_default(), "window-object-cleared", G_CALLBACK(lane_on_page_window), NULL);
  g_signal_connect(lane_gesture_world(), "window-object-cleared", G_CALLBACK(on_gesture_window), NULL);
  g_signal_connect(extension, "page-created", G_CALLBACK(on_page_created), NULL);
}
