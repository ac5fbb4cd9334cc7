// Quicksort with a comparison by a callback, as qsort(3) has; the library's own
// is not the compiler's to be compared.
#include <string.h>

#include "tests/bench/engine/kernel.h"

enum { N = 300000 };
struct record {
  uint64_t key;
  uint32_t value, order;
};
struct data {
  struct record records[N];
};
typedef int (*comparison)(const void*, const void*);

static int by_key(const void* a, const void* b) {
  const struct record *x = a, *y = b;
  return (x->key > y->key) - (x->key < y->key);
}

static int by_value(const void* a, const void* b) {
  const struct record *x = a, *y = b;
  if (x->value != y->value) return x->value < y->value ? -1 : 1;
  return (x->order > y->order) - (x->order < y->order);
}

static comparison volatile comparisons[] = {by_key, by_value};

static void swap(char* a, char* b, size_t size) {
  char saved[64];
  memcpy(saved, a, size);
  memcpy(a, b, size);
  memcpy(b, saved, size);
}

static NOINLINE void sort(char* base, size_t count, size_t size,
                          comparison compare) {
  while (count > 1) {
    swap(base, base + count / 2 * size, size);
    size_t last = 0;
    for (size_t i = 1; i < count; ++i) {
      if (compare(base + i * size, base) < 0) {
        swap(base + ++last * size, base + i * size, size);
      }
    }
    swap(base, base + last * size, size);
    sort(base, last, size, compare);
    base += (last + 1) * size;
    count -= last + 1;
  }
}

static void init(struct data* d, int n) {
  uint64_t state = 1;
  for (int i = 0; i < n; ++i) {
    d->records[i].key = next_random(&state);
    d->records[i].value = (uint32_t)(d->records[i].key >> 7) % 1000;
    d->records[i].order = (uint32_t)i;
  }
}

static void run(struct data* d, int n) {
  for (int i = 0; i < 2; ++i) {
    sort((char*)d->records, (size_t)n, sizeof *d->records, comparisons[i]);
  }
}

KERNEL(sort, PROGRAMS, N, 200, records);
