// Calls by tables of functions, as C++ makes them: a tree of shapes of several
// classes, asked again and again.
#include "tests/bench/engine/kernel.h"

enum { N = 1000, ROUNDS = 8000, CLASSES = 4 };
struct shape;
struct class {
  uint64_t (*area)(const struct shape*);
  void (*scale)(struct shape*, uint32_t by);
};
struct shape {
  const struct class* class;
  uint32_t width, height;
};
struct data {
  struct shape shapes[N];
  uint64_t result;
};

static uint64_t square_area(const struct shape* s) {
  return (uint64_t)s->width * s->width;
}
static uint64_t rectangle_area(const struct shape* s) {
  return (uint64_t)s->width * s->height;
}
static uint64_t triangle_area(const struct shape* s) {
  return (uint64_t)s->width * s->height / 2;
}
static uint64_t frame_area(const struct shape* s) {
  return 2 * ((uint64_t)s->width + s->height);
}
static void scale_both(struct shape* s, uint32_t by) {
  s->width = s->width * by % 1009;
  s->height = s->height * by % 1013;
}
static void scale_width(struct shape* s, uint32_t by) {
  s->width = s->width * by % 1019;
}

static const struct class classes[CLASSES] = {{square_area, scale_width},
                                              {rectangle_area, scale_both},
                                              {triangle_area, scale_both},
                                              {frame_area, scale_width}};

static void init(struct data* d, int n) {
  uint64_t state = 1;
  for (int i = 0; i < n; ++i) {
    const uint64_t r = next_random(&state);
    // Runs of one class: the calls are measured, not the branch predictor.
    d->shapes[i].class = &classes[i / 25 % CLASSES];
    d->shapes[i].width = (uint32_t)(r >> 40) % 1000;
    d->shapes[i].height = (uint32_t)(r >> 20) % 1000;
  }
}

static NOINLINE uint64_t visit(struct shape* shapes, int n, uint32_t by) {
  uint64_t sum = 0;
  for (int i = 0; i < n; ++i) {
    sum += shapes[i].class->area(&shapes[i]);
    shapes[i].class->scale(&shapes[i], by);
  }
  return sum;
}

static void run(struct data* d, int n) {
  const int rounds = n == N ? ROUNDS : 2;
  for (int i = 0; i < rounds; ++i) {
    d->result += visit(d->shapes, n, (uint32_t)i % 7 + 1);
  }
}

KERNEL(virtual_calls, PROGRAMS, N, 100, result);
