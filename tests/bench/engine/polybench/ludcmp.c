// Solves A x = b by LU decomposition and substitution.
#include "tests/bench/engine/kernel.h"

enum { N = 500 };
struct data {
  double A[N][N], b[N], x[N], y[N];
};

static void init(struct data* d, int n) {
  FILL(d->A, 1);
  FILL(d->b, 2);
  for (int i = 0; i < n; ++i) d->A[i][i] += n;
}

static NOINLINE void ludcmp(int n, double A[N][N], double b[N], double x[N],
                            double y[N]) {
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < i; ++j) {
      double w = A[i][j];
      for (int k = 0; k < j; ++k) w -= A[i][k] * A[k][j];
      A[i][j] = w / A[j][j];
    }
    for (int j = i; j < n; ++j) {
      double w = A[i][j];
      for (int k = 0; k < i; ++k) w -= A[i][k] * A[k][j];
      A[i][j] = w;
    }
  }
  for (int i = 0; i < n; ++i) {
    double w = b[i];
    for (int j = 0; j < i; ++j) w -= A[i][j] * y[j];
    y[i] = w;
  }
  for (int i = n - 1; i >= 0; --i) {
    double w = y[i];
    for (int j = i + 1; j < n; ++j) w -= A[i][j] * x[j];
    x[i] = w / A[i][i];
  }
}

static void run(struct data* d, int n) { ludcmp(n, d->A, d->b, d->x, d->y); }

KERNEL(ludcmp, POLYBENCH, N, 20, x);
