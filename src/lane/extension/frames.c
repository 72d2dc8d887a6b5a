/* The frames of a page: which documents they show, and what happens to those.
 *
 * A document of the main frame asks the host what to run (a synchronous request, because it must run before any script of the page). One of a
 * sub-frame asks likewise if the app wants preloads there; otherwise nothing of ours enters it, and the host is only told. That a frame is
 * removed shows when WebKit destroys its object. The other news come as DOM events, which a page can make up: each is a hint only, and
 * what is told is read from the engine. */

#include "page.h"
#include "worlds.h"

G_GNUC_BEGIN_IGNORE_DEPRECATIONS

/* Without a name that the page's own scripts could have changed: it runs in the shell's world. */
static const char IS_SAME[] = "(a, b) => a === b";

/* WebKit says of every file that its origin is null; only one that is opaque, as in a sandbox, has no storage. */
static const char IS_OPAQUE[] = "(() => { try { localStorage; return ''; } catch { return 'yes'; } })()";

static char *evaluate_text(JSCContext *context, const char *code) {
  JSCValue *value = jsc_context_evaluate(context, code, -1);
  char *text = jsc_value_is_string(value) ? jsc_value_to_string(value) : g_strdup("");
  jsc_context_clear_exception(context);
  g_object_unref(value);
  return text;
}

static gboolean is_window_of(JSCValue *is_same, JSCValue *window, const Document *document) {
  JSCValue *global = jsc_context_get_global_object(document->world_context);
  JSCValue *same = jsc_value_function_call(is_same, JSC_TYPE_VALUE, window, JSC_TYPE_VALUE, global, G_TYPE_NONE);
  gboolean result = jsc_value_to_boolean(same);
  g_object_unref(same);
  g_object_unref(global);
  return result;
}

/* The id of the parent's frame. A parent whose document may not run scripts is not known; the main frame then stands for it. */
static guint64 parent_of(Page *page, WebKitFrame *frame, JSCContext *context) {
  guint64 found = page->main_document ? page->main_document->frame_id : 0;
  JSCValue *parent = jsc_context_evaluate(context, "self.parent", -1);
  JSCValue *is_same = jsc_context_evaluate(context, IS_SAME, -1);
  if (!page->main_document || !is_window_of(is_same, parent, page->main_document)) {
    GHashTableIter iterator;
    gpointer value;
    g_hash_table_iter_init(&iterator, page->documents);
    while (g_hash_table_iter_next(&iterator, NULL, &value)) {
      Document *candidate = value;
      if (candidate->frame != frame && is_window_of(is_same, parent, candidate)) {
        found = candidate->frame_id;
        break;
      }
    }
  }
  jsc_context_clear_exception(context);
  g_object_unref(is_same);
  g_object_unref(parent);
  return found;
}

/* Not the frame's address, which is that of the next document as soon as the page has asked for it. */
static char *url_of(Document *document) {
  if (!document->dom_document)
    return g_strdup(webkit_frame_get_uri(document->frame));
  char *url = webkit_dom_document_get_url(document->dom_document);
  return url ? url : g_strdup("");
}

static char *name_of(Document *document) {
  return document->dom_window ? webkit_dom_dom_window_get_name(document->dom_window) : NULL;
}

static gboolean is_hidden(Document *document) {
  return document->dom_document && webkit_dom_document_get_hidden(document->dom_document);
}

static GByteArray *describe(const Document *document) {
  GByteArray *bytes = g_byte_array_new();
  lane_append_text(bytes, document->url);
  lane_append_text(bytes, document->name);
  lane_append_u32(bytes, document->hidden);
  return bytes;
}

void lane_tell_moved(Document *document) {
  if (!document->channel || !document->frame)
    return;
  char *url = url_of(document);
  if (g_strcmp0(url, document->url) != 0) {
    g_free(document->url);
    document->url = url;
  } else {
    g_free(url);
    char *name = name_of(document);
    gboolean hidden = is_hidden(document);
    gboolean same = g_strcmp0(name ? name : "", document->name) == 0 && hidden == document->hidden;
    g_free(name);
    if (same)
      return;
  }
  g_free(document->name);
  char *name = name_of(document);
  document->name = name ? name : g_strdup("");
  document->hidden = is_hidden(document);
  GByteArray *bytes = describe(document);
  lane_document_send(document, KIND_FRAME_MOVED, 0, bytes);
  g_byte_array_unref(bytes);
}

/* Releases documents that their frames do not show any more. WebKit announces the next one only when that may run scripts. */
static void scan(Page *page) {
  GList *documents = g_hash_table_get_values(page->documents);
  for (GList *at = documents; at; at = at->next) {
    Document *document = at->data;
    if (!document->frame)
      continue;
    JSCContext *context = webkit_frame_get_js_context_for_script_world(document->frame, lane_world(LANE_WORLD_PRELOAD, NULL));
    if (context != document->world_context)
      lane_document_release(document, FALSE);
    else
      lane_tell_moved(document);
    g_object_unref(context);
  }
  g_list_free(documents);
}

static gboolean on_scan(gpointer data) {
  Page *page = data;
  page->scan = 0;
  scan(page);
  return G_SOURCE_REMOVE;
}

void lane_scan_soon(Page *page) {
  if (!page->scan)
    page->scan = g_idle_add_full(G_PRIORITY_DEFAULT, on_scan, page, NULL);
}

static void on_hint(WebKitDOMEventTarget *target, WebKitDOMEvent *event, Document *document) {
  (void)target;
  (void)event;
  if (document->channel)
    lane_scan_soon(document->page);
}

static void on_moved(WebKitDOMEventTarget *target, WebKitDOMEvent *event, Document *document) {
  (void)target;
  (void)event;
  lane_tell_moved(document);
}

static void on_ready(WebKitDOMEventTarget *target, WebKitDOMEvent *event, Document *document) {
  (void)target;
  (void)event;
  if (!document->channel || !document->dom_document)
    return;
  char *state = webkit_dom_document_get_ready_state(document->dom_document);
  lane_tell_moved(document);
  if (g_strcmp0(state, "interactive") == 0)
    lane_document_send(document, KIND_FRAME_STATE, STATE_DOM_READY, NULL);
  else if (g_strcmp0(state, "complete") == 0)
    lane_document_send(document, KIND_FRAME_STATE, STATE_LOADED, NULL);
  g_free(state);
}

/* The innermost frame with the focus is meant: its document has no frame for an active element. */
static void on_focus(WebKitDOMEventTarget *target, WebKitDOMEvent *event, Document *document) {
  (void)target;
  (void)event;
  if (!document->channel || !document->dom_document || !webkit_dom_document_has_focus(document->dom_document))
    return;
  WebKitDOMElement *active = webkit_dom_document_get_active_element(document->dom_document);
  if (!active || (!WEBKIT_DOM_IS_HTML_IFRAME_ELEMENT(active) && !WEBKIT_DOM_IS_HTML_FRAME_ELEMENT(active)))
    lane_document_send(document, KIND_FRAME_STATE, STATE_FOCUSED, NULL);
}

static void on_closure_gone(gpointer data, GClosure *closure) {
  (void)closure;
  lane_document_unref(data);
}

static void listen(Document *document, gpointer target, const char *event, GCallback callback) {
  GClosure *closure = g_cclosure_new(callback, lane_document_ref(document), on_closure_gone);
  g_closure_set_marshal(closure, g_cclosure_marshal_generic);
  g_closure_ref(closure);
  g_closure_sink(closure);
  /* Capturing, and before any script of the page: nobody stops it. */
  webkit_dom_event_target_add_event_listener_with_closure(WEBKIT_DOM_EVENT_TARGET(target), event, closure, TRUE);
  g_closure_unref(closure);
}

/* In C and not as functions of a script world: nothing of ours is in a frame that runs no preload. */
static void add_listeners(Document *document) {
  JSCValue *value = jsc_context_get_value(document->world_context, "document");
  WebKitDOMNode *node = jsc_value_is_object(value) ? webkit_dom_node_for_js_value(value) : NULL;
  g_object_unref(value);
  if (!node || !WEBKIT_DOM_IS_DOCUMENT(node))
    return;
  document->dom_document = g_object_ref(WEBKIT_DOM_DOCUMENT(node));
  document->dom_window = webkit_dom_document_get_default_view(document->dom_document);
  if (!document->dom_window)
    return;
  listen(document, document->dom_window, "pagehide", G_CALLBACK(on_hint));
  listen(document, document->dom_window, "focus", G_CALLBACK(on_focus));
  listen(document, document->dom_window, "hashchange", G_CALLBACK(on_moved));
  listen(document, document->dom_window, "popstate", G_CALLBACK(on_moved));
  listen(document, document->dom_document, "visibilitychange", G_CALLBACK(on_moved));
  listen(document, document->dom_window, "load", G_CALLBACK(on_ready));
  /* That of a main frame is told otherwise. */
  if (document->parent_id == 0)
    return;
  listen(document, document->dom_document, "DOMContentLoaded", G_CALLBACK(on_ready));
}

static void ask_host(Document *document, const GByteArray *bytes) {
  LaneFrame question = {
    .kind = KIND_LOAD,
    .id = ++document->last_request,
    .document = document->id,
    .frame = document->frame_id,
    .length = bytes->len,
    .payload = bytes->data,
  };
  LaneChannel *channel = lane_channel_ref(document->channel);
  lane_flush_console();
  LaneFrame *answer = lane_channel_request(channel, &question, KIND_LOADED);
  lane_channel_unref(channel);
  if (answer)
    lane_document_start(document, answer->payload, answer->length);
  lane_frame_free(answer);
}

static Document *add_document(Page *page, WebKitFrame *frame, gboolean scripts) {
  Document *previous = g_hash_table_lookup(page->by_frame, frame);
  if (previous)
    lane_document_release(previous, FALSE);
  gboolean is_main = webkit_frame_is_main_frame(frame);
  Document *document = lane_document_new(page, frame);
  lane_document_ref(document);
  document->parent_id = is_main ? 0 : parent_of(page, frame, document->world_context);
  add_listeners(document);
  document->url = url_of(document);
  document->name = name_of(document);
  document->hidden = is_hidden(document);
  char *origin = evaluate_text(document->world_context, "self.origin");
  char *opaque = evaluate_text(document->world_context, IS_OPAQUE);
  GByteArray *bytes = describe(document);
  lane_append_text(bytes, origin);
  lane_append_u32(bytes, *opaque != '\0');
  lane_append_u32(bytes, (guint32)document->parent_id);
  lane_append_u32(bytes, (guint32)(document->parent_id >> 32));
  if (scripts && (is_main || page->in_sub_frames))
    ask_host(document, bytes);
  else
    lane_document_send(document, KIND_FRAME_THERE, 0, bytes);
  g_byte_array_unref(bytes);
  g_free(opaque);
  g_free(origin);
  lane_document_unref(document);
  /* A preload may have ended it. */
  return g_hash_table_lookup(page->by_frame, frame);
}

void lane_on_document(WebKitScriptWorld *script_world, WebKitWebPage *web_page, WebKitFrame *frame, gpointer data) {
  (void)script_world;
  (void)data;
  Page *page = lane_page_of(web_page);
  if (page)
    add_document(page, frame, TRUE);
}

Document *lane_main_document(Page *page) {
  scan(page);
  if (page->main_document)
    return page->main_document;
  WebKitFrame *frame = webkit_web_page_get_main_frame(page->web_page);
  return frame ? add_document(page, frame, FALSE) : NULL;
}

G_GNUC_END_IGNORE_DEPRECATIONS
