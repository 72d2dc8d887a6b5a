/* Case R24 at the page's end of the channel: bytes of the host that come in pieces of any size, and such that break off. Compiled with channel.c and
 * run by tests/it/channel.rs; says by its exit code whether all was well. */
#include <linux/sockios.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "channel.h"

#define CHECK(condition)                                                                                                                                  \
  do {                                                                                                                                                    \
    if (!(condition)) {                                                                                                                                   \
      fprintf(stderr, "%s:%d: pieces of %zu: not %s\n", __FILE__, __LINE__, (size_t)piece_size, #condition);                                              \
      exit(1);                                                                                                                                            \
    }                                                                                                                                                     \
  } while (0)

enum { MESSAGE = 34, ANSWER = 36, QUESTION = 9 };

static const gsize SIZES[] = {1, 1023, 1024, 1025};
/* Longer than the channel's buffer is the last one. */
static const gsize LENGTHS[] = {0, 1, 999, 1000, 1001, 2024, 70001};
static gsize piece_size;

typedef struct {
  guint8 kind;
  guint32 id;
  gsize length;
  gboolean same;
} Seen;

static guint8 byte_at(gsize at) {
  return (guint8)(at * 31 % 251);
}

static Seen look(const LaneFrame *frame) {
  Seen seen = {frame->kind, frame->id, frame->length, frame->document == 5 && frame->frame == 1};
  for (gsize i = 0; i < frame->length; i++)
    seen.same = seen.same && frame->payload[i] == byte_at(i);
  return seen;
}

static void deliver(const LaneFrame *frame, gpointer data) {
  Seen seen = look(frame);
  g_array_append_val((GArray *)data, seen);
}

static void put_frame(GByteArray *bytes, guint8 kind, guint32 id, gsize length) {
  guint8 header[24] = {(guint8)length, (guint8)(length >> 8), (guint8)(length >> 16), 0, kind, 0, 0, 0, (guint8)id, 0, 0, 0, 5, 0, 0, 0, 1};
  g_byte_array_append(bytes, header, sizeof header);
  for (gsize i = 0; i < length; i++) {
    guint8 byte = byte_at(i);
    g_byte_array_append(bytes, &byte, 1);
  }
}

/* Writes pieces, each when the one before was read. Without a loop to turn another thread reads. */
static void put_in_pieces(int fd, const guint8 *bytes, gsize length, gboolean turn) {
  for (gsize at = 0; at < length; at += piece_size) {
    gsize count = MIN(piece_size, length - at);
    CHECK(send(fd, bytes + at, count, MSG_NOSIGNAL) == (ssize_t)count);
    for (int unread = 1; unread > 0;) {
      CHECK(ioctl(fd, SIOCOUTQ, &unread) == 0);
      if (unread > 0 && turn)
        g_main_context_iteration(NULL, TRUE);
      else if (unread > 0)
        g_thread_yield();
    }
  }
}

static void turn_all(void) {
  while (g_main_context_pending(NULL))
    g_main_context_iteration(NULL, FALSE);
}

static LaneChannel *open_channel(int *peer, GArray **seen) {
  *seen = g_array_new(FALSE, TRUE, sizeof(Seen));
  LaneChannel *channel = lane_channel_new(peer, deliver, *seen);
  CHECK(channel != NULL);
  return channel;
}

static void messages_come_whole(void) {
  int peer;
  GArray *seen;
  LaneChannel *channel = open_channel(&peer, &seen);
  GByteArray *bytes = g_byte_array_new();
  for (guint i = 0; i < G_N_ELEMENTS(LENGTHS); i++)
    put_frame(bytes, MESSAGE, i, LENGTHS[i]);
  put_in_pieces(peer, bytes->data, bytes->len, TRUE);
  turn_all();
  CHECK(seen->len == G_N_ELEMENTS(LENGTHS));
  for (guint i = 0; i < seen->len; i++) {
    Seen *at = &g_array_index(seen, Seen, i);
    CHECK(at->kind == MESSAGE && at->id == i && at->length == LENGTHS[i] && at->same);
  }
  g_byte_array_unref(bytes);
  lane_channel_unref(channel);
  g_array_unref(seen);
  close(peer);
}

static void what_breaks_off_is_nothing(void) {
  GByteArray *bytes = g_byte_array_new();
  put_frame(bytes, MESSAGE, 1, 3);
  gsize whole = bytes->len;
  put_frame(bytes, MESSAGE, 2, 70001);
  const gsize cuts[] = {whole + 1, whole + 23, whole + 24, whole + 1024, whole + 66000, bytes->len - 1};
  for (guint i = 0; i < G_N_ELEMENTS(cuts); i++) {
    int peer;
    GArray *seen;
    LaneChannel *channel = open_channel(&peer, &seen);
    put_in_pieces(peer, bytes->data, cuts[i], TRUE);
    close(peer);
    turn_all();
    CHECK(seen->len == 1 && g_array_index(seen, Seen, 0).id == 1 && g_array_index(seen, Seen, 0).same);
    LaneFrame frame = {.kind = MESSAGE};
    CHECK(!lane_channel_send(channel, &frame));
    lane_channel_unref(channel);
    g_array_unref(seen);
  }
  g_byte_array_unref(bytes);
}

typedef struct {
  int fd;
  GByteArray *bytes;
  gsize length;
} Host;

/* Takes a question and writes what it was given; then it is gone. */
static gpointer answer(gpointer data) {
  Host *host = data;
  char question[24];
  struct pollfd poller = {.fd = host->fd, .events = POLLIN};
  while (poll(&poller, 1, -1) < 0) {
  }
  CHECK(recv(host->fd, question, sizeof question, 0) == sizeof question);
  put_in_pieces(host->fd, host->bytes->data, host->length, FALSE);
  close(host->fd);
  return NULL;
}

static void answers_come_whole_or_not_at_all(void) {
  GByteArray *bytes = g_byte_array_new();
  put_frame(bytes, MESSAGE, 1, 2000);
  put_frame(bytes, ANSWER, 8, 10);
  put_frame(bytes, ANSWER, 7, 70001);
  const gsize lengths[] = {bytes->len, bytes->len - 1, bytes->len - 70001, bytes->len - 70002};
  for (guint i = 0; i < G_N_ELEMENTS(lengths); i++) {
    Host host = {.bytes = bytes, .length = lengths[i]};
    GArray *seen;
    LaneChannel *channel = open_channel(&host.fd, &seen);
    GThread *thread = g_thread_new("host", answer, &host);
    LaneFrame question = {.kind = QUESTION, .id = 7};
    LaneFrame *found = lane_channel_request(channel, &question, ANSWER);
    g_thread_join(thread);
    CHECK((found != NULL) == (i == 0));
    if (found) {
      Seen told = look(found);
      CHECK(told.length == 70001 && told.same);
      lane_frame_free(found);
    }
    turn_all();
    CHECK(seen->len == 2);
    CHECK(g_array_index(seen, Seen, 0).kind == MESSAGE && g_array_index(seen, Seen, 0).length == 2000 && g_array_index(seen, Seen, 0).same);
    CHECK(g_array_index(seen, Seen, 1).id == 8 && g_array_index(seen, Seen, 1).same);
    lane_channel_unref(channel);
    g_array_unref(seen);
  }
  g_byte_array_unref(bytes);
}

int main(void) {
  for (guint i = 0; i < G_N_ELEMENTS(SIZES); i++) {
    piece_size = SIZES[i];
    messages_come_whole();
    what_breaks_off_is_nothing();
    answers_come_whole_or_not_at_all();
  }
  return 0;
}
