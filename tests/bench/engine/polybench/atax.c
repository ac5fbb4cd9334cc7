// y = A' (A x).
#include "tests/bench/engine/kernel.h"

enum { N = 2000 };
struct data {
  double A[N][N], x[N], y[N], tmp[N];
};

static void init(struct data* d, int n) {
  FILL(d->A, 1);
  FILL(d->x, 2);
}

static NOINLINE void atax(int n, double A[N][N], double x[N], double y[N],
                          double tmp[N]) {
  for (int i = 0; i < n; ++i) y[i] = 0;
  for (int i = 0; i < n; ++i) {
    tmp[i] = 0.0;
    for (int j = 0; j < n; ++j) tmp[i] = tmp[i] + A[i][j] * x[j];
    for (int j = 0; j < n; ++j) y[j] = y[j] + A[i][j] * tmp[i];
  }
}

static void run(struct data* d, int n) { atax(n, d->A, d->x, d->y, d->tmp); }

KERNEL(atax, POLYBENCH, N, 20, y);
