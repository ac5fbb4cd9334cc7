// The covariance matrix of n columns.
#include "tests/bench/engine/kernel.h"

enum { N = 400 };
struct data {
  double data[N][N], cov[N][N], mean[N];
};

static void init(struct data* d, int n) { FILL(d->data, 1); }

static NOINLINE void covariance(int n, double data[N][N], double cov[N][N],
                                double mean[N]) {
  for (int j = 0; j < n; ++j) {
    mean[j] = 0.0;
    for (int i = 0; i < n; ++i) mean[j] += data[i][j];
    mean[j] /= n;
  }
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) data[i][j] -= mean[j];
  }
  for (int i = 0; i < n; ++i) {
    for (int j = i; j < n; ++j) {
      cov[i][j] = 0.0;
      for (int k = 0; k < n; ++k) cov[i][j] += data[k][i] * data[k][j];
      cov[i][j] /= n - 1.0;
      cov[j][i] = cov[i][j];
    }
  }
}

static void run(struct data* d, int n) {
  covariance(n, d->data, d->cov, d->mean);
}

KERNEL(covariance, POLYBENCH, N, 20, cov);
