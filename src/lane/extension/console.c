/* The whole text of console messages.
 *
 * WebKit's signal for a console message carries the first argument only. With the setting `enable-write-console-messages-to-stdout` WebKit
 * also prints the message with all of its arguments, to the error output and right after the signal. The page sees nothing of that, unlike of
 * a console that we would have to wrap. So from the signal until the next thing that happens the error output is a file in memory. It is no
 * pipe: a long message would block the page. What else was written there meanwhile is passed on. */

#define _GNU_SOURCE
#include "console.h"

#include <fcntl.h>
#include <glib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* A longer message is told by its first argument. */
#define MAX_TEXT (4 << 20)

static int memory = -1;
static int output = -1;

void lane_console_init(void) {
  output = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
  memory = memfd_create("shell-console", MFD_CLOEXEC);
  /* Appending, so that writing begins at the start again once the file was emptied. */
  if (memory >= 0)
    fcntl(memory, F_SETFL, O_APPEND);
}

void lane_console_begin(void) {
  if (memory >= 0 && output >= 0)
    dup2(memory, STDERR_FILENO);
}

static char *read_all(void) {
  struct stat state;
  if (fstat(memory, &state) != 0 || state.st_size <= 0)
    return NULL;
  char *text = NULL;
  if (state.st_size <= MAX_TEXT && (text = g_try_malloc((gsize)state.st_size + 1))) {
    ssize_t count = pread(memory, text, (gsize)state.st_size, 0);
    text[count > 0 ? count : 0] = '\0';
  }
  if (ftruncate(memory, 0) != 0) {
    close(memory);
    memory = -1;
  }
  return text;
}

/* What is printed is `place: CONSOLE LEVEL text`, or `place: CONSOLE SOURCE LEVEL text`. */
static char *find_text(char *printed, const char *start) {
  char *mark = strstr(printed, "CONSOLE ");
  char *found = mark && *start ? strstr(mark, start) : NULL;
  /* Between the mark and the text there are one or two words. */
  if (!found || found - mark > 40)
    return NULL;
  gsize length = strlen(found);
  if (length > 0 && found[length - 1] == '\n')
    found[length - 1] = '\0';
  return g_utf8_validate(found, -1, NULL) ? g_strdup(found) : NULL;
}

char *lane_console_end(const char *start) {
  if (memory < 0 || output < 0)
    return g_strdup(start);
  dup2(output, STDERR_FILENO);
  char *printed = read_all();
  char *text = printed ? find_text(printed, start) : NULL;
  if (printed && !strstr(printed, "CONSOLE ")) {
    /* Nothing can be done if nobody takes it. */
    ssize_t ignored = write(output, printed, strlen(printed));
    (void)ignored;
  }
  g_free(printed);
  return text ? text : g_strdup(start);
}
