// A[r][q][·] = A[r][q][·] C.
#include "tests/bench/engine/kernel.h"

enum { N = 100 };
struct data {
  double A[N][N][N], C[N][N], sum[N];
};

static void init(struct data* d, int n) {
  FILL(d->A, 1);
  FILL(d->C, 2);
}

static NOINLINE void doitgen(int n, double A[N][N][N], double C[N][N],
                             double sum[N]) {
  for (int r = 0; r < n; ++r) {
    for (int q = 0; q < n; ++q) {
      for (int p = 0; p < n; ++p) {
        sum[p] = 0.0;
        for (int s = 0; s < n; ++s) sum[p] += A[r][q][s] * C[s][p];
      }
      for (int p = 0; p < n; ++p) A[r][q][p] = sum[p];
    }
  }
}

static void run(struct data* d, int n) { doitgen(n, d->A, d->C, d->sum); }

KERNEL(doitgen, POLYBENCH, N, 12, A);
