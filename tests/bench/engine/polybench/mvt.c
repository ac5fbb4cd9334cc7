// x1 += A y1, x2 += A' y2.
#include "tests/bench/engine/kernel.h"

enum { N = 2000 };
struct data {
  double A[N][N], x1[N], x2[N], y1[N], y2[N];
};

static void init(struct data* d, int n) {
  FILL(d->A, 1);
  FILL(d->x1, 2);
  FILL(d->x2, 3);
  FILL(d->y1, 4);
  FILL(d->y2, 5);
}

static NOINLINE void mvt(int n, double x1[N], double x2[N], double y1[N],
                         double y2[N], double A[N][N]) {
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) x1[i] = x1[i] + A[i][j] * y1[j];
  }
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) x2[i] = x2[i] + A[j][i] * y2[j];
  }
}

static void run(struct data* d, int n) {
  mvt(n, d->x1, d->x2, d->y1, d->y2, d->A);
}

KERNEL(mvt, POLYBENCH, N, 20, x2);
