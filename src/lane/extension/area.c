/* The memory that both ends of a channel share. */

#include "area.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* As in src/lane/area.rs. */
#define CONTROL (4u << 10)
#define RELEASED_BY_HOST 0
#define RELEASED_BY_PAGE 64
#define MAX_RING ((gsize)64 << 20)

typedef struct {
  guint64 end;
  gboolean done;
} Taken;

struct LaneArea {
  int references;
  guint8 *base;
  gsize ring;
  /* The position behind the last payload to the host, and one before which nothing is in use whatever the host has released. */
  guint64 head;
  guint64 floor;
  /* What was taken and not released, oldest first. Answers that a request waits for overtake other frames. */
  GQueue taken;
};

static gsize size_of(gsize ring) {
  return CONTROL + 2 * ring;
}

LaneArea *lane_area_new(int fd, gsize ring) {
  struct stat status;
  void *base = MAP_FAILED;
  if (ring > 0 && ring <= MAX_RING && fstat(fd, &status) == 0 && (guint64)status.st_size == size_of(ring))
    base = mmap(NULL, size_of(ring), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (base == MAP_FAILED)
    return NULL;
  LaneArea *area = g_new0(LaneArea, 1);
  area->references = 1;
  area->base = base;
  area->ring = ring;
  g_queue_init(&area->taken);
  return area;
}

LaneArea *lane_area_ref(LaneArea *area) {
  area->references++;
  return area;
}

void lane_area_unref(LaneArea *area) {
  if (!area || --area->references > 0)
    return;
  g_queue_clear_full(&area->taken, g_free);
  munmap(area->base, size_of(area->ring));
  g_free(area);
}

guint64 lane_area_put(LaneArea *area, const guint8 *payload, gsize length) {
  guint64 released = __atomic_load_n((guint64 *)(void *)(area->base + RELEASED_BY_HOST), __ATOMIC_ACQUIRE);
  guint64 tail = MAX(released, area->floor);
  if (!length || tail > area->head)
    return 0;
  gsize offset = (gsize)(area->head % area->ring);
  guint64 start = area->head;
  /* A payload lies in one piece. An empty ring is begun anew, so that few messages touch little memory. */
  if (offset && (tail == area->head || offset + length > area->ring))
    start += area->ring - offset;
  if (tail == area->head)
    tail = area->floor = start;
  if (start + length - tail > area->ring)
    return 0;
  memcpy(area->base + CONTROL + start % area->ring, payload, length);
  area->head = start + length;
  return area->head;
}

guint8 *lane_area_take(LaneArea *area, guint64 end, gsize length) {
  if (!length || length > end || (end - length) % area->ring + length > area->ring)
    return NULL;
  Taken *taken = g_new0(Taken, 1);
  taken->end = end;
  g_queue_push_tail(&area->taken, taken);
  return area->base + CONTROL + area->ring + (end - length) % area->ring;
}

void lane_area_release(LaneArea *area, guint64 end) {
  for (GList *link = area->taken.head; link; link = link->next) {
    Taken *taken = link->data;
    if (taken->end == end)
      taken->done = TRUE;
  }
  Taken *oldest;
  while ((oldest = g_queue_peek_head(&area->taken)) && oldest->done) {
    __atomic_store_n((guint64 *)(void *)(area->base + RELEASED_BY_PAGE), oldest->end, __ATOMIC_RELEASE);
    g_free(g_queue_pop_head(&area->taken));
  }
}
