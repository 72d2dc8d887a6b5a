/* The page's end of the channel: frames over a non-blocking stream socket, on the web process's main thread. */

#ifndef SHELL_LANE_CHANNEL_H
#define SHELL_LANE_CHANNEL_H

#include <glib.h>

#include "area.h"

/* A frame; its header is described in src/lane/frame.rs. `payload` is NULL when `length` is 0. */
typedef struct {
  guint8 kind;
  guint32 id;
  guint32 document;
  guint64 frame;
  guint32 length;
  guint8 *payload;
  /* Where the payload is, if it was not read off the socket; NULL otherwise, and for frames to send. */
  LaneArea *area;
  guint64 area_end;
} LaneFrame;

typedef struct LaneChannel LaneChannel;

/* Called on the main loop for each frame that no request waited for, in their order. */
typedef void (*LaneDeliver)(const LaneFrame *frame, gpointer data);

/* Makes a socket pair; `*peer` is the other end, which the caller closes. NULL when there are no descriptors left. */
LaneChannel *lane_channel_new(int *peer, LaneDeliver deliver, gpointer data);

/* Stops deliveries and closes the socket; the memory lives until the last reference. */
void lane_channel_close(LaneChannel *channel);
LaneChannel *lane_channel_ref(LaneChannel *channel);
void lane_channel_unref(LaneChannel *channel);

/* Sends or queues a frame; waits only for a host that left tens of megabytes unread. FALSE when the host is gone or the payload is too long. */
gboolean lane_channel_send(LaneChannel *channel, const LaneFrame *frame);

/* Sends a frame and blocks until the frame of kind `answer` with the same id comes; frames that come in between are delivered later. NULL
 * when the host is gone. */
LaneFrame *lane_channel_request(LaneChannel *channel, const LaneFrame *frame, guint8 answer);

void lane_frame_free(LaneFrame *frame);

#endif
