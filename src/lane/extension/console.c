/* The whole text of console messages.
 *
 * WebKit's signal for a console message carries the first argument only. With the setting `enable-write-console-messages-to-stdout` WebKit
 * also prints the message with all of its arguments, right after the signal. The page sees nothing of that, unlike of a console that we would
 * have to wrap. So the standard output of the web process, which nothing else uses, is a file in memory that is read after each message. It is
 * no pipe: a long message would block the page. */

#define _GNU_SOURCE
#include "console.h"

#include <fcntl.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* A longer message is told by its first argument. */
#define MAX_TEXT (4 << 20)

static gboolean taken;

void lane_console_init(void) {
  int file = memfd_create("shell-console", MFD_CLOEXEC);
  if (file < 0)
    return;
  fflush(stdout);
  /* Appending, so that writing begins at the start again once the file was emptied. */
  if (fcntl(file, F_SETFL, O_APPEND) == 0 && dup2(file, STDOUT_FILENO) == STDOUT_FILENO)
    taken = TRUE;
  close(file);
}

static char *read_all(void) {
  fflush(stdout);
  struct stat state;
  if (fstat(STDOUT_FILENO, &state) != 0 || state.st_size <= 0)
    return NULL;
  char *text = NULL;
  if (state.st_size <= MAX_TEXT && (text = g_try_malloc((gsize)state.st_size + 1))) {
    ssize_t count = pread(STDOUT_FILENO, text, (gsize)state.st_size, 0);
    text[count > 0 ? count : 0] = '\0';
  }
  if (ftruncate(STDOUT_FILENO, 0) != 0)
    taken = FALSE;
  return text;
}

/* What was printed is `place: CONSOLE LEVEL text`, or `place: CONSOLE SOURCE LEVEL text`. */
char *lane_console_take(const char *start) {
  char *printed = taken ? read_all() : NULL;
  char *result = NULL;
  char *mark = printed ? strstr(printed, "CONSOLE ") : NULL;
  if (mark && *start) {
    char *found = strstr(mark, start);
    /* Between the mark and the text there are one or two words. */
    if (found && found - mark < 40) {
      g_strchomp(found);
      if (g_utf8_validate(found, -1, NULL))
        result = g_strdup(found);
    }
  }
  g_free(printed);
  return result ? result : g_strdup(start);
}
