// C = alpha A B + beta C; A is symmetric, its lower half is stored.
#include "tests/bench/engine/kernel.h"

enum { N = 420 };
struct data {
  double C[N][N], A[N][N], B[N][N];
};

static void init(struct data* d, int n) {
  FILL(d->C, 1);
  FILL(d->A, 2);
  FILL(d->B, 3);
}

static NOINLINE void symm(int n, double alpha, double beta, double C[N][N],
                          double A[N][N], double B[N][N]) {
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) {
      double sum = 0;
      for (int k = 0; k < i; ++k) {
        C[k][j] += alpha * B[i][j] * A[i][k];
        sum += B[k][j] * A[i][k];
      }
      C[i][j] = beta * C[i][j] + alpha * B[i][j] * A[i][i] + alpha * sum;
    }
  }
}

static void run(struct data* d, int n) { symm(n, 1.5, 1.2, d->C, d->A, d->B); }

KERNEL(symm, POLYBENCH, N, 20, C);
