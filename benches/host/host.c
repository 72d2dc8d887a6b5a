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

/* A message that is answered with itself: what a page has without an extension. */
static gboolean on_asked(WebKitUserContentManager *manager, JSCValue *value, WebKitScriptMessageReply *reply, gpointer data) {
  (void)manager;
  (void)data;
  webkit_script_message_reply_return_value(reply, value);
  return TRUE;
}

/* A request of the scheme is answered with its own body. */
static void on_request(WebKitURISchemeRequest *request, gpointer data) {
  (void)data;
  GInputStream *body = webkit_uri_scheme_request_get_http_body(request);
  GOutputStream *memory = g_memory_output_stream_new_resizable();
  if (body)
    g_output_stream_splice(memory, body, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, NULL);
  else
    g_output_stream_close(memory, NULL, NULL);
  GBytes *bytes = g_memory_output_stream_steal_as_bytes(G_MEMORY_OUTPUT_STREAM(memory));
  GInputStream *answer = g_memory_input_stream_new_from_bytes(bytes);
  WebKitURISchemeResponse *response = webkit_uri_scheme_response_new(answer, (gint64)g_bytes_get_size(bytes));
  SoupMessageHeaders *headers = soup_message_headers_new(SOUP_MESSAGE_HEADERS_RESPONSE);
  soup_message_headers_append(headers, "Access-Control-Allow-Origin", "*");
  webkit_uri_scheme_response_set_http_headers(response, headers);
  webkit_uri_scheme_response_set_content_type(response, "application/octet-stream");
  webkit_uri_scheme_request_finish_with_response(request, response);
  g_object_unref(response);
  g_object_unref(answer);
  g_bytes_unref(bytes);
  g_object_unref(memory);
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

  WebKitWebContext *context = webkit_web_context_get_default();
  webkit_web_context_register_uri_scheme(context, "bench", on_request, NULL, NULL);
  webkit_security_manager_register_uri_scheme_as_cors_enabled(webkit_web_context_get_security_manager(context), "bench");
  WebKitUserContentManager *manager = webkit_user_content_manager_new();
  g_signal_connect(manager, "script-message-received::bench", G_CALLBACK(on_message), NULL);
  webkit_user_content_manager_register_script_message_handler(manager, "bench");
  g_signal_connect(manager, "script-message-with-reply-received::benchAsk", G_CALLBACK(on_asked), NULL);
  webkit_user_content_manager_register_script_message_handler_with_reply(manager, "benchAsk", NULL);

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
