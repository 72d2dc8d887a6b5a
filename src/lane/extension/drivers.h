/* Libraries that the engine will need soon. */

#ifndef SHELL_LANE_DRIVERS_H
#define SHELL_LANE_DRIVERS_H

#include <glib.h>

/* Begins to load the libraries that are noted in `folder`, on a thread of its own, and gives the thread; NULL if there is no note. */
GThread *lane_load_drivers(const char *folder);

#endif
