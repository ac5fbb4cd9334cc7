// A list through memory in random order: nothing but the latency of loads.
#include "tests/bench/engine/kernel.h"

enum { N = 1 << 12, STEPS = 1 << 24 };
struct node {
  struct node* next;
  uint64_t value;
};
struct data {
  struct node nodes[N];
  uint64_t result;
};

// One cycle through all nodes (Sattolo).
static void init(struct data* d, int n) {
  static uint32_t order[N];
  uint64_t state = 1;
  for (int i = 0; i < n; ++i) order[i] = (uint32_t)i;
  for (int i = n - 1; i > 0; --i) {
    const uint64_t j = next_random(&state) % (uint64_t)i;
    const uint32_t other = order[j];
    order[j] = order[i];
    order[i] = other;
  }
  for (int i = 0; i < n; ++i) {
    d->nodes[order[i]].next = &d->nodes[order[(i + 1) % n]];
    d->nodes[i].value = (uint64_t)i;
  }
}

static NOINLINE uint64_t chase(const struct node* node, long steps) {
  uint64_t sum = 0;
  while (steps-- > 0) {
    sum += node->value;
    node = node->next;
  }
  return sum;
}

static void run(struct data* d, int n) {
  d->result = chase(d->nodes, n == N ? STEPS : n);
}

KERNEL(pointer_chase, PROGRAMS, N, 100, result);
