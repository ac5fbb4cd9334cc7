// A = Q R by the modified Gram-Schmidt process.
#include <math.h>

#include "tests/bench/engine/kernel.h"

enum { N = 360 };
struct data {
  double A[N][N], R[N][N], Q[N][N];
};

static void init(struct data* d, int n) { FILL(d->A, 1); }

static NOINLINE void gramschmidt(int n, double A[N][N], double R[N][N],
                                 double Q[N][N]) {
  for (int k = 0; k < n; ++k) {
    double norm = 0.0;
    for (int i = 0; i < n; ++i) norm += A[i][k] * A[i][k];
    R[k][k] = sqrt(norm);
    for (int i = 0; i < n; ++i) Q[i][k] = A[i][k] / R[k][k];
    for (int j = k + 1; j < n; ++j) {
      R[k][j] = 0.0;
      for (int i = 0; i < n; ++i) R[k][j] += Q[i][k] * A[i][j];
      for (int i = 0; i < n; ++i) A[i][j] = A[i][j] - Q[i][k] * R[k][j];
    }
  }
}

static void run(struct data* d, int n) { gramschmidt(n, d->A, d->R, d->Q); }

KERNEL(gramschmidt, POLYBENCH, N, 20, R);
