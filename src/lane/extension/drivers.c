/* Loads what the graphics driver consists of while the engine still does other things; src/ui/platform/linux/libraries/drivers.rs says why and
 * writes the note. Whatever cannot be loaded is left to the engine. */

#include "drivers.h"

#include <dlfcn.h>

#define MAX_LENGTH (64u << 10)

static gpointer load(gpointer data) {
  char **paths = data;
  /* Never closed: the engine keeps them too. */
  for (char **path = paths; *path; path++)
    if (g_path_is_absolute(*path))
      dlopen(*path, RTLD_LAZY | RTLD_LOCAL);
  g_strfreev(paths);
  return NULL;
}

GThread *lane_load_drivers(const char *folder) {
  char *file = g_build_filename(folder, "drivers", NULL);
  char *list = NULL;
  gsize length = 0;
  GThread *thread = NULL;
  if (g_file_get_contents(file, &list, &length, NULL) && length > 0 && length <= MAX_LENGTH) {
    char **paths = g_strsplit(list, "\n", -1);
    thread = g_thread_try_new("drivers", load, paths, NULL);
    if (!thread)
      g_strfreev(paths);
  }
  g_free(list);
  g_free(file);
  return thread;
}
