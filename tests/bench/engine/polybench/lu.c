// A = L U, in place, without pivoting.
#include "tests/bench/engine/kernel.h"

enum { N = 500 };
struct data {
  double A[N][N];
};

static void init(struct data* d, int n) {
  FILL(d->A, 1);
  for (int i = 0; i < n; ++i) d->A[i][i] += n;
}

static NOINLINE void lu(int n, double A[N][N]) {
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < i; ++j) {
      for (int k = 0; k < j; ++k) A[i][j] -= A[i][k] * A[k][j];
      A[i][j] /= A[j][j];
    }
    for (int j = i; j < n; ++j) {
      for (int k = 0; k < i; ++k) A[i][j] -= A[i][k] * A[k][j];
    }
  }
}

static void run(struct data* d, int n) { lu(n, d->A); }

KERNEL(lu, POLYBENCH, N, 20, A);
