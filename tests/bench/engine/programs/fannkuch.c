// Fannkuch: the most flips that a permutation needs to bring 1 to the front.
#include "tests/bench/engine/kernel.h"

enum { N = 10 };
struct data {
  int result[2];  // checksum, most flips
};

static void init(struct data* d, int n) {}

static int count_flips(const int* from, int n) {
  int p[16];
  for (int i = 0; i < n; ++i) p[i] = from[i];
  int flips = 0;
  for (int first = p[0]; first != 0; first = p[0]) {
    for (int low = 0, high = first; low < high; ++low, --high) {
      const int saved = p[low];
      p[low] = p[high];
      p[high] = saved;
    }
    ++flips;
  }
  return flips;
}

static NOINLINE void fannkuch(int n, int result[2]) {
  int p[16], count[16];
  for (int i = 0; i < n; ++i) p[i] = i;
  int sign = 1;
  int r = n;
  for (;;) {
    for (; r != 1; --r) count[r - 1] = r;
    const int flips = count_flips(p, n);
    if (flips > result[1]) result[1] = flips;
    result[0] += sign * flips;
    sign = -sign;
    for (;; ++r) {
      if (r == n) return;
      const int first = p[0];
      for (int i = 0; i < r; ++i) p[i] = p[i + 1];
      p[r] = first;
      if (--count[r] > 0) break;
    }
  }
}

static void run(struct data* d, int n) { fannkuch(n, d->result); }

KERNEL(fannkuch, PROGRAMS, N, 6, result);
