// Solves a Toeplitz system by Levinson and Durbin.
#include "tests/bench/engine/kernel.h"

enum { N = 5000 };
struct data {
  double r[N], y[N], z[N];
};

static void init(struct data* d, int n) {
  for (int i = 0; i < n; ++i) d->r[i] = 0.5 / (i + 1);
}

static NOINLINE void durbin(int n, double r[N], double y[N], double z[N]) {
  y[0] = -r[0];
  double beta = 1.0;
  double alpha = -r[0];
  for (int k = 1; k < n; ++k) {
    beta = (1 - alpha * alpha) * beta;
    double sum = 0.0;
    for (int i = 0; i < k; ++i) sum += r[k - i - 1] * y[i];
    alpha = -(r[k] + sum) / beta;
    for (int i = 0; i < k; ++i) z[i] = y[i] + alpha * y[k - i - 1];
    for (int i = 0; i < k; ++i) y[i] = z[i];
    y[k] = alpha;
  }
}

static void run(struct data* d, int n) { durbin(n, d->r, d->y, d->z); }

KERNEL(durbin, POLYBENCH, N, 20, y);
