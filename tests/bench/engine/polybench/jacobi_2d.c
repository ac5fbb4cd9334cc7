// Jacobi's method on a cross of five points.
#include "tests/bench/engine/kernel.h"

enum { N = 500, STEPS = 60 };
struct data {
  double A[N][N], B[N][N];
};

static void init(struct data* d, int n) {
  FILL(d->A, 1);
  FILL(d->B, 2);
}

static void step(int n, double to[N][N], double from[N][N]) {
  for (int i = 1; i < n - 1; ++i) {
    for (int j = 1; j < n - 1; ++j) {
      to[i][j] = 0.2 * (from[i][j] + from[i][j - 1] + from[i][1 + j] +
                        from[1 + i][j] + from[i - 1][j]);
    }
  }
}

static NOINLINE void jacobi_2d(int n, double A[N][N], double B[N][N]) {
  for (int t = 0; t < STEPS; ++t) {
    step(n, B, A);
    step(n, A, B);
  }
}

static void run(struct data* d, int n) { jacobi_2d(n, d->A, d->B); }

KERNEL(jacobi_2d, POLYBENCH, N, 20, A);
