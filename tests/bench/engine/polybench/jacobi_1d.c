// Jacobi's method on a line of three points.
#include "tests/bench/engine/kernel.h"

enum { N = 4000, STEPS = 4000 };
struct data {
  double A[N], B[N];
};

static void init(struct data* d, int n) {
  FILL(d->A, 1);
  FILL(d->B, 2);
}

static NOINLINE void jacobi_1d(int n, double A[N], double B[N]) {
  for (int t = 0; t < STEPS; ++t) {
    for (int i = 1; i < n - 1; ++i) {
      B[i] = 0.33333 * (A[i - 1] + A[i] + A[i + 1]);
    }
    for (int i = 1; i < n - 1; ++i) {
      A[i] = 0.33333 * (B[i - 1] + B[i] + B[i + 1]);
    }
  }
}

static void run(struct data* d, int n) { jacobi_1d(n, d->A, d->B); }

KERNEL(jacobi_1d, POLYBENCH, N, 20, A);
