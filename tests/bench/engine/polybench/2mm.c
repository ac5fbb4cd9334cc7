// D = alpha A B C + beta D.
#include "tests/bench/engine/kernel.h"

enum { N = 380 };
struct data {
  double tmp[N][N], A[N][N], B[N][N], C[N][N], D[N][N];
};

static void init(struct data* d, int n) {
  FILL(d->A, 1);
  FILL(d->B, 2);
  FILL(d->C, 3);
  FILL(d->D, 4);
}

static NOINLINE void two_products(int n, double alpha, double beta,
                                  double tmp[N][N], double A[N][N],
                                  double B[N][N], double C[N][N],
                                  double D[N][N]) {
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) {
      tmp[i][j] = 0.0;
      for (int k = 0; k < n; ++k) tmp[i][j] += alpha * A[i][k] * B[k][j];
    }
  }
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) {
      D[i][j] *= beta;
      for (int k = 0; k < n; ++k) D[i][j] += tmp[i][k] * C[k][j];
    }
  }
}

static void run(struct data* d, int n) {
  two_products(n, 1.5, 1.2, d->tmp, d->A, d->B, d->C, d->D);
}

KERNEL(2mm, POLYBENCH, N, 20, D);
