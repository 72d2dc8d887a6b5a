/* What a web process begins to load ahead. The first argument is a library that nobody else has loaded. Compiled with drivers.c and run by
 * tests/it/channel.rs; says by its exit code whether all was well. */
#include <dlfcn.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>

#include "drivers.h"

#define CHECK(condition)                                                                                                                                  \
  do {                                                                                                                                                    \
    if (!(condition)) {                                                                                                                                   \
      fprintf(stderr, "%s:%d: not %s\n", __FILE__, __LINE__, #condition);                                                                                 \
      exit(1);                                                                                                                                            \
    }                                                                                                                                                     \
  } while (0)

int main(int count, char **arguments) {
  CHECK(count == 2);
  char *folder = g_path_get_dirname(arguments[1]);
  char *note = g_build_filename(folder, "drivers", NULL);
  CHECK(lane_load_drivers(folder) == NULL);
  CHECK(g_file_set_contents(note, "", 0, NULL));
  CHECK(lane_load_drivers(folder) == NULL);
  char *name = g_path_get_basename(arguments[1]);
  char *list = g_strdup_printf("%s\n/nowhere/libnothing.so\n\n%s\n", name, arguments[1]);
  CHECK(g_file_set_contents(note, list, -1, NULL));
  CHECK(dlopen(arguments[1], RTLD_LAZY | RTLD_NOLOAD) == NULL);
  GThread *thread = lane_load_drivers(folder);
  CHECK(thread != NULL);
  g_thread_join(thread);
  CHECK(dlopen(arguments[1], RTLD_LAZY | RTLD_NOLOAD) != NULL);
  char *long_list = g_strnfill(65 << 10, 'x');
  CHECK(g_file_set_contents(note, long_list, -1, NULL));
  CHECK(lane_load_drivers(folder) == NULL);
  return 0;
}
