// Compression in the manner of LZ77 with a hash of four bytes, and expansion.
// A token is a byte of two lengths of 4 bits (literals, match - 4; 15 is
// followed by bytes to add), the literals, and a distance of two bytes.
#include <string.h>

#include "tests/bench/engine/kernel.h"

enum { N = 1 << 22, HASH_BITS = 14, MAX_DISTANCE = 65535 };
struct data {
  unsigned char text[N], packed[2 * N], restored[N];
  uint32_t heads[1 << HASH_BITS];
  uint64_t result[2];  // packed size, whether it was restored
};

// Words of a small vocabulary, as text and logs are.
static void init(struct data* d, int n) {
  uint64_t state = 1;
  int at = 0;
  while (at < n) {
    uint64_t word = next_random(&state) >> 32;
    word = word % 512 * (word >> 9 & 3);
    uint64_t letters = (word + 1) * 0x9e3779b97f4a7c15ULL;
    for (int i = 0; i < 3 + (int)(letters >> 61) && at < n; ++i) {
      d->text[at++] = (unsigned char)('a' + letters % 23);
      letters /= 23;
    }
    if (at < n) d->text[at++] = ' ';
  }
}

static uint32_t load32(const unsigned char* from) {
  uint32_t value;
  memcpy(&value, from, sizeof value);
  return value;
}

static unsigned char* put_length(unsigned char* to, size_t length) {
  for (; length >= 255; length -= 255) *to++ = 255;
  *to++ = (unsigned char)length;
  return to;
}

static size_t get_length(const unsigned char** from) {
  size_t length = 0;
  while (**from == 255) {
    length += 255;
    ++*from;
  }
  return length + *(*from)++;
}

static unsigned char* put_token(unsigned char* to,
                                const unsigned char* literals, size_t count,
                                size_t match, size_t distance) {
  const size_t rest = match ? match - 4 : 0;
  *to++ =
      (unsigned char)((count < 15 ? count : 15) << 4 | (rest < 15 ? rest : 15));
  if (count >= 15) to = put_length(to, count - 15);
  memcpy(to, literals, count);
  to += count;
  *to++ = (unsigned char)distance;
  *to++ = (unsigned char)(distance >> 8);
  if (rest >= 15) to = put_length(to, rest - 15);
  return to;
}

static size_t match_length(const unsigned char* a, const unsigned char* b,
                           const unsigned char* end) {
  const unsigned char* const start = a;
  while (a < end && *a == *b) {
    ++a;
    ++b;
  }
  return (size_t)(a - start);
}

static NOINLINE size_t compress(struct data* d, size_t size) {
  const unsigned char* const text = d->text;
  const unsigned char* const end = text + size;
  const unsigned char* literals = text;
  const unsigned char* at = text + 1;
  unsigned char* to = d->packed;
  while (at + 4 <= end) {
    const uint32_t hash = load32(at) * 2654435761u >> (32 - HASH_BITS);
    const unsigned char* const candidate = text + d->heads[hash];
    d->heads[hash] = (uint32_t)(at - text);
    if (load32(candidate) != load32(at) || candidate >= at ||
        at - candidate > MAX_DISTANCE) {
      ++at;
      continue;
    }
    const size_t length = 4 + match_length(at + 4, candidate + 4, end);
    to = put_token(to, literals, (size_t)(at - literals), length,
                   (size_t)(at - candidate));
    at += length;
    literals = at;
  }
  to = put_token(to, literals, (size_t)(end - literals), 0, 0);
  return (size_t)(to - d->packed);
}

static NOINLINE void expand(const unsigned char* from, size_t size,
                            unsigned char* to) {
  const unsigned char* const end = from + size;
  while (from < end) {
    const unsigned token = *from++;
    size_t count = token >> 4;
    if (count == 15) count += get_length(&from);
    memcpy(to, from, count);
    to += count;
    from += count;
    const size_t distance = (size_t)(from[0] | from[1] << 8);
    from += 2;
    if (distance == 0) continue;
    size_t match = token & 15;
    if (match == 15) match += get_length(&from);
    for (match += 4; match > 0; --match, ++to) *to = to[-(ptrdiff_t)distance];
  }
}

static void run(struct data* d, int n) {
  d->result[0] = compress(d, (size_t)n);
  expand(d->packed, d->result[0], d->restored);
  d->result[1] = memcmp(d->text, d->restored, (size_t)n) == 0;
}

KERNEL(compress, PROGRAMS, N, 2000, result);
