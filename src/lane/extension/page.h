/* What the parts of the extension share: pages, their documents, and the kinds of frames that the extension makes or reads itself. */

#ifndef SHELL_LANE_PAGE_H
#define SHELL_LANE_PAGE_H

#include <webkit2/webkit-web-extension.h>

#include "channel.h"

/* Kinds of frames; shell-js/common/lane-frames.js is the other place that names them. */
enum {
  KIND_LOAD = 1,
  KIND_GONE = 2,
  KIND_DOM_READY = 3,
  KIND_CONSOLE = 4,
  KIND_EVALUATED = 5,
  KIND_SYNC = 9,
  KIND_FRAME_THERE = 14,
  KIND_FRAME_MOVED = 15,
  KIND_FRAME_STATE = 16,
  KIND_LOADED = 33,
  KIND_MESSAGE = 34,
  KIND_INVOKE_REPLY = 35,
  KIND_SYNC_REPLY = 36,
  KIND_EVALUATE = 37,
  KIND_ATTACH = 44,
  KIND_GESTURE = 45,
  KIND_PREPARE = 46,
};

/* Ids of KIND_FRAME_STATE. */
enum {
  STATE_DOM_READY = 1,
  STATE_LOADED = 2,
  STATE_FOCUSED = 3,
};

struct Document;

typedef struct {
  /* Not a reference: the page owns this struct. */
  WebKitWebPage *web_page;
  LaneChannel *channel;
  /* Documents that are shown: by their number, and by their WebKitFrame. The first table holds the references. */
  GHashTable *documents;
  GHashTable *by_frame;
  struct Document *main_document;
  /* Whether sub-frames run preloads, which the host says for each document of the main frame. */
  gboolean in_sub_frames;
  guint scan;
} Page;

/* A document of a frame. What the main frame holds is never the only one; the host tells them apart by their numbers. */
typedef struct Document {
  gint references;
  guint32 id;
  guint64 frame_id;
  guint64 parent_id;
  guint32 last_request;
  /* NULL once the document was replaced; `page` is then not to be used. */
  LaneChannel *channel;
  Page *page;
  /* Not a reference: cleared when WebKit destroys the frame. */
  WebKitFrame *frame;
  /* Of the preload's world, whether or not anything runs there: another document of the frame has another one. */
  JSCContext *world_context;
  /* Where the bundle runs, and the page's own; NULL while it does not run. */
  JSCContext *own_context;
  JSCContext *page_context;
  JSCValue *on_frame;
  /* A Uint8Array that long payloads are put into which the bundle reads at once. */
  JSCValue *received;
  /* What carries our listeners. */
  WebKitDOMDocument *dom_document;
  WebKitDOMDOMWindow *dom_window;
  /* What the host knows. */
  char *url;
  char *name;
  gboolean hidden;
} Document;

/* extension.c */

/* NULL for a page without a channel. */
Page *lane_page_of(WebKitWebPage *web_page);
/* Sends the console message that waits, if any. Called before anything else is sent, so that the order stays. */
void lane_flush_console(void);
/* An exception that nobody catches: told as a console message, then forgotten. */
void lane_report_exception(Page *page, JSCContext *context);

/* payload.c */

/* Appends a text as the host reads it: u32 length, UTF-8. */
void lane_append_text(GByteArray *bytes, const char *text);
void lane_append_u32(GByteArray *bytes, guint32 value);
/* Takes a u32 length and that many bytes off the front of a payload, or gives NULL. */
const char *lane_take_text(const guint8 **at, gsize *left, gsize *length);
JSCValue *lane_bytes_to_js(JSCContext *context, const guint8 *data, gsize length);
/* The same for the bundle of a document, which keeps nothing of it: long ones share their memory with the next. */
JSCValue *lane_bytes_to_read(Document *document, JSCContext *context, const guint8 *data, gsize length);
/* Fills a frame with the bytes of a Uint8Array. */
gboolean lane_bytes_from_js(JSCValue *value, LaneFrame *frame);

/* document.c */

Document *lane_document_new(Page *page, WebKitFrame *frame);
Document *lane_document_ref(Document *document);
void lane_document_unref(gpointer document);
/* Cuts a document off: its natives answer that the context was released. */
void lane_document_release(Document *document, gboolean frame_gone);
/* Sends a frame about a document. */
gboolean lane_document_send(Document *document, guint8 kind, guint32 id, const GByteArray *bytes);
/* A window of the page's world that no script has seen: the handler of that world's `window-object-cleared`. */
void lane_on_page_window(WebKitScriptWorld *script_world, WebKitWebPage *web_page, WebKitFrame *frame, gpointer data);
/* Reads the scripts of documents before there is one. */
void lane_prepare(Page *page, const guint8 *payload, gsize length);
/* Runs the bundle with what the host answered. */
void lane_document_start(Document *document, const guint8 *payload, gsize length);

/* frames.c */

/* A new document, before any of its scripts: the handler of `window-object-cleared`. */
void lane_on_document(WebKitScriptWorld *script_world, WebKitWebPage *web_page, WebKitFrame *frame, gpointer data);
/* Tells the host if the document's address, name or visibility is not what it knows. */
void lane_tell_moved(Document *document);
/* Has a look, soon, at which documents are still shown. */
void lane_scan_soon(Page *page);
/* The main frame's document; one that may not run scripts, which WebKit does not announce, is told of now. NULL while there is none. */
Document *lane_main_document(Page *page);

/* archives.c: has what the page loads out of archives asked of the host. */
void lane_watch_requests(WebKitWebPage *web_page);

#endif
