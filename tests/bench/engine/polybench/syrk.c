// C = alpha A A' + beta C; the lower half.
#include "tests/bench/engine/kernel.h"

enum { N = 500 };
struct data {
  double C[N][N], A[N][N];
};

static void init(struct data* d, int n) {
  FILL(d->C, 1);
  FILL(d->A, 2);
}

static NOINLINE void syrk(int n, double alpha, double beta, double C[N][N],
                          double A[N][N]) {
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j <= i; ++j) C[i][j] *= beta;
    for (int k = 0; k < n; ++k) {
      for (int j = 0; j <= i; ++j) C[i][j] += alpha * A[i][k] * A[j][k];
    }
  }
}

static void run(struct data* d, int n) { syrk(n, 1.5, 1.2, d->C, d->A); }

KERNEL(syrk, POLYBENCH, N, 20, C);
