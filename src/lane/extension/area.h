/* The page's view of the memory that both ends of a channel share for long payloads; src/lane/area.rs describes it and makes it. */

#ifndef SHELL_LANE_AREA_H
#define SHELL_LANE_AREA_H

#include <glib.h>

/* Payloads of fewer bytes go over the socket. */
#define LANE_AREA_LEAST (16u << 10)

typedef struct LaneArea LaneArea;

/* Maps what the host has sent, and closes the descriptor. NULL if it is no area with rings of `ring` bytes. */
LaneArea *lane_area_new(int fd, gsize ring);
LaneArea *lane_area_ref(LaneArea *area);
void lane_area_unref(LaneArea *area);

/* Puts a payload into the ring to the host. Gives the position behind it, which is never 0; 0 if there is no room. */
guint64 lane_area_put(LaneArea *area, const guint8 *payload, gsize length);

/* A payload in the ring to the page: it stays there until `lane_area_release` with the same position. NULL if it cannot be there. */
guint8 *lane_area_take(LaneArea *area, guint64 end, gsize length);
void lane_area_release(LaneArea *area, guint64 end);

#endif
