/* A web process that was taken over (the one of the page whose address says so): it says whatever it likes to the host, by every way that an honest one has. The test puts it beside the
 * shell's own extension. Everything is sent while the page loads, so the page's end of load comes after it. */
#include <errno.h>
#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <webkit2/webkit-web-extension.h>

static void tell(WebKitWebPage *page, const char *name, GVariant *parameters, const int *fds, int count) {
  GUnixFDList *list = count < 0 ? NULL : g_unix_fd_list_new();
  for (int i = 0; i < count; i++)
    g_unix_fd_list_append(list, fds[i], NULL);
  webkit_web_page_send_message_to_view(page, webkit_user_message_new_with_fd_list(name, parameters, list), NULL, NULL, NULL);
  g_clear_object(&list);
}

/* A lane of its own making; gives our end. */
static int lane(WebKitWebPage *page) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) != 0)
    return -1;
  tell(page, "shell-lane", NULL, &ends[1], 1);
  close(ends[1]);
  return ends[0];
}

static gboolean put(int fd, const void *bytes, size_t length) {
  return send(fd, bytes, length, MSG_NOSIGNAL) == (ssize_t)length;
}

static gboolean frame(int fd, unsigned kind, unsigned id, unsigned document, unsigned long long number, const void *payload, unsigned length) {
  unsigned char bytes[24 + 256] = {0};
  memcpy(bytes, &length, 4);
  bytes[4] = (unsigned char)kind;
  memcpy(bytes + 8, &id, 4);
  memcpy(bytes + 12, &document, 4);
  memcpy(bytes + 16, &number, 8);
  memcpy(bytes + 24, payload, length > 256 ? 256 : length);
  return put(fd, bytes, 24 + (length > 256 ? 256 : length));
}

/* The same as a whole, however slowly it is read. */
static gboolean whole_frame(int fd, unsigned kind, unsigned id, unsigned document, const void *payload, unsigned length) {
  unsigned char bytes[24 + 64] = {0};
  unsigned long long number = document;
  memcpy(bytes, &length, 4);
  bytes[4] = (unsigned char)kind;
  memcpy(bytes + 8, &id, 4);
  memcpy(bytes + 12, &document, 4);
  memcpy(bytes + 16, &number, 8);
  memcpy(bytes + 24, payload, length);
  for (size_t sent = 0; sent < 24 + length;) {
    ssize_t count = send(fd, bytes + sent, 24 + length - sent, MSG_NOSIGNAL);
    if (count > 0)
      sent += (size_t)count;
    else if (errno == EAGAIN)
      g_usleep(200);
    else
      return FALSE;
  }
  return TRUE;
}

/* `["answer", value]` as the codec writes it: form, structure, texts, and where those begin. A message of a page in order has 3 for its value, which proves
 * that the bytes are right; one of a frame without a preload has 2. */
#define ANSWER(value) {1, 14, 2, 6, 64 + (value), 6, 'a', 'n', 's', 'w', 'e', 'r', 5, 0, 0, 0}

/* A page with more frames than there can be, each in the one before; then the outermost goes. Channels are called from frames that may have none. */
static void flood_frames(WebKitWebPage *page) {
  int fd = lane(page);
  if (fd < 0)
    return;
  /* Texts of no length, not hidden, not opaque, and the parent's number. */
  unsigned char there[28] = {0};
  whole_frame(fd, 1, 1, 1, there, sizeof there);
  static const unsigned char allowed[] = ANSWER(3);
  whole_frame(fd, 8, 1, 1, allowed, sizeof allowed);
  static const unsigned char message[] = ANSWER(2);
  for (unsigned i = 2; i < 25000; i++) {
    unsigned parent = i - 1;
    memcpy(there + 20, &parent, 4);
    if (!whole_frame(fd, 14, 0, i, there, sizeof there) || (i % 100 == 0 && !whole_frame(fd, 8, i, i, message, sizeof message)))
      return;
  }
  whole_frame(fd, 2, 1, 2, there, 0);
  /* Parents of itself, and of each other. */
  for (unsigned i = 30000; i < 30010; i++) {
    memcpy(there + 20, &i, 4);
    whole_frame(fd, 14, 0, i, there, sizeof there);
  }
  /* Answers to whatever anybody was asked. */
  static const unsigned char answer[] = {1, 14, 2, 3, 6, 6, 'f', 'o', 'r', 'g', 'e', 'd', 5, 0, 0, 0};
  for (unsigned i = 0; i < 2000; i++)
    whole_frame(fd, 5, i, 1 + i % 3, answer, sizeof answer);
}

/* Frames of every kind, to documents that exist and such that do not, with and without sense. */
static void send_messages(WebKitWebPage *page) {
  unsigned char garbage[4096];
  for (unsigned i = 0; i < sizeof garbage; i++)
    garbage[i] = (unsigned char)random();
  const unsigned char message[] = ANSWER(1);
  for (int round = 0; round < 3; round++) {
    int fd = lane(page);
    if (fd < 0)
      continue;
    static const unsigned char load[8] = {0};
    for (unsigned i = 0; i < 3000; i++) {
      unsigned kind = 1 + (unsigned)random() % 31;
      if (round == 1)
        kind = 1;
      gboolean known = random() % 2;
      gboolean sense = random() % 2;
      const void *payload = kind == 1 ? load : sense ? message : garbage + random() % 1000;
      unsigned length = kind == 1 ? sizeof load : sense ? sizeof message : (unsigned)random() % 200;
      if (!frame(fd, kind, (unsigned)random() % 5, known ? 1 + (unsigned)random() % 3 : (unsigned)random(), (unsigned long long)random(), payload, length))
        g_usleep(200);
    }
    close(fd);
  }
}

/* The same of any size. */
static gboolean long_frame(int fd, unsigned kind, unsigned id, unsigned document, const void *payload, unsigned length) {
  unsigned char *bytes = calloc(24 + length, 1);
  unsigned long long number = 1;
  memcpy(bytes, &length, 4);
  bytes[4] = (unsigned char)kind;
  memcpy(bytes + 8, &id, 4);
  memcpy(bytes + 12, &document, 4);
  memcpy(bytes + 16, &number, 8);
  memcpy(bytes + 24, payload, length);
  gboolean alive = TRUE;
  for (size_t sent = 0; alive && sent < 24 + length;) {
    ssize_t count = send(fd, bytes + sent, 24 + length - sent, MSG_NOSIGNAL);
    if (count > 0)
      sent += (size_t)count;
    else if (errno == EAGAIN)
      g_usleep(200);
    else
      alive = FALSE;
  }
  free(bytes);
  return alive;
}

/* A document at the page's own address, which may use Node. */
static void node_document(int fd, WebKitWebPage *page, unsigned document) {
  const char *uri = webkit_web_page_get_uri(page);
  unsigned length = (unsigned)strlen(uri);
  unsigned char *there = calloc(length + 32, 1);
  memcpy(there, &length, 4);
  memcpy(there + 4, uri, length);
  long_frame(fd, 1, 1, document, there, length + 28);
  free(there);
}

static unsigned digit(char character) { return (unsigned)(character <= '9' ? character - '0' : character - 'a' + 10); }

/* Questions and news for a page's Node context: those that the address brings, as they are and damaged, in any order and again and again; the last one is
 * sound. Then many documents that all want a context. */
static void flood_node(WebKitWebPage *page) {
  const char *uri = webkit_web_page_get_uri(page);
  const char *hex = strstr(uri, "messages=");
  int fd = lane(page);
  if (!hex || fd < 0)
    return;
  static unsigned char messages[64][512];
  static unsigned lengths[64];
  unsigned count = 0;
  for (hex += 9; *hex && *hex != '&' && count < 64; hex++) {
    if (*hex == '.')
      count++;
    else if (lengths[count] < sizeof messages[0]) {
      messages[count][lengths[count]++] = (unsigned char)(digit(hex[0]) * 16 + digit(hex[1]));
      hex++;
    }
  }
  node_document(fd, page, 1);
  unsigned char damaged[512];
  for (unsigned i = 0; i < 4000; i++) {
    unsigned which = (unsigned)random() % count, length = lengths[which];
    memcpy(damaged, messages[which], length);
    if (i % 2)
      for (unsigned times = (unsigned)random() % 4 + 1; times > 0; times--)
        damaged[(unsigned)random() % length] = (unsigned char)random();
    if (i % 7 == 0)
      length = (unsigned)random() % length;
    if (!long_frame(fd, 21 + (unsigned)random() % 5 % 3, (unsigned)random() % 5, 1 + (unsigned)random() % 20 / 19, damaged, length))
      return;
  }
  long_frame(fd, 21, 9, 1, messages[count], lengths[count]);
  for (unsigned i = 0; i < 200 && access(getenv("HOSTILE_PROOF"), F_OK) != 0; i++)
    g_usleep(100000);
  for (unsigned i = 2; i < 60; i++) {
    node_document(fd, page, i);
    long_frame(fd, 21, 9, i, messages[0], lengths[0]);
  }
}

static void on_document_loaded(WebKitWebPage *page, gpointer data) {
  (void)data;
  if (!strstr(webkit_web_page_get_uri(page), "taken-over"))
    return;
  if (strstr(webkit_web_page_get_uri(page), "taken-over=frames")) {
    flood_frames(page);
    return;
  }
  srandom(7);
  if (strstr(webkit_web_page_get_uri(page), "taken-over=node")) {
    flood_node(page);
    return;
  }
  if (strstr(webkit_web_page_get_uri(page), "taken-over=messages")) {
    send_messages(page);
    return;
  }
  /* Messages that are no lanes. */
  tell(page, "shell-lane", NULL, NULL, -1);
  tell(page, "shell-lane", g_variant_new("(sv)", "x", g_variant_new_int64(-1)), NULL, -1);
  tell(page, "shell-other", g_variant_new_string("\xc3\xa9"), NULL, -1);
  int files[] = {open("/dev/null", O_RDWR), open("/dev/zero", O_RDONLY), open("/proc/self/maps", O_RDONLY)};
  for (unsigned i = 0; i < G_N_ELEMENTS(files); i++)
    tell(page, "shell-lane", NULL, &files[i], 1);
  tell(page, "shell-lane", NULL, files, 2);
  int pipes[2];
  if (pipe(pipes) == 0)
    tell(page, "shell-lane", NULL, &pipes[0], 1);
  int datagrams[2];
  if (socketpair(AF_UNIX, SOCK_DGRAM, 0, datagrams) == 0)
    tell(page, "shell-lane", NULL, &datagrams[1], 1);

  /* Lanes with garbage, and many that only lie there. */
  unsigned char garbage[4096];
  for (unsigned i = 0; i < sizeof garbage; i++)
    garbage[i] = (unsigned char)random();
  for (int i = 0; i < 200; i++) {
    int fd = lane(page);
    if (fd >= 0 && i % 2 == 0)
      put(fd, garbage + i, 1000);
  }
  /* A length that is never paid for. */
  frame(lane(page), 7, 1, 1, 1, NULL, 0);
  unsigned char promise[24] = {0, 0, 0, 16, 7};
  put(lane(page), promise, sizeof promise);
}

static void on_page_created(WebKitWebExtension *extension, WebKitWebPage *page, gpointer data) {
  (void)extension;
  (void)data;
  g_signal_connect(page, "document-loaded", G_CALLBACK(on_document_loaded), NULL);
}

G_MODULE_EXPORT void webkit_web_extension_initialize(WebKitWebExtension *extension) {
  g_signal_connect(extension, "page-created", G_CALLBACK(on_page_created), NULL);
}
