// Heat in three dimensions.
#include "tests/bench/engine/kernel.h"

enum { N = 80, STEPS = 30 };
struct data {
  double A[N][N][N], B[N][N][N];
};

static void init(struct data* d, int n) {
  FILL(d->A, 1);
  FILL(d->B, 1);
}

static void step(int n, double to[N][N][N], double from[N][N][N]) {
  for (int i = 1; i < n - 1; ++i) {
    for (int j = 1; j < n - 1; ++j) {
      for (int k = 1; k < n - 1; ++k) {
        to[i][j][k] =
            0.125 *
                (from[i + 1][j][k] - 2.0 * from[i][j][k] + from[i - 1][j][k]) +
            0.125 *
                (from[i][j + 1][k] - 2.0 * from[i][j][k] + from[i][j - 1][k]) +
            0.125 *
                (from[i][j][k + 1] - 2.0 * from[i][j][k] + from[i][j][k - 1]) +
            from[i][j][k];
      }
    }
  }
}

static NOINLINE void heat_3d(int n, double A[N][N][N], double B[N][N][N]) {
  for (int t = 0; t < STEPS; ++t) {
    step(n, B, A);
    step(n, A, B);
  }
}

static void run(struct data* d, int n) { heat_3d(n, d->A, d->B); }

KERNEL(heat_3d, POLYBENCH, N, 12, A);
