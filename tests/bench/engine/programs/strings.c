// The string functions of libc, on strings as short as a server's are: its own
// libc on each side.
#include <string.h>
#include <strings.h>

#include "tests/bench/engine/kernel.h"

enum { N = 4096, ROUNDS = 60, LENGTH = 64 };
struct data {
  char strings[N][LENGTH];
  char joined[N * LENGTH];
  uint64_t result[4];
};

static void init(struct data* d, int n) {
  uint64_t state = 1;
  for (int i = 0; i < n; ++i) {
    const int length = 4 + (int)(next_random(&state) >> 32) % (LENGTH - 8);
    for (int k = 0; k < length; ++k) {
      d->strings[i][k] = (char)('a' + (next_random(&state) >> 32) % 16);
    }
    if (i % 4 == 0) d->strings[i][length / 2] = '=';
  }
}

static NOINLINE void compare(struct data* d, int n) {
  for (int i = 1; i < n; ++i) {
    const char *a = d->strings[i], *b = d->strings[i - 1];
    d->result[0] += strlen(a);
    d->result[1] += (uint64_t)(strcmp(a, b) < 0);
    d->result[1] += (uint64_t)(memcmp(a, b, LENGTH) < 0);
    d->result[2] += (uint64_t)(strcasecmp(a, d->strings[i]) == 0);
    const char* const equals = strchr(a, '=');
    if (equals) d->result[2] += (uint64_t)(equals - a);
    d->result[3] += memchr(a, 'p', strlen(a)) != NULL;
    d->result[3] += strstr(a, "abc") != NULL;
  }
}

static NOINLINE void join(struct data* d, int n) {
  char* to = d->joined;
  for (int i = 0; i < n; ++i) {
    const size_t length = strlen(d->strings[i]);
    memcpy(to, d->strings[i], length);
    to += length;
    *to++ = ',';
  }
  *to = 0;
  for (char* word = strtok(d->joined, ","); word; word = strtok(NULL, ",")) {
    d->result[0] += (uint64_t)word[0];
  }
}

static void run(struct data* d, int n) {
  const int rounds = n == N ? ROUNDS : 2;
  for (int i = 0; i < rounds; ++i) {
    compare(d, n);
    join(d, n);
  }
}

KERNEL(strings, PROGRAMS, N, 100, result);
