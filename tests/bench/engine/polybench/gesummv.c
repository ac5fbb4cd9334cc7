// y = alpha A x + beta B x.
#include "tests/bench/engine/kernel.h"

enum { N = 1700 };
struct data {
  double A[N][N], B[N][N], tmp[N], x[N], y[N];
};

static void init(struct data* d, int n) {
  FILL(d->A, 1);
  FILL(d->B, 2);
  FILL(d->x, 3);
}

static NOINLINE void gesummv(int n, double alpha, double beta, double A[N][N],
                             double B[N][N], double tmp[N], double x[N],
                             double y[N]) {
  for (int i = 0; i < n; ++i) {
    tmp[i] = 0.0;
    y[i] = 0.0;
    for (int j = 0; j < n; ++j) {
      tmp[i] = A[i][j] * x[j] + tmp[i];
      y[i] = B[i][j] * x[j] + y[i];
    }
    y[i] = alpha * tmp[i] + beta * y[i];
  }
}

static void run(struct data* d, int n) {
  gesummv(n, 1.5, 1.2, d->A, d->B, d->tmp, d->x, d->y);
}

KERNEL(gesummv, POLYBENCH, N, 20, y);
