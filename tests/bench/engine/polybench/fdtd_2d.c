// Electric and magnetic fields in two dimensions, by finite differences.
#include "tests/bench/engine/kernel.h"

enum { N = 500, STEPS = 60 };
struct data {
  double ex[N][N], ey[N][N], hz[N][N];
};

static void init(struct data* d, int n) {
  FILL(d->ex, 1);
  FILL(d->ey, 2);
  FILL(d->hz, 3);
}

static NOINLINE void fdtd_2d(int n, double ex[N][N], double ey[N][N],
                             double hz[N][N]) {
  for (int t = 0; t < STEPS; ++t) {
    for (int j = 0; j < n; ++j) ey[0][j] = t;
    for (int i = 1; i < n; ++i) {
      for (int j = 0; j < n; ++j) {
        ey[i][j] = ey[i][j] - 0.5 * (hz[i][j] - hz[i - 1][j]);
      }
    }
    for (int i = 0; i < n; ++i) {
      for (int j = 1; j < n; ++j) {
        ex[i][j] = ex[i][j] - 0.5 * (hz[i][j] - hz[i][j - 1]);
      }
    }
    for (int i = 0; i < n - 1; ++i) {
      for (int j = 0; j < n - 1; ++j) {
        hz[i][j] = hz[i][j] -
                   0.7 * (ex[i][j + 1] - ex[i][j] + ey[i + 1][j] - ey[i][j]);
      }
    }
  }
}

static void run(struct data* d, int n) { fdtd_2d(n, d->ex, d->ey, d->hz); }

KERNEL(fdtd_2d, POLYBENCH, N, 20, hz);
