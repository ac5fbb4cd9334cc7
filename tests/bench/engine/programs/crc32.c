// CRC-32 (IEEE 802.3) of a buffer, a byte at a time by a table.
#include "tests/bench/engine/kernel.h"

enum { N = 1 << 25 };
struct data {
  unsigned char bytes[N];
  uint32_t table[256];
  uint32_t crc;
};

static void init(struct data* d, int n) {
  uint64_t state = 1;
  for (int i = 0; i < n; ++i) {
    d->bytes[i] = (unsigned char)(next_random(&state) >> 56);
  }
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t c = i;
    for (int bit = 0; bit < 8; ++bit) c = c >> 1 ^ (c & 1 ? 0xedb88320 : 0);
    d->table[i] = c;
  }
}

static NOINLINE uint32_t crc32(const uint32_t* table,
                               const unsigned char* bytes, size_t size) {
  uint32_t crc = ~0u;
  for (size_t i = 0; i < size; ++i) {
    crc = table[(crc ^ bytes[i]) & 255] ^ crc >> 8;
  }
  return ~crc;
}

static void run(struct data* d, int n) {
  d->crc = crc32(d->table, d->bytes, (size_t)n);
}

KERNEL(crc32, PROGRAMS, N, 100, crc);
