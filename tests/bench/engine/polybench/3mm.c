// G = (A B) (C D).
#include "tests/bench/engine/kernel.h"

enum { N = 340 };
struct data {
  double E[N][N], A[N][N], B[N][N], F[N][N], C[N][N], D[N][N], G[N][N];
};

static void init(struct data* d, int n) {
  FILL(d->A, 1);
  FILL(d->B, 2);
  FILL(d->C, 3);
  FILL(d->D, 4);
}

static NOINLINE void three_products(int n, double E[N][N], double A[N][N],
                                    double B[N][N], double F[N][N],
                                    double C[N][N], double D[N][N],
                                    double G[N][N]) {
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) {
      E[i][j] = 0.0;
      for (int k = 0; k < n; ++k) E[i][j] += A[i][k] * B[k][j];
    }
  }
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) {
      F[i][j] = 0.0;
      for (int k = 0; k < n; ++k) F[i][j] += C[i][k] * D[k][j];
    }
  }
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) {
      G[i][j] = 0.0;
      for (int k = 0; k < n; ++k) G[i][j] += E[i][k] * F[k][j];
    }
  }
}

static void run(struct data* d, int n) {
  three_products(n, d->E, d->A, d->B, d->F, d->C, d->D, d->G);
}

KERNEL(3mm, POLYBENCH, N, 20, G);
