// A = L L'.
#include <math.h>

#include "tests/bench/engine/kernel.h"

enum { N = 700 };
struct data {
  double A[N][N];
};

static void init(struct data* d, int n) {
  FILL(d->A, 1);
  for (int i = 0; i < n; ++i) d->A[i][i] += n;
}

static NOINLINE void cholesky(int n, double A[N][N]) {
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < i; ++j) {
      for (int k = 0; k < j; ++k) A[i][j] -= A[i][k] * A[j][k];
      A[i][j] /= A[j][j];
    }
    for (int k = 0; k < i; ++k) A[i][i] -= A[i][k] * A[i][k];
    A[i][i] = sqrt(A[i][i]);
  }
}

static void run(struct data* d, int n) { cholesky(n, d->A); }

KERNEL(cholesky, POLYBENCH, N, 20, A);
