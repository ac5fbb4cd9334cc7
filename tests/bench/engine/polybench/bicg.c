// s = A' r, q = A p.
#include "tests/bench/engine/kernel.h"

enum { N = 2000 };
struct data {
  double A[N][N], s[N], q[N], p[N], r[N];
};

static void init(struct data* d, int n) {
  FILL(d->A, 1);
  FILL(d->p, 2);
  FILL(d->r, 3);
}

static NOINLINE void bicg(int n, double A[N][N], double s[N], double q[N],
                          double p[N], double r[N]) {
  for (int i = 0; i < n; ++i) s[i] = 0;
  for (int i = 0; i < n; ++i) {
    q[i] = 0.0;
    for (int j = 0; j < n; ++j) {
      s[j] = s[j] + r[i] * A[i][j];
      q[i] = q[i] + A[i][j] * p[j];
    }
  }
}

static void run(struct data* d, int n) {
  bicg(n, d->A, d->s, d->q, d->p, d->r);
}

KERNEL(bicg, POLYBENCH, N, 20, s);
