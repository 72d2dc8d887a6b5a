/* What the codec has the engine do. */

#ifndef SHELL_LANE_CODEC_H
#define SHELL_LANE_CODEC_H

#include <webkit2/webkit-web-extension.h>

/* Gives `natives`, an object of `context`, three functions: anyProxy(...objects): boolean, unless the engine does not help,
 * encodeText(text, bytes, at): number, and decodeText(bytes, from, to): string. `context` is the frame's in `world`, and nothing but ours has run there. */
void lane_add_codec(WebKitFrame *frame, WebKitScriptWorld *world, JSCContext *context, JSCValue *natives);

#endif
