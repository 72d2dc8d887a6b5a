/* The page's end of the channel with memory that the host shares: long payloads both ways, a full ring, an answer that overtakes, and places that
 * cannot be. Compiled with channel.c and area.c and run by tests/it/channel.rs; says by its exit code whether all was well. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "channel.h"

#define CHECK(condition)                                                                                                                                  \
  do {                                                                                                                                                    \
    if (!(condition)) {                                                                                                                                   \
      fprintf(stderr, "%s:%d: not %s\n", __FILE__, __LINE__, #condition);                                                                                 \
      exit(1);                                                                                                                                            \
    }                                                                                                                                                     \
  } while (0)

enum { MESSAGE = 34, ANSWER = 36, QUESTION = 9, AREA = 58 };
enum { HEADER = 24, CONTROL = 4096, RING = 1 << 20, SIZE = CONTROL + 2 * RING, PIECE = 300000 };

typedef struct {
  int fd;
  guint8 *base;
} Host;

typedef struct {
  guint32 id;
  guint32 length;
  guint8 first, last;
} Seen;

static GArray *seen;

static void deliver(const LaneFrame *frame, gpointer data) {
  (void)data;
  Seen one = {frame->id, frame->length, frame->payload[0], frame->payload[frame->length - 1]};
  g_array_append_val(seen, one);
}

static void turn(void) {
  while (g_main_context_pending(NULL))
    g_main_context_iteration(NULL, FALSE);
}

static void put_header(guint8 *header, guint8 kind, guint32 id, guint32 length, gboolean in_area) {
  memset(header, 0, HEADER);
  memcpy(header, &length, 4);
  header[4] = kind;
  header[5] = (guint8)in_area;
  memcpy(header + 8, &id, 4);
}

/* A new channel whose host has sent its memory, or something that is none. */
static LaneChannel *open_channel(Host *host, gsize file_size) {
  LaneChannel *channel = lane_channel_new(&host->fd, deliver, NULL);
  CHECK(channel != NULL);
  int file = memfd_create("test", MFD_CLOEXEC);
  CHECK(file >= 0 && ftruncate(file, (off_t)file_size) == 0);
  host->base = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  CHECK(host->base != MAP_FAILED);
  guint8 frame[HEADER + 4];
  guint32 ring = RING;
  put_header(frame, AREA, 0, 4, FALSE);
  memcpy(frame + HEADER, &ring, 4);
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
  } control = {0};
  struct iovec part = {frame, sizeof frame};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  control.header = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
  memcpy(CMSG_DATA(&control.header), &file, sizeof(int));
  CHECK(sendmsg(host->fd, &message, 0) == sizeof frame);
  close(file);
  turn();
  return channel;
}

static void close_channel(Host *host, LaneChannel *channel) {
  lane_channel_unref(channel);
  close(host->fd);
  munmap(host->base, SIZE);
  g_array_set_size(seen, 0);
}

static guint64 released(const Host *host) {
  guint64 value;
  memcpy(&value, host->base + 64, sizeof value);
  return value;
}

static void host_sends(Host *host, guint8 kind, guint32 id, guint64 end, guint32 length, gsize cut) {
  guint8 frame[HEADER + 8];
  put_header(frame, kind, id, length, TRUE);
  memcpy(frame + HEADER, &end, 8);
  CHECK(send(host->fd, frame, cut, 0) == (ssize_t)cut);
  if (cut < sizeof frame) {
    turn();
    CHECK(send(host->fd, frame + cut, sizeof frame - cut, 0) == (ssize_t)(sizeof frame - cut));
  }
}

static void payloads_come_out_of_the_memory(void) {
  Host host;
  LaneChannel *channel = open_channel(&host, SIZE);
  const gsize cuts[] = {1, HEADER - 1, HEADER, HEADER + 1, HEADER + 8};
  for (guint i = 0; i < G_N_ELEMENTS(cuts); i++) {
    guint64 start = (guint64)i * 100000;
    memset(host.base + CONTROL + RING + start, (int)i + 1, 100000);
    host_sends(&host, MESSAGE, i, start + 100000, 100000, cuts[i]);
    turn();
    CHECK(seen->len == i + 1 && released(&host) == start + 100000);
    Seen *one = &g_array_index(seen, Seen, i);
    CHECK(one->id == i && one->length == 100000 && one->first == i + 1 && one->last == i + 1);
  }
  close_channel(&host, channel);
}

static void an_answer_that_overtakes_releases_nothing_of_others(void) {
  Host host;
  LaneChannel *channel = open_channel(&host, SIZE);
  memset(host.base + CONTROL + RING, 1, 20000);
  memset(host.base + CONTROL + RING + 20000, 2, 20000);
  host_sends(&host, MESSAGE, 1, 20000, 20000, HEADER + 8);
  host_sends(&host, ANSWER, 7, 40000, 20000, HEADER + 8);
  LaneFrame question = {.kind = QUESTION, .id = 7};
  LaneFrame *answer = lane_channel_request(channel, &question, ANSWER);
  CHECK(answer && answer->payload[0] == 2 && answer->payload[19999] == 2);
  lane_frame_free(answer);
  CHECK(released(&host) == 0 && seen->len == 0);
  turn();
  CHECK(seen->len == 1 && g_array_index(seen, Seen, 0).first == 1 && released(&host) == 40000);
  close_channel(&host, channel);
}

/* Reads one frame of the page, with what follows its header. */
static gsize host_reads(Host *host, guint8 *frame, gsize room) {
  gsize have = 0;
  guint32 length = 0;
  while (have < HEADER || have < HEADER + (frame[5] ? 8 : length)) {
    ssize_t count = recv(host->fd, frame + have, have < HEADER ? HEADER - have : MIN(room - have, HEADER + (frame[5] ? 8 : length) - have), MSG_DONTWAIT);
    if (count < 0) {
      turn();
      continue;
    }
    have += (gsize)count;
    if (have >= HEADER)
      memcpy(&length, frame, 4);
  }
  return have;
}

static void long_payloads_go_through_the_memory_while_it_has_room(void) {
  Host host;
  LaneChannel *channel = open_channel(&host, SIZE);
  guint8 *payload = g_malloc(PIECE), *frame = g_malloc(HEADER + PIECE);
  gboolean in_area[6];
  guint64 ends[6] = {0};
  for (guint i = 0; i < 6; i++) {
    memset(payload, (int)i + 1, PIECE);
    LaneFrame message = {.kind = 7, .id = i, .length = PIECE, .payload = payload};
    CHECK(lane_channel_send(channel, &message));
    host_reads(&host, frame, HEADER + PIECE);
    in_area[i] = frame[5];
    if (in_area[i]) {
      memcpy(&ends[i], frame + HEADER, 8);
      const guint8 *place = host.base + CONTROL + (ends[i] - PIECE) % RING;
      CHECK(place[0] == i + 1 && place[PIECE - 1] == i + 1);
    } else {
      CHECK(frame[HEADER] == i + 1 && frame[HEADER + PIECE - 1] == i + 1);
    }
    /* The first is read late, all others once the fifth has come. */
    if (i == 4)
      memcpy(host.base, &ends[2], 8);
  }
  CHECK(in_area[0] && in_area[1] && in_area[2] && !in_area[3] && !in_area[4] && in_area[5]);
  LaneFrame little = {.kind = 7, .id = 9, .length = 100, .payload = payload};
  CHECK(lane_channel_send(channel, &little));
  host_reads(&host, frame, HEADER + PIECE);
  CHECK(!frame[5]);
  g_free(payload);
  g_free(frame);
  close_channel(&host, channel);
}

static void what_cannot_be_ends_the_channel(void) {
  const struct {
    gsize file;
    guint64 end;
    guint32 length;
  } cases[] = {{SIZE, 5, 10}, {SIZE, RING + 5, 10}, {SIZE, RING + 1, RING + 1}, {SIZE, 0, 0}, {SIZE - 1, 20000, 20000}};
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    Host host;
    LaneChannel *channel = open_channel(&host, cases[i].file);
    host_sends(&host, MESSAGE, 1, cases[i].end, cases[i].length, HEADER + 8);
    turn();
    LaneFrame message = {.kind = 7};
    CHECK(seen->len == 0 && !lane_channel_send(channel, &message));
    close_channel(&host, channel);
  }
}

int main(void) {
  seen = g_array_new(FALSE, TRUE, sizeof(Seen));
  payloads_come_out_of_the_memory();
  an_answer_that_overtakes_releases_nothing_of_others();
  long_payloads_go_through_the_memory_while_it_has_room();
  what_cannot_be_ends_the_channel();
  g_array_unref(seen);
  return 0;
}
