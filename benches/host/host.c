/*
 * The smallest program that shows a page with WebKitGTK: the measure that the shell's start-up and weight are printed beside.
 *
 *   host <address> [folder of the echo extension]
 *
 * Prints one JSON object a line: "main" when main() begins, "toolkit" when GTK is ready, "view" when the web view exists, and what the page
 * reports. Times are milliseconds of the wall clock, because parent, host and page have to agree on it.
 */
#include <gio/gunixfdlist.h>
#include <gtk/gtk.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <webkit2/webkit2.h>

static void say(const char *event) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  printf("{\"event\":\"%s\",\"at\":%.3f}\n", event, now.tv_sec * 1e3 + now.tv_nsec / 1e6);
  fflush(stdout);
}

static void on_message(WebKitUserContentManager *manager, WebKitJavascriptResult *result, gpointer data) {
  (void)manager;
  (void)data;
  char *text = jsc_value_to_string(webkit_javascript_result_get_js_value(result));
  puts(text);
  fflush(stdout);
  g_free(text);
}

static gboolean transfer(int fd, char *bytes, size_t length, gboolean out) {
  while (length > 0) {
    ssize_t count = out ? write(fd, bytes, length) : read(fd, bytes, length);
    if (count <= 0)
      return FALSE;
    bytes += count;
    length -= (size_t)count;
  }
  return TRUE;
}

/* Sends every frame back as it came: what a lane costs when nobody does anything at the other end. */
static void *echo(void *data) {
  int fd = GPOINTER_TO_INT(data);
  uint32_t length;
  char *bytes = NULL;
  while (transfer(fd, (char *)&length, sizeof length, FALSE)) {
    bytes = realloc(bytes, length + sizeof length);
    *(uint32_t *)bytes = length;
    if (!transfer(fd, bytes + sizeof length, length, FALSE) || !transfer(fd, bytes, length + sizeof length, TRUE))
      break;
  }
  free(bytes);
  close(fd);
  return NULL;
}

static gboolean on_user_message(WebKitWebView *view, WebKitUserMessage *message, gpointer data) {
  (void)view;
  (void)data;
  GUnixFDList *list = webkit_user_message_get_fd_list(message);
  if (list == NULL || g_unix_fd_list_get_length(list) != 1)
    return FALSE;
  pthread_t thread;
  pthread_create(&thread, NULL, echo, GINT_TO_POINTER(g_unix_fd_list_get(list, 0, NULL)));
  pthread_detach(thread);
  return TRUE;
}

int main(int argc, char **argv) {
  say("main");
  if (argc < 2)
    return 2;
  gtk_init(&argc, &argv);
  say("toolkit");
  if (argc > 2)
    webkit_web_context_set_web_extensions_directory(webkit_web_context_get_default(), argv[2]);

  WebKitUserContentManager *manager = webkit_user_content_manager_new();
  g_signal_connect(manager, "script-message-received::bench", G_CALLBACK(on_message), NULL);
  webkit_user_content_manager_register_script_message_handler(manager, "bench");

  GtkWidget *window = gtk_window_new(GTK_WINDOW_TOPLEVEL);
  GtkWidget *view = webkit_web_view_new_with_user_content_manager(manager);
  g_signal_connect(view, "user-message-received", G_CALLBACK(on_user_message), NULL);
  g_signal_connect(window, "destroy", G_CALLBACK(gtk_main_quit), NULL);
  gtk_window_set_default_size(GTK_WINDOW(window), 800, 600);
  gtk_container_add(GTK_CONTAINER(window), view);
  say("view");
  webkit_web_view_load_uri(WEBKIT_WEB_VIEW(view), argv[1]);
  gtk_widget_show_all(window);
  gtk_main();
  return 0;
}
