/* What a page loads out of an archive (app.asar). The engine reads file: addresses by itself and knows no archives, so what lies in one is asked of the
 * host by another scheme. The main document is not: the host shows it under its own address (src/ui/platform/linux/archives.rs). */

#include <string.h>

#include "page.h"

static const char SCHEME[] = "shell-asar";

/* Whether a part of the path ends with .asar, with something behind it. */
static gboolean leads_into_archive(const char *address) {
  for (const char *at = address; (at = strchr(at, '.')); at++)
    if (g_ascii_strncasecmp(at, ".asar/", 6) == 0)
      return TRUE;
  return FALSE;
}

static gboolean on_send_request(WebKitWebPage *web_page, WebKitURIRequest *request, WebKitURIResponse *redirect, gpointer data) {
  (void)redirect;
  (void)data;
  const char *address = webkit_uri_request_get_uri(request);
  if (!address || !g_str_has_prefix(address, "file:") || !leads_into_archive(address))
    return FALSE;
  if (g_strcmp0(address, webkit_web_page_get_uri(web_page)) == 0)
    return FALSE;
  char *other = g_strconcat(SCHEME, address + strlen("file"), NULL);
  webkit_uri_request_set_uri(request, other);
  g_free(other);
  return FALSE;
}

void lane_watch_requests(WebKitWebPage *web_page) { g_signal_connect(web_page, "send-request", G_CALLBACK(on_send_request), NULL); }
