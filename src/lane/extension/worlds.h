/* Script worlds by Electron's numbers: 0 is the page's own, 999 the one of the preload, others are made when somebody asks for them. */

#ifndef SHELL_LANE_WORLDS_H
#define SHELL_LANE_WORLDS_H

#include <webkit2/webkit-web-extension.h>

enum {
  LANE_WORLD_PAGE = 0,
  LANE_WORLD_PRELOAD = 999,
};

/* Makes the preload's world. Before any page: WebKit announces new window objects only to worlds that exist. */
WebKitScriptWorld *lane_worlds_init(void);

/* A world where only scripts of the host run. */
WebKitScriptWorld *lane_gesture_world(void);

/* The world with a number. One that is not there yet is made, with `name` for the inspector; NULL if the number is none or there are too many
 * worlds. Not a reference. */
WebKitScriptWorld *lane_world(guint id, const char *name);

/* Remembers the page's side of the bridge: a script whose value is a table of functions. */
void lane_world_set_bridge(const char *script, gsize length);

/* The page's side of the bridge, made in a page's world; NULL before any document has brought the script. */
JSCValue *lane_world_page_side(JSCContext *context);

/* Puts a world's `global` and, as `value`, its side of the bridge into the holder. */
void lane_world_enter(JSCContext *context, JSCValue *holder);

/* Puts the `value` of a script, or its `error` as text, into the holder. */
void lane_evaluate(JSCContext *context, const char *code, gssize length, const char *url, JSCValue *holder);

void lane_put_text(JSCValue *holder, const char *name, const char *text);

#endif
