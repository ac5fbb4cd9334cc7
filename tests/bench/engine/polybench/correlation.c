// The correlation matrix of n columns.
#include <math.h>

#include "tests/bench/engine/kernel.h"

enum { N = 400 };
struct data {
  double data[N][N], corr[N][N], mean[N], stddev[N];
};

static void init(struct data* d, int n) { FILL(d->data, 1); }

static void find_means(int n, double data[N][N], double mean[N]) {
  for (int j = 0; j < n; ++j) {
    mean[j] = 0.0;
    for (int i = 0; i < n; ++i) mean[j] += data[i][j];
    mean[j] /= n;
  }
}

static void find_deviations(int n, double data[N][N], double mean[N],
                            double stddev[N]) {
  for (int j = 0; j < n; ++j) {
    stddev[j] = 0.0;
    for (int i = 0; i < n; ++i) {
      stddev[j] += (data[i][j] - mean[j]) * (data[i][j] - mean[j]);
    }
    stddev[j] /= n;
    stddev[j] = sqrt(stddev[j]);
    stddev[j] = stddev[j] <= 0.1 ? 1.0 : stddev[j];
  }
}

static NOINLINE void correlation(int n, double data[N][N], double corr[N][N],
                                 double mean[N], double stddev[N]) {
  find_means(n, data, mean);
  find_deviations(n, data, mean, stddev);
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) {
      data[i][j] -= mean[j];
      data[i][j] /= sqrt((double)n) * stddev[j];
    }
  }
  for (int i = 0; i < n - 1; ++i) {
    corr[i][i] = 1.0;
    for (int j = i + 1; j < n; ++j) {
      corr[i][j] = 0.0;
      for (int k = 0; k < n; ++k) corr[i][j] += data[k][i] * data[k][j];
      corr[j][i] = corr[i][j];
    }
  }
  corr[n - 1][n - 1] = 1.0;
}

static void run(struct data* d, int n) {
  correlation(n, d->data, d->corr, d->mean, d->stddev);
}

KERNEL(correlation, POLYBENCH, N, 20, corr);
