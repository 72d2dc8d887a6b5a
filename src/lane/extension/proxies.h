/* What the codec asks the engine about an object. */

#ifndef SHELL_LANE_PROXIES_H
#define SHELL_LANE_PROXIES_H

#include <webkit2/webkit-web-extension.h>

/* Gives `natives`, an object of `context`, a function anyProxy(objects, from, end): boolean. `context` is the frame's in `world`, and nothing but
 * ours has run there. Without the engine's help there is no such function. */
void lane_add_any_proxy(WebKitFrame *frame, WebKitScriptWorld *world, JSCContext *context, JSCValue *natives);

#endif
