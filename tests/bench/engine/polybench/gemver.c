// A += u1 v1' + u2 v2', x = beta A' y + z, w = alpha A x.
#include "tests/bench/engine/kernel.h"

enum { N = 2000 };
struct data {
  double A[N][N], u1[N], v1[N], u2[N], v2[N], w[N], x[N], y[N], z[N];
};

static void init(struct data* d, int n) {
  FILL(d->A, 1);
  FILL(d->u1, 2);
  FILL(d->v1, 3);
  FILL(d->u2, 4);
  FILL(d->v2, 5);
  FILL(d->y, 6);
  FILL(d->z, 7);
}

static NOINLINE void gemver(int n, double alpha, double beta, double A[N][N],
                            double u1[N], double v1[N], double u2[N],
                            double v2[N], double w[N], double x[N], double y[N],
                            double z[N]) {
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) {
      A[i][j] = A[i][j] + u1[i] * v1[j] + u2[i] * v2[j];
    }
  }
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) x[i] = x[i] + beta * A[j][i] * y[j];
  }
  for (int i = 0; i < n; ++i) x[i] = x[i] + z[i];
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) w[i] = w[i] + alpha * A[i][j] * x[j];
  }
}

static void run(struct data* d, int n) {
  gemver(n, 1.5, 1.2, d->A, d->u1, d->v1, d->u2, d->v2, d->w, d->x, d->y, d->z);
}

KERNEL(gemver, POLYBENCH, N, 20, w);
