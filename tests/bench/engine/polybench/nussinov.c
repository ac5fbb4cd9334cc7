// Nussinov's prediction of how RNA folds: dynamic programming.
#include "tests/bench/engine/kernel.h"

enum { N = 600 };
struct data {
  int table[N][N];
  char sequence[N];
};

static void init(struct data* d, int n) {
  for (int i = 0; i < n; ++i) d->sequence[i] = (char)((i + 1) % 4);
}

static int larger(int a, int b) { return a >= b ? a : b; }

static NOINLINE void nussinov(int n, char sequence[N], int table[N][N]) {
  for (int i = n - 1; i >= 0; --i) {
    for (int j = i + 1; j < n; ++j) {
      if (j - 1 >= 0) table[i][j] = larger(table[i][j], table[i][j - 1]);
      if (i + 1 < n) table[i][j] = larger(table[i][j], table[i + 1][j]);
      if (j - 1 >= 0 && i + 1 < n) {
        const int pairs = i < j - 1 && sequence[i] + sequence[j] == 3;
        table[i][j] = larger(table[i][j], table[i + 1][j - 1] + pairs);
      }
      for (int k = i + 1; k < j; ++k) {
        table[i][j] = larger(table[i][j], table[i][k] + table[k + 1][j]);
      }
    }
  }
}

static void run(struct data* d, int n) { nussinov(n, d->sequence, d->table); }

KERNEL(nussinov, POLYBENCH, N, 20, table);
