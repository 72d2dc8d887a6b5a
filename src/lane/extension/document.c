/* A document: its life, the natives that its bundle gets, and the bundle's start. */

#include <string.h>

#include "codec.h"
#include "page.h"
#include "worlds.h"

/* Flags of the answer to KIND_LOAD. */
enum {
  LOAD_ISOLATED = 1,
  LOAD_IN_SUB_FRAMES = 2,
  LOAD_ATTACHED = 4,
};

static guint32 last_document;

static void on_frame_destroyed(gpointer data, GObject *frame) {
  Document *document = data;
  (void)frame;
  document->frame = NULL;
  lane_document_release(document, TRUE);
}

Document *lane_document_new(Page *page, WebKitFrame *frame) {
  Document *document = g_new0(Document, 1);
  document->references = 1;
  document->id = ++last_document;
  document->frame_id = webkit_frame_get_id(frame);
  document->channel = lane_channel_ref(page->channel);
  document->page = page;
  document->frame = frame;
  document->world_context = webkit_frame_get_js_context_for_script_world(frame, lane_world(LANE_WORLD_PRELOAD, NULL));
  g_object_weak_ref(G_OBJECT(frame), on_frame_destroyed, document);
  g_hash_table_insert(page->documents, GUINT_TO_POINTER(document->id), lane_document_ref(document));
  g_hash_table_insert(page->by_frame, frame, document);
  if (webkit_frame_is_main_frame(frame))
    page->main_document = document;
  return document;
}

Document *lane_document_ref(Document *document) {
  document->references++;
  return document;
}

void lane_document_unref(gpointer data) {
  Document *document = data;
  if (--document->references > 0)
    return;
  g_free(document->url);
  g_free(document->name);
  g_free(document);
}

static gboolean is_value(gpointer key, gpointer value, gpointer wanted) {
  (void)key;
  return value == wanted;
}

void lane_document_release(Document *document, gboolean frame_gone) {
  if (!document->channel)
    return;
  lane_document_ref(document);
  lane_document_send(document, KIND_GONE, frame_gone, NULL);
  Page *page = document->page;
  document->page = NULL;
  lane_channel_unref(document->channel);
  document->channel = NULL;
  g_hash_table_foreach_remove(page->by_frame, is_value, document);
  if (page->main_document == document)
    page->main_document = NULL;
  if (document->frame)
    g_object_weak_unref(G_OBJECT(document->frame), on_frame_destroyed, document);
  document->frame = NULL;
  g_clear_object(&document->on_frame);
  g_clear_object(&document->received);
  g_clear_object(&document->own_context);
  g_clear_object(&document->page_context);
  g_clear_object(&document->world_context);
  g_clear_object(&document->dom_window);
  g_clear_object(&document->dom_document);
  g_hash_table_remove(page->documents, GUINT_TO_POINTER(document->id));
  lane_document_unref(document);
}

gboolean lane_document_send(Document *document, guint8 kind, guint32 id, const GByteArray *bytes) {
  lane_flush_console();
  LaneFrame frame = {
    .kind = kind,
    .id = id,
    .document = document->id,
    .frame = document->frame_id,
    .length = bytes ? bytes->len : 0,
    .payload = bytes && bytes->len ? bytes->data : NULL,
  };
  return document->channel && lane_channel_send(document->channel, &frame);
}

/* send(kind, id, bytes): boolean */
static gboolean native_send(guint kind, guint id, JSCValue *bytes, Document *document) {
  lane_flush_console();
  lane_tell_moved(document);
  LaneFrame frame = {.kind = (guint8)kind, .id = id, .document = document->id, .frame = document->frame_id};
  return document->channel && lane_bytes_from_js(bytes, &frame) && lane_channel_send(document->channel, &frame);
}

/* ask(kind, bytes): Uint8Array, or null when the host is gone. Blocks. */
static JSCValue *native_ask(guint kind, JSCValue *bytes, Document *document) {
  lane_flush_console();
  lane_tell_moved(document);
  JSCContext *context = jsc_value_get_context(bytes);
  LaneFrame frame = {.kind = (guint8)kind, .document = document->id, .frame = document->frame_id};
  if (!document->channel || !lane_bytes_from_js(bytes, &frame))
    return jsc_value_new_null(context);
  frame.id = ++document->last_request;
  LaneChannel *channel = lane_channel_ref(document->channel);
  LaneFrame *answer = lane_channel_request(channel, &frame, KIND_SYNC_REPLY);
  lane_channel_unref(channel);
  if (!answer)
    return jsc_value_new_null(context);
  JSCValue *result = lane_bytes_to_read(document, context, answer->payload, answer->length);
  lane_frame_free(answer);
  return result;
}

/* request(bytes): a question of `ipcRenderer.sendSync`. */
static JSCValue *native_request(JSCValue *bytes, Document *document) {
  return native_ask(KIND_SYNC, bytes, document);
}

/* The context of a world in a document that is still shown and runs the bundle, or NULL. */
static JSCContext *context_of(Document *document, guint id) {
  if (!document->channel || !document->page_context)
    return NULL;
  if (id == LANE_WORLD_PAGE)
    return g_object_ref(document->page_context);
  /* Without isolation the preload runs in the page's world, and 999 is one like any other. */
  WebKitScriptWorld *found = lane_world(id, NULL);
  return found && document->frame ? webkit_frame_get_js_context_for_script_world(document->frame, found) : NULL;
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
  if (document->frame && jsc_value_is_object(value)) {
    WebKitDOMNode *node = webkit_dom_node_for_js_value(value);
    WebKitScriptWorld *target = lane_world(id, NULL);
    if (node && target)
      result = webkit_frame_get_js_value_for_dom_object_in_script_world(document->frame, WEBKIT_DOM_OBJECT(node), target);
  }
  G_GNUC_END_IGNORE_DEPRECATIONS
  return result ? result : jsc_value_new_null(jsc_value_get_context(value));
}

/* frames(see): calls `see(window, number)` for every frame of the page that has a document; the windows are those of this world. */
static void native_frames(JSCValue *see, Document *document) {
  if (!document->page || !jsc_value_is_function(see))
    return;
  guint id = document->own_context == document->page_context ? LANE_WORLD_PAGE : LANE_WORLD_PRELOAD;
  GList *documents = g_hash_table_get_values(document->page->documents);
  for (GList *at = documents; at; at = at->next)
    lane_document_ref(at->data);
  for (GList *at = documents; at; at = at->next) {
    Document *each = at->data;
    if (!each->frame)
      continue;
    JSCContext *context = webkit_frame_get_js_context_for_script_world(each->frame, lane_world(id, NULL));
    JSCValue *window = jsc_context_get_global_object(context);
    JSCValue *result = jsc_value_function_call(see, JSC_TYPE_VALUE, window, G_TYPE_DOUBLE, (gdouble)each->frame_id, G_TYPE_NONE);
    g_clear_object(&result);
    g_object_unref(window);
    g_object_unref(context);
  }
  g_list_free_full(documents, lane_document_unref);
}

static void set_native(JSCValue *natives, Document *document, const char *name, GCallback callback, GType result, guint count,
                       GType *types) {
  JSCValue *function = jsc_value_new_functionv(jsc_value_get_context(natives), name, callback, lane_document_ref(document),
                                               lane_document_unref, result, count, types);
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
  GType frames[] = {JSC_TYPE_VALUE};
  set_native(natives, document, "frames", G_CALLBACK(native_frames), G_TYPE_NONE, 1, frames);
  GType rewrap[] = {JSC_TYPE_VALUE, G_TYPE_UINT};
  set_native(natives, document, "rewrap", G_CALLBACK(native_rewrap), JSC_TYPE_VALUE, 2, rewrap);
  return natives;
}

static const char PREPARED_SIDE[] = "shell-lane-page-side";

/* The first document of a frame takes the window over that the frame had before it, and whoever made the frame or opened the window could
 * reach that. So the page's side of the bridge is made when the window is, out of built-ins that nobody has changed. */
void lane_on_page_window(WebKitScriptWorld *script_world, WebKitWebPage *web_page, WebKitFrame *frame, gpointer data) {
  (void)data;
  Page *page = lane_page_of(web_page);
  if (!page || !(page->in_sub_frames || webkit_frame_is_main_frame(frame)))
    return;
  JSCContext *context = webkit_frame_get_js_context_for_script_world(frame, script_world);
  Document *document = g_hash_table_lookup(page->by_frame, frame);
  JSCValue *prepared = g_object_get_data(G_OBJECT(frame), PREPARED_SIDE);
  /* The same window is announced once more with the document that takes it over. */
  if (!(prepared && jsc_value_get_context(prepared) == context)) {
    JSCValue *side = document && document->page_context == context ? NULL : lane_world_page_side(context);
    g_object_set_data_full(G_OBJECT(frame), PREPARED_SIDE, side, side ? g_object_unref : NULL);
  }
  g_object_unref(context);
}

/* What was made for a window, if the document has that window. */
static JSCValue *take_prepared_side(WebKitFrame *frame, JSCContext *context) {
  JSCValue *side = g_object_steal_data(G_OBJECT(frame), PREPARED_SIDE);
  if (side && jsc_value_get_context(side) != context)
    g_clear_object(&side);
  return side;
}

/* The engine reads a script the first time that a process runs it, and keeps what it made of it. The first page would wait for that, and its process
 * has nothing to do yet: so the scripts run once for nothing, in a world that only scripts of the host are in. */
void lane_prepare(Page *page, const guint8 *payload, gsize length) {
  static gboolean prepared = FALSE;
  WebKitFrame *frame = webkit_web_page_get_main_frame(page->web_page);
  if (prepared || !frame)
    return;
  prepared = TRUE;
  static const char *const names[] = {"shell:renderer", "shell:page-bridge"};
  JSCContext *context = webkit_frame_get_js_context_for_script_world(frame, lane_gesture_world());
  for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
    gsize size = 0;
    const char *script = lane_take_text(&payload, &length, &size);
    JSCValue *value = script ? jsc_context_evaluate_with_source_uri(context, script, (gssize)size, names[i], 1) : NULL;
    jsc_context_clear_exception(context);
    g_clear_object(&value);
  }
  g_object_unref(context);
}

void lane_document_start(Document *document, const guint8 *payload, gsize length) {
  const guint8 *at = payload;
  gsize left = length;
  if (left < 4 || !document->frame || document->own_context)
    return;
  Page *page = document->page;
  gboolean isolated = at[0] & LOAD_ISOLATED;
  gboolean attached = at[0] & LOAD_ATTACHED;
  if (document->parent_id == 0 && !attached)
    page->in_sub_frames = (at[0] & LOAD_IN_SUB_FRAMES) != 0;
  at += 4;
  left -= 4;
  gsize bundle_length = 0, bridge_length = 0;
  const char *bundle = lane_take_text(&at, &left, &bundle_length);
  const char *bridge = bundle ? lane_take_text(&at, &left, &bridge_length) : NULL;
  if (!bridge || bundle_length == 0)
    return;
  if (!attached)
    lane_world_set_bridge(bridge, bridge_length);
  /* A script may end the page or the document. */
  WebKitWebPage *web_page = g_object_ref(page->web_page);
  lane_document_ref(document);
  JSCContext *page_context = webkit_frame_get_js_context_for_script_world(document->frame, webkit_script_world_get_default());
  JSCContext *context = g_object_ref(isolated ? document->world_context : page_context);
  document->page_context = g_object_ref(page_context);
  document->own_context = g_object_ref(context);
  JSCValue *page_side = attached ? NULL : take_prepared_side(document->frame, page_context);
  if (!page_side)
    page_side = jsc_context_evaluate_with_source_uri(page_context, bridge, (gssize)bridge_length, "shell:page-bridge", 1);
  lane_report_exception(page, page_context);
  JSCValue *start = jsc_context_evaluate_with_source_uri(context, bundle, (gssize)bundle_length, "shell:renderer", 1);
  lane_report_exception(page, context);
  if (document->channel && page_side && start && jsc_value_is_function(start)) {
    JSCValue *natives = make_natives(document);
    lane_add_codec(document->frame, lane_world(isolated ? LANE_WORLD_PRELOAD : LANE_WORLD_PAGE, NULL), context, natives);
    JSCValue *page_global = jsc_context_get_global_object(page_context);
    JSCValue *config = lane_bytes_to_js(context, at, left);
    JSCValue *on_frame = jsc_value_function_call(start, JSC_TYPE_VALUE, natives, JSC_TYPE_VALUE, page_side, JSC_TYPE_VALUE, page_global,
                                                 JSC_TYPE_VALUE, config, G_TYPE_NONE);
    lane_report_exception(page, context);
    /* A preload may have navigated or closed its own page meanwhile. */
    if (on_frame && jsc_value_is_function(on_frame) && document->channel)
      document->on_frame = g_object_ref(on_frame);
    g_clear_object(&on_frame);
    g_object_unref(config);
    g_object_unref(page_global);
    g_object_unref(natives);
  }
  g_clear_object(&start);
  g_clear_object(&page_side);
  g_object_unref(context);
  g_object_unref(page_context);
  lane_document_unref(document);
  g_object_unref(web_page);
}
