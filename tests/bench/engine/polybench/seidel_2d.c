// Gauss-Seidel on a square of nine points.
#include "tests/bench/engine/kernel.h"

enum { N = 400, STEPS = 20 };
struct data {
  double A[N][N];
};

static void init(struct data* d, int n) { FILL(d->A, 1); }

static NOINLINE void seidel_2d(int n, double A[N][N]) {
  for (int t = 0; t < STEPS; ++t) {
    for (int i = 1; i <= n - 2; ++i) {
      for (int j = 1; j <= n - 2; ++j) {
        A[i][j] = (A[i - 1][j - 1] + A[i - 1][j] + A[i - 1][j + 1] +
                   A[i][j - 1] + A[i][j] + A[i][j + 1] + A[i + 1][j - 1] +
                   A[i + 1][j] + A[i + 1][j + 1]) /
                  9.0;
      }
    }
  }
}

static void run(struct data* d, int n) { seidel_2d(n, d->A); }

KERNEL(seidel_2d, POLYBENCH, N, 20, A);
