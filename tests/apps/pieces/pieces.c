/* A web process (the one of the page whose address says so) that hands its messages over in small pieces, each when the one before was read, and breaks
 * off in the middle of some. The test puts it beside the shell's own extension. */
#include <gio/gunixfdlist.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/sockios.h>
#include <webkit2/webkit-web-extension.h>

enum { LOAD = 1, SEND = 7 };

/* A lane of its own making with a document of the main frame; gives our end. */
static int lane(WebKitWebPage *page) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
    abort();
  GUnixFDList *list = g_unix_fd_list_new();
  g_unix_fd_list_append(list, ends[1], NULL);
  webkit_web_page_send_message_to_view(page, webkit_user_message_new_with_fd_list("shell-lane", NULL, list), NULL, NULL, NULL);
  g_object_unref(list);
  close(ends[1]);
  return ends[0];
}

static void put_in_pieces(int fd, const guint8 *bytes, gsize length, gsize size) {
  for (gsize at = 0; at < length; at += size) {
    gsize count = MIN(size, length - at);
    if (send(fd, bytes + at, count, MSG_NOSIGNAL) != (ssize_t)count)
      abort();
    /* The stream would join what is not read yet. */
    for (int unread = 1; unread > 0;) {
      if (ioctl(fd, SIOCOUTQ, &unread) != 0)
        abort();
      if (unread > 0)
        g_usleep(20);
    }
  }
}

static void put_number(GByteArray *bytes, guint64 value, guint count) {
  for (guint i = 0; i < count; i++, value >>= 8) {
    guint8 byte = (guint8)value;
    g_byte_array_append(bytes, &byte, 1);
  }
}

/* A length as the codec writes it. */
static void put_length(GByteArray *bytes, gsize value) {
  for (; value >= 128; value /= 128)
    put_number(bytes, value % 128 + 128, 1);
  put_number(bytes, value, 1);
}

static void put_header(GByteArray *bytes, guint kind, gsize length) {
  put_number(bytes, length, 4);
  put_number(bytes, kind, 4);
  put_number(bytes, 0, 4);
  put_number(bytes, 1, 4);
  put_number(bytes, 1, 8);
}

/* A document of the main frame: texts of no length, not hidden, not opaque, no parent. */
static GByteArray *load_frame(void) {
  GByteArray *bytes = g_byte_array_new();
  put_header(bytes, LOAD, 28);
  put_number(bytes, 0, 28);
  return bytes;
}

/* `send('piece', number, new Uint8Array(length))` with known bytes. */
static GByteArray *message_frame(guint number, gsize length) {
  GByteArray *message = g_byte_array_new();
  /* One byte of form; a list of three: a text, a number, a view that is all of its buffer. */
  const guint8 begin[] = {1, 14, 3, 6, (guint8)(64 + number), 22, 1, 0};
  g_byte_array_append(message, begin, sizeof begin);
  put_length(message, length);
  put_number(message, 21, 1);
  put_length(message, length);
  for (gsize i = 0; i < length; i++)
    put_number(message, i * 31 % 251, 1);
  guint texts = message->len;
  g_byte_array_append(message, (const guint8 *)"\5piece", 6);
  put_number(message, texts, 4);
  GByteArray *bytes = g_byte_array_new();
  put_header(bytes, SEND, message->len);
  g_byte_array_append(bytes, message->data, message->len);
  g_byte_array_unref(message);
  return bytes;
}

static void send_in_pieces(int fd, GByteArray *bytes, gsize size) {
  put_in_pieces(fd, bytes->data, bytes->len, size);
  g_byte_array_unref(bytes);
}

/* Ends our side and waits until the host has ended its own: then it has made of what came whatever it makes of it. */
static void end(int fd) {
  shutdown(fd, SHUT_WR);
  char rest[65536];
  while (recv(fd, rest, sizeof rest, 0) > 0) {
  }
  close(fd);
}

static void on_document_loaded(WebKitWebPage *page, gpointer data) {
  (void)data;
  if (!strstr(webkit_web_page_get_uri(page), "in-pieces"))
    return;
  static const gsize sizes[] = {1, 1023, 1024, 1025};
  guint number = 0;
  for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
    int fd = lane(page);
    send_in_pieces(fd, load_frame(), sizes[i]);
    for (gsize length = 1; length < sizes[i] * 400 && length < 400000; length = length * 20 + 3)
      send_in_pieces(fd, message_frame(number++, length), sizes[i]);
    /* Broken off in its header, before its payload, and in the middle of that. */
    GByteArray *half = message_frame(98, 3000);
    const gsize cuts[] = {23, 24, 1500};
    put_in_pieces(fd, half->data, cuts[i % G_N_ELEMENTS(cuts)], sizes[i]);
    g_byte_array_unref(half);
    end(fd);
  }
  /* Much is promised and nothing paid for. */
  for (guint i = 0; i < 3; i++) {
    int fd = lane(page);
    GByteArray *promise = g_byte_array_new();
    put_header(promise, SEND, 256 << 20);
    put_number(promise, 0, 4000);
    send_in_pieces(fd, promise, 1024);
    if (i == 0)
      end(fd);
  }
  int fd = lane(page);
  send_in_pieces(fd, load_frame(), 1024);
  send_in_pieces(fd, message_frame(99, 10), 1024);
}

static void on_page_created(WebKitWebExtension *extension, WebKitWebPage *page, gpointer data) {
  (void)extension;
  (void)data;
  g_signal_connect(page, "document-loaded", G_CALLBACK(on_document_loaded), NULL);
}

G_MODULE_EXPORT void webkit_web_extension_initialize(WebKitWebExtension *extension) {
  g_signal_connect(extension, "page-created", G_CALLBACK(on_page_created), NULL);
}
