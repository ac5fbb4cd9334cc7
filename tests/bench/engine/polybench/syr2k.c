// C = alpha A B' + alpha B A' + beta C; the lower half.
#include "tests/bench/engine/kernel.h"

enum { N = 400 };
struct data {
  double C[N][N], A[N][N], B[N][N];
};

static void init(struct data* d, int n) {
  FILL(d->C, 1);
  FILL(d->A, 2);
  FILL(d->B, 3);
}

static NOINLINE void syr2k(int n, double alpha, double beta, double C[N][N],
                           double A[N][N], double B[N][N]) {
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j <= i; ++j) C[i][j] *= beta;
    for (int k = 0; k < n; ++k) {
      for (int j = 0; j <= i; ++j) {
        C[i][j] += A[j][k] * alpha * B[i][k] + B[j][k] * alpha * A[i][k];
      }
    }
  }
}

static void run(struct data* d, int n) { syr2k(n, 1.5, 1.2, d->C, d->A, d->B); }

KERNEL(syr2k, POLYBENCH, N, 20, C);
