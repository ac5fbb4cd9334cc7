// Solves L x = b; L is lower triangular.
#include "tests/bench/engine/kernel.h"

enum { N = 2500 };
struct data {
  double L[N][N], x[N], b[N];
};

static void init(struct data* d, int n) {
  FILL(d->L, 1);
  FILL(d->b, 2);
  for (int i = 0; i < n; ++i) d->L[i][i] += n;
}

static NOINLINE void trisolv(int n, double L[N][N], double x[N], double b[N]) {
  for (int i = 0; i < n; ++i) {
    x[i] = b[i];
    for (int j = 0; j < i; ++j) x[i] -= L[i][j] * x[j];
    x[i] = x[i] / L[i][i];
  }
}

static void run(struct data* d, int n) { trisolv(n, d->L, d->x, d->b); }

KERNEL(trisolv, POLYBENCH, N, 20, x);
