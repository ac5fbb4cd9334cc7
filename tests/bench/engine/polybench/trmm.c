// B = alpha A' B; A is lower triangular with a unit diagonal.
#include "tests/bench/engine/kernel.h"

enum { N = 500 };
struct data {
  double A[N][N], B[N][N];
};

static void init(struct data* d, int n) {
  FILL(d->A, 1);
  FILL(d->B, 2);
}

static NOINLINE void trmm(int n, double alpha, double A[N][N], double B[N][N]) {
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) {
      for (int k = i + 1; k < n; ++k) B[i][j] += A[k][i] * B[k][j];
      B[i][j] = alpha * B[i][j];
    }
  }
}

static void run(struct data* d, int n) { trmm(n, 1.5, d->A, d->B); }

KERNEL(trmm, POLYBENCH, N, 20, B);
