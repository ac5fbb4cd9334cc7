// A hash table with open addressing: insertions and lookups of 64-bit keys by
// FNV-1a.
#include "tests/bench/engine/kernel.h"

enum { N = 1 << 17, SLOTS = 4 * N };
struct data {
  uint64_t keys[SLOTS], values[SLOTS];
  uint64_t result;
};

static void init(struct data* d, int n) {}

static uint64_t hash(uint64_t key) {
  uint64_t hash = 0xcbf29ce484222325ULL;
  for (int i = 0; i < 8; ++i) {
    hash = (hash ^ (key & 255)) * 0x100000001b3ULL;
    key >>= 8;
  }
  return hash;
}

static NOINLINE size_t find(const uint64_t* keys, uint64_t key) {
  size_t slot = hash(key) % SLOTS;
  while (keys[slot] != 0 && keys[slot] != key) slot = (slot + 1) % SLOTS;
  return slot;
}

static void run(struct data* d, int n) {
  uint64_t state = 1;
  for (int i = 0; i < n; ++i) {
    const uint64_t key = next_random(&state) | 1;
    const size_t slot = find(d->keys, key);
    d->keys[slot] = key;
    d->values[slot] = (uint64_t)i;
  }
  for (int round = 0; round < 4; ++round) {
    state = 1;
    for (int i = 0; i < n; ++i) {
      const uint64_t key = (next_random(&state) | 1) + (i % 2 ? 2 : 0);
      d->result += d->values[find(d->keys, key)];
    }
  }
}

KERNEL(hash_table, PROGRAMS, N, 100, result);
