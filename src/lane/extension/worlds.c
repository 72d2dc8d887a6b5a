#include "worlds.h"

/* Worlds live as long as the process and each costs a window object in every frame that uses it. Apps name a handful. */
enum {
  MAX_WORLDS = 64,
  MAX_WORLD_ID = 536870911,
};

static WebKitScriptWorld *preload_world;
static WebKitScriptWorld *gesture_world;
/* Those with other numbers. */
static GHashTable *others;
/* The page's side of the bridge, which every world that a document uses runs first. */
static GBytes *bridge_script;

/* The engine hands an unhandled rejection of any world to the listeners of all, with the promise as it is: `event.promise.constructor` would
 * lead a page to the preload's world. The two accessors are therefore narrowed in every frame before its first script, so that no frame of
 * the page has others to offer. Text, because frames without a lane need it too. */
static const char guard_script[] =
  "(() => { 'use strict';\n"
  "const { apply, defineProperty, getOwnPropertyDescriptor, getPrototypeOf } = Reflect;\n"
  "const events = PromiseRejectionEvent.prototype, ours = Object.prototype;\n"
  "const promise = getOwnPropertyDescriptor(events, 'promise'), reason = getOwnPropertyDescriptor(events, 'reason');\n"
  "const ofThisWorld = (value) => {\n"
  "  let at = value, below = value;\n"
  "  while (at !== null) { below = at; at = getPrototypeOf(at); }\n"
  "  return below === ours;\n"
  "};\n"
  "const read = (event, get) => (ofThisWorld(apply(promise.get, event, [])) ? apply(get, event, []) : undefined);\n"
  "const narrowed = { get promise() { return read(this, promise.get); }, get reason() { return read(this, reason.get); } };\n"
  "for (const name of ['promise', 'reason']) {\n"
  "  const { get } = getOwnPropertyDescriptor(narrowed, name);\n"
  "  defineProperty(events, name, { __proto__: null, get, set: undefined, enumerable: true, configurable: true });\n"
  "}\n"
  "})()";

static const char GUARDED[] = "shell-lane-guarded";

static void on_page_window_cleared(WebKitScriptWorld *world, WebKitWebPage *web_page, WebKitFrame *frame, gpointer data) {
  (void)web_page;
  (void)data;
  JSCContext *context = webkit_frame_get_js_context_for_script_world(frame, world);
  /* A window that the frame's first document takes over is announced twice, and was within reach of other pages in between. */
  if (g_object_get_data(G_OBJECT(frame), GUARDED) != context) {
    JSCValue *result = jsc_context_evaluate(context, guard_script, -1);
    jsc_context_clear_exception(context);
    g_clear_object(&result);
    g_object_set_data_full(G_OBJECT(frame), GUARDED, g_object_ref(context), g_object_unref);
  }
  g_object_unref(context);
}

WebKitScriptWorld *lane_worlds_init(void) {
  g_signal_connect(webkit_script_world_get_default(), "window-object-cleared", G_CALLBACK(on_page_window_cleared), NULL);
  gesture_world = webkit_script_world_new_with_name("shell-gesture");
  others = g_hash_table_new(g_direct_hash, g_direct_equal);
  preload_world = webkit_script_world_new_with_name("shell");
  return preload_world;
}

WebKitScriptWorld *lane_gesture_world(void) {
  return gesture_world;
}

WebKitScriptWorld *lane_world(guint id, const char *name) {
  if (id == LANE_WORLD_PAGE)
    return webkit_script_world_get_default();
  if (id == LANE_WORLD_PRELOAD)
    return preload_world;
  WebKitScriptWorld *world = g_hash_table_lookup(others, GUINT_TO_POINTER(id));
  if (world || id > MAX_WORLD_ID || g_hash_table_size(others) >= MAX_WORLDS)
    return world;
  /* Names are unique, or WebKit would make up another one. */
  char *unique = name && *name ? g_strdup_printf("%s (%u)", name, id) : g_strdup_printf("World %u", id);
  world = webkit_script_world_new_with_name(unique);
  g_free(unique);
  g_hash_table_insert(others, GUINT_TO_POINTER(id), world);
  return world;
}

void lane_put_text(JSCValue *holder, const char *name, const char *text) {
  JSCValue *value = jsc_value_new_string(jsc_value_get_context(holder), text);
  jsc_value_object_set_property(holder, name, value);
  g_object_unref(value);
}

void lane_evaluate(JSCContext *context, const char *code, gssize length, const char *url, JSCValue *holder) {
  JSCValue *value = jsc_context_evaluate_with_source_uri(context, code, length, url, 1);
  JSCException *exception = jsc_context_get_exception(context);
  if (exception) {
    char *text = jsc_exception_to_string(exception);
    lane_put_text(holder, "error", text);
    g_free(text);
    jsc_context_clear_exception(context);
  } else {
    jsc_value_object_set_property(holder, "value", value);
  }
  g_clear_object(&value);
}

void lane_world_set_bridge(const char *script, gsize length) {
  GBytes *given = g_bytes_new(script, length);
  if (bridge_script && g_bytes_equal(given, bridge_script)) {
    g_bytes_unref(given);
    return;
  }
  if (bridge_script)
    g_bytes_unref(bridge_script);
  bridge_script = given;
}

JSCValue *lane_world_page_side(JSCContext *context) {
  if (!bridge_script)
    return NULL;
  gsize length = 0;
  const char *script = g_bytes_get_data(bridge_script, &length);
  JSCValue *side = jsc_context_evaluate_with_source_uri(context, script, (gssize)length, "shell:page-bridge", 1);
  jsc_context_clear_exception(context);
  if (side && jsc_value_is_object(side))
    return side;
  g_clear_object(&side);
  return NULL;
}

void lane_world_enter(JSCContext *context, JSCValue *holder) {
  if (!bridge_script)
    return;
  gsize length = 0;
  const char *script = g_bytes_get_data(bridge_script, &length);
  JSCValue *global = jsc_context_get_global_object(context);
  jsc_value_object_set_property(holder, "global", global);
  g_object_unref(global);
  lane_evaluate(context, script, (gssize)length, "shell:page-bridge", holder);
}
