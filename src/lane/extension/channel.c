/* The page's end of the channel.
 *
 * The host may be busy for a long time, so nothing here waits for it except a request, which is what `sendSync` means, and a sender that
 * the host cannot follow. When the host is gone the channel closes and the page lives on without it. */

#include "channel.h"

#include <errno.h>
#include <glib-unix.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define HEADER_LENGTH 24
/* Of the header's flags: the payload is in the area, and eight bytes follow that say where. */
#define IN_AREA 1
#define PLACE_LENGTH 8
/* The frame that brings the area. Nobody else gets it. */
#define KIND_AREA 58
#define MAX_PAYLOAD (256u << 20)
/* What the host leaves unread is kept up to here; a page that goes on sending then waits until the host has read. */
#define MAX_QUEUED (32u << 20)
#define READ_SIZE (64 << 10)
#define SOCKET_BUFFER (2 << 20)
/* An answer that usually comes within so many microseconds is waited for awake, and no longer than that: to sleep and to be woken takes as long as
 * most answers do. */
#define MOST_AWAKE 400
/* How much longer than usual it may take, besides twice the time. */
#define MORE_AWAKE 100

typedef struct {
  guint8 *bytes;
  gsize length;
  gsize offset;
} Piece;

/* How long the answers of late took, in microseconds. */
typedef struct {
  guint usual;
} Patience;

struct LaneChannel {
  int references;
  int fd;
  LaneDeliver deliver;
  gpointer data;
  GSource *in_source;
  GSource *out_source;
  GSource *idle_source;
  /* Is asked last before the main loop sleeps. */
  GSource *patience_source;
  Patience for_request;
  Patience for_loop;
  /* Something was sent since the loop slept, and may be answered soon. */
  gboolean expecting;
  /* When the last frame was sent to which nothing has come yet; 0 if there is none. */
  gint64 sent_at;
  GQueue outgoing;
  gsize outgoing_bytes;
  GQueue incoming;
  gboolean delivering;
  /* Bytes that were read and not parsed yet. */
  guint8 buffer[READ_SIZE];
  gsize buffer_start;
  gsize buffer_end;
  /* The frame whose payload is arriving. */
  LaneFrame *partial;
  gsize partial_have;
  /* Memory that the host shares, and a descriptor of such that came ahead of its frame. */
  LaneArea *area;
  int area_fd;
};

static void put32(guint8 *at, guint32 value) {
  for (int i = 0; i < 4; i++)
    at[i] = (guint8)(value >> (8 * i));
}

static guint32 get32(const guint8 *at) {
  return at[0] | (guint32)at[1] << 8 | (guint32)at[2] << 16 | (guint32)at[3] << 24;
}

static void put64(guint8 *at, guint64 value) {
  put32(at, (guint32)value);
  put32(at + 4, (guint32)(value >> 32));
}

static guint64 get64(const guint8 *at) {
  return get32(at) | (guint64)get32(at + 4) << 32;
}

void lane_frame_free(LaneFrame *frame) {
  if (!frame)
    return;
  if (frame->area) {
    lane_area_release(frame->area, frame->area_end);
    lane_area_unref(frame->area);
  } else {
    g_free(frame->payload);
  }
  g_free(frame);
}

static void piece_free(gpointer data) {
  Piece *piece = data;
  g_free(piece->bytes);
  g_free(piece);
}

static void drop_source(GSource **source) {
  if (!*source)
    return;
  g_source_destroy(*source);
  g_source_unref(*source);
  *source = NULL;
}

LaneChannel *lane_channel_ref(LaneChannel *channel) {
  channel->references++;
  return channel;
}

void lane_channel_unref(LaneChannel *channel) {
  if (--channel->references > 0)
    return;
  lane_channel_close(channel);
  g_queue_clear_full(&channel->incoming, (GDestroyNotify)lane_frame_free);
  lane_frame_free(channel->partial);
  lane_area_unref(channel->area);
  g_free(channel);
}

/* The socket is of no more use: what arrived before is still delivered. */
static void hang_up(LaneChannel *channel) {
  drop_source(&channel->in_source);
  drop_source(&channel->out_source);
  drop_source(&channel->patience_source);
  g_queue_clear_full(&channel->outgoing, piece_free);
  channel->outgoing_bytes = 0;
  if (channel->fd >= 0)
    close(channel->fd);
  channel->fd = -1;
  if (channel->area_fd >= 0)
    close(channel->area_fd);
  channel->area_fd = -1;
}

void lane_channel_close(LaneChannel *channel) {
  hang_up(channel);
  drop_source(&channel->idle_source);
  channel->deliver = NULL;
}

/* Writes what is queued as far as the socket takes it. */
static void flush(LaneChannel *channel) {
  Piece *piece;
  while (channel->fd >= 0 && (piece = g_queue_peek_head(&channel->outgoing))) {
    ssize_t count = send(channel->fd, piece->bytes + piece->offset, piece->length - piece->offset, MSG_NOSIGNAL);
    if (count < 0) {
      if (errno == EINTR)
        continue;
      if (errno != EAGAIN && errno != EWOULDBLOCK)
        hang_up(channel);
      return;
    }
    piece->offset += (gsize)count;
    channel->outgoing_bytes -= (gsize)count;
    if (piece->offset == piece->length)
      piece_free(g_queue_pop_head(&channel->outgoing));
  }
}

static gboolean on_writable(int fd, GIOCondition condition, gpointer data) {
  (void)fd;
  (void)condition;
  LaneChannel *channel = data;
  flush(channel);
  if (channel->fd >= 0 && !g_queue_is_empty(&channel->outgoing))
    return G_SOURCE_CONTINUE;
  drop_source(&channel->out_source);
  return G_SOURCE_REMOVE;
}

/* Holds the page up while too much of what it sent is unread. The host never waits for a page, so this ends. */
static void slow_down(LaneChannel *channel) {
  while (channel->fd >= 0 && channel->outgoing_bytes > MAX_QUEUED) {
    struct pollfd poller = {.fd = channel->fd, .events = POLLOUT};
    if (poll(&poller, 1, -1) < 0 && errno != EINTR)
      hang_up(channel);
    flush(channel);
  }
}

gboolean lane_channel_send(LaneChannel *channel, const LaneFrame *frame) {
  if (channel->fd < 0 || frame->length > MAX_PAYLOAD)
    return FALSE;
  guint8 header[HEADER_LENGTH] = {0};
  put32(header, frame->length);
  header[4] = frame->kind;
  put32(header + 8, frame->id);
  put32(header + 12, frame->document);
  put64(header + 16, frame->frame);
  guint8 place[PLACE_LENGTH];
  guint8 *payload = frame->payload;
  gsize length = frame->length;
  guint64 end = channel->area && length >= LANE_AREA_LEAST ? lane_area_put(channel->area, payload, length) : 0;
  if (end) {
    header[5] = IN_AREA;
    put64(place, end);
    payload = place;
    length = PLACE_LENGTH;
  }
  gsize total = HEADER_LENGTH + length;
  gsize taken = 0;
  channel->expecting = TRUE;
  channel->sent_at = g_get_monotonic_time();
  /* Only an empty queue may be bypassed: the order of frames is the order of calls. */
  if (g_queue_is_empty(&channel->outgoing)) {
    struct iovec parts[2] = {{header, HEADER_LENGTH}, {payload, length}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = length ? 2 : 1};
    ssize_t count;
    do
      count = sendmsg(channel->fd, &message, MSG_NOSIGNAL);
    while (count < 0 && errno == EINTR);
    if (count < 0 && errno != EAGAIN && errno != EWOULDBLOCK) {
      hang_up(channel);
      return FALSE;
    }
    taken = count > 0 ? (gsize)count : 0;
    if (taken == total)
      return TRUE;
  }
  Piece *piece = g_new0(Piece, 1);
  piece->length = total - taken;
  piece->bytes = g_malloc(piece->length);
  gsize at = 0;
  if (taken < HEADER_LENGTH) {
    at = HEADER_LENGTH - taken;
    memcpy(piece->bytes, header + taken, at);
    taken = HEADER_LENGTH;
  }
  if (length)
    memcpy(piece->bytes + at, payload + (taken - HEADER_LENGTH), total - taken);
  channel->outgoing_bytes += piece->length;
  g_queue_push_tail(&channel->outgoing, piece);
  if (!channel->out_source) {
    channel->out_source = g_unix_fd_source_new(channel->fd, G_IO_OUT);
    g_source_set_callback(channel->out_source, (GSourceFunc)(void (*)(void))on_writable, channel, NULL);
    g_source_attach(channel->out_source, NULL);
  }
  slow_down(channel);
  return channel->fd >= 0;
}

/* Maps the area whose frame has come. Where that fails there is no memory left, and the next frame that is in it ends the channel. */
static void open_area(LaneChannel *channel, const LaneFrame *frame) {
  if (channel->area_fd >= 0 && !channel->area && frame->length == 4)
    channel->area = lane_area_new(channel->area_fd, get32(frame->payload));
  else if (channel->area_fd >= 0)
    close(channel->area_fd);
  channel->area_fd = -1;
}

/* The frame whose payload is in the area. */
static LaneFrame *parse_in_area(LaneChannel *channel, LaneFrame *frame, const guint8 *place) {
  frame->area_end = get64(place);
  frame->payload = channel->area ? lane_area_take(channel->area, frame->area_end, frame->length) : NULL;
  if (!frame->payload) {
    g_free(frame);
    hang_up(channel);
    return NULL;
  }
  frame->area = lane_area_ref(channel->area);
  channel->buffer_start += HEADER_LENGTH + PLACE_LENGTH;
  return frame;
}

/* Takes one complete frame out of what was read, or NULL. */
static LaneFrame *parse_one(LaneChannel *channel) {
  gsize have = channel->buffer_end - channel->buffer_start;
  const guint8 *at = channel->buffer + channel->buffer_start;
  if (!channel->partial) {
    if (have < HEADER_LENGTH || (at[5] == IN_AREA && have < HEADER_LENGTH + PLACE_LENGTH))
      return NULL;
    guint32 length = get32(at);
    if (length > MAX_PAYLOAD) {
      hang_up(channel);
      return NULL;
    }
    LaneFrame *frame = g_new0(LaneFrame, 1);
    frame->length = length;
    frame->kind = at[4];
    frame->id = get32(at + 8);
    frame->document = get32(at + 12);
    frame->frame = get64(at + 16);
    if (at[5] == IN_AREA)
      return parse_in_area(channel, frame, at + HEADER_LENGTH);
    if (length && !(frame->payload = g_try_malloc(length))) {
      g_free(frame);
      hang_up(channel);
      return NULL;
    }
    channel->partial = frame;
    channel->partial_have = 0;
    channel->buffer_start += HEADER_LENGTH;
    at += HEADER_LENGTH;
    have -= HEADER_LENGTH;
  }
  gsize take = MIN(have, channel->partial->length - channel->partial_have);
  if (take)
    memcpy(channel->partial->payload + channel->partial_have, at, take);
  channel->partial_have += take;
  channel->buffer_start += take;
  if (channel->partial_have < channel->partial->length)
    return NULL;
  LaneFrame *frame = channel->partial;
  channel->partial = NULL;
  return frame;
}

/* The same, for everybody else: without the frame that is for the channel itself. */
static LaneFrame *parse(LaneChannel *channel) {
  LaneFrame *frame;
  while ((frame = parse_one(channel)) && frame->kind == KIND_AREA) {
    open_area(channel, frame);
    lane_frame_free(frame);
  }
  return frame;
}

/* Reads bytes, and keeps a descriptor that comes with them. */
static ssize_t receive(LaneChannel *channel, guint8 *into, gsize room) {
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
  } control;
  struct iovec part = {into, room};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  ssize_t count;
  do
    count = recvmsg(channel->fd, &message, MSG_CMSG_CLOEXEC);
  while (count < 0 && errno == EINTR);
  struct cmsghdr *rights = count > 0 ? CMSG_FIRSTHDR(&message) : NULL;
  if (rights && rights->cmsg_level == SOL_SOCKET && rights->cmsg_type == SCM_RIGHTS && rights->cmsg_len == CMSG_LEN(sizeof(int))) {
    if (channel->area_fd >= 0)
      close(channel->area_fd);
    memcpy(&channel->area_fd, CMSG_DATA(rights), sizeof(int));
  }
  return count;
}

static void note(Patience *patience, gint64 took) {
  patience->usual = (3 * patience->usual + (guint)MIN(took, 2 * MOST_AWAKE)) / 4;
}

/* Something has come: the time since the last frame was sent is what its answer took. */
static void learn(LaneChannel *channel, Patience *patience) {
  if (channel->sent_at)
    note(patience, g_get_monotonic_time() - channel->sent_at);
  channel->sent_at = 0;
}

/* Reads once. FALSE when nothing was there or the host is gone. */
static gboolean read_some(LaneChannel *channel) {
  if (channel->fd < 0)
    return FALSE;
  guint8 *into;
  gsize room;
  /* A payload that fills more than the buffer is read straight into its place. */
  gboolean direct = channel->partial && channel->partial->length - channel->partial_have >= READ_SIZE;
  if (direct) {
    into = channel->partial->payload + channel->partial_have;
    room = channel->partial->length - channel->partial_have;
  } else {
    gsize have = channel->buffer_end - channel->buffer_start;
    memmove(channel->buffer, channel->buffer + channel->buffer_start, have);
    channel->buffer_start = 0;
    channel->buffer_end = have;
    into = channel->buffer + have;
    room = READ_SIZE - have;
  }
  ssize_t count = receive(channel, into, room);
  if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
    return FALSE;
  if (count <= 0) {
    hang_up(channel);
    return FALSE;
  }
  if (direct)
    channel->partial_have += (gsize)count;
  else
    channel->buffer_end += (gsize)count;
  return TRUE;
}

/* Hands on what is queued. A delivery may run script that makes requests or closes the channel. */
static void deliver_all(LaneChannel *channel) {
  if (channel->delivering)
    return;
  channel->delivering = TRUE;
  lane_channel_ref(channel);
  LaneFrame *frame;
  while (channel->deliver && (frame = g_queue_pop_head(&channel->incoming))) {
    channel->deliver(frame, channel->data);
    lane_frame_free(frame);
  }
  channel->delivering = FALSE;
  lane_channel_unref(channel);
}

static gboolean on_idle(gpointer data) {
  LaneChannel *channel = data;
  drop_source(&channel->idle_source);
  deliver_all(channel);
  return G_SOURCE_REMOVE;
}

static gboolean on_readable(int fd, GIOCondition condition, gpointer data) {
  (void)fd;
  (void)condition;
  LaneChannel *channel = data;
  lane_channel_ref(channel);
  LaneFrame *frame;
  if (read_some(channel)) {
    learn(channel, &channel->for_loop);
    while ((frame = parse(channel)))
      g_queue_push_tail(&channel->incoming, frame);
  }
  deliver_all(channel);
  gboolean alive = channel->fd >= 0;
  lane_channel_unref(channel);
  return alive ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/* Waits awake for a short while, until the socket has something. Whoever else wants the processor gets it meanwhile. */
static void wait_awake(LaneChannel *channel, Patience *patience) {
  if (patience->usual > MOST_AWAKE)
    return;
  gint64 end = g_get_monotonic_time() + MIN(MOST_AWAKE, 2 * patience->usual + MORE_AWAKE);
  do {
    guint8 byte;
    if (recv(channel->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK))
      return;
    sched_yield();
  } while (g_get_monotonic_time() < end);
  note(patience, G_MAXINT64);
  channel->sent_at = 0;
}

typedef struct {
  GSource source;
  LaneChannel *channel;
} PatienceSource;

/* Called only when nothing else of the loop is due, because of its priority. */
static gboolean before_sleep(GSource *source, int *timeout) {
  LaneChannel *channel = ((PatienceSource *)source)->channel;
  *timeout = -1;
  if (channel->expecting && channel->fd >= 0) {
    channel->expecting = FALSE;
    wait_awake(channel, &channel->for_loop);
  }
  return FALSE;
}

static GSourceFuncs patience_functions = {.prepare = before_sleep};

LaneFrame *lane_channel_request(LaneChannel *channel, const LaneFrame *question, guint8 answer) {
  if (!lane_channel_send(channel, question))
    return NULL;
  LaneFrame *found = NULL;
  while (!found) {
    LaneFrame *frame;
    while (!found && (frame = parse(channel))) {
      if (frame->kind == answer && frame->id == question->id)
        found = frame;
      else
        g_queue_push_tail(&channel->incoming, frame);
    }
    if (found || channel->fd < 0)
      break;
    if (channel->expecting && g_queue_is_empty(&channel->outgoing))
      wait_awake(channel, &channel->for_request);
    channel->expecting = FALSE;
    struct pollfd poller = {.fd = channel->fd, .events = POLLIN};
    if (!g_queue_is_empty(&channel->outgoing))
      poller.events |= POLLOUT;
    if (poll(&poller, 1, -1) < 0 && errno != EINTR) {
      hang_up(channel);
      break;
    }
    if (poller.revents & POLLOUT)
      flush(channel);
    if ((poller.revents & (POLLIN | POLLHUP | POLLERR)) && read_some(channel))
      learn(channel, &channel->for_request);
  }
  /* What is left would otherwise wait for the next bytes of the socket. */
  LaneFrame *frame;
  while ((frame = parse(channel)))
    g_queue_push_tail(&channel->incoming, frame);
  if (!g_queue_is_empty(&channel->incoming) && !channel->idle_source && channel->deliver) {
    channel->idle_source = g_idle_source_new();
    g_source_set_priority(channel->idle_source, G_PRIORITY_DEFAULT);
    g_source_set_callback(channel->idle_source, on_idle, channel, NULL);
    g_source_attach(channel->idle_source, NULL);
  }
  return found;
}

LaneChannel *lane_channel_new(int *peer, LaneDeliver deliver, gpointer data) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0)
    return NULL;
  /* A big message then goes over in one piece instead of a dozen turns of both processes. The system may allow less. */
  int size = SOCKET_BUFFER;
  for (int i = 0; i < 2; i++)
    setsockopt(ends[i], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  LaneChannel *channel = g_new0(LaneChannel, 1);
  channel->references = 1;
  channel->fd = ends[0];
  channel->area_fd = -1;
  channel->deliver = deliver;
  channel->data = data;
  g_queue_init(&channel->outgoing);
  g_queue_init(&channel->incoming);
  channel->in_source = g_unix_fd_source_new(channel->fd, G_IO_IN | G_IO_HUP | G_IO_ERR);
  g_source_set_callback(channel->in_source, (GSourceFunc)(void (*)(void))on_readable, channel, NULL);
  g_source_attach(channel->in_source, NULL);
  channel->patience_source = g_source_new(&patience_functions, sizeof(PatienceSource));
  ((PatienceSource *)channel->patience_source)->channel = channel;
  g_source_set_priority(channel->patience_source, G_PRIORITY_LOW);
  g_source_attach(channel->patience_source, NULL);
  *peer = ends[1];
  return channel;
}
