// Heat in two dimensions, implicitly in alternating directions.
#include "tests/bench/engine/kernel.h"

enum { N = 300, STEPS = 25 };
struct data {
  double u[N][N], v[N][N], p[N][N], q[N][N];
};

static void init(struct data* d, int n) { FILL(d->u, 1); }

static void sweep_columns(int n, double a, double b, double c, double d,
                          double f, double u[N][N], double v[N][N],
                          double p[N][N], double q[N][N]) {
  for (int i = 1; i < n - 1; ++i) {
    v[0][i] = 1.0;
    p[i][0] = 0.0;
    q[i][0] = v[0][i];
    for (int j = 1; j < n - 1; ++j) {
      p[i][j] = -c / (a * p[i][j - 1] + b);
      q[i][j] = (-d * u[j][i - 1] + (1.0 + 2.0 * d) * u[j][i] -
                 f * u[j][i + 1] - a * q[i][j - 1]) /
                (a * p[i][j - 1] + b);
    }
    v[n - 1][i] = 1.0;
    for (int j = n - 2; j >= 1; --j) v[j][i] = p[i][j] * v[j + 1][i] + q[i][j];
  }
}

static void sweep_rows(int n, double a, double c, double d, double e, double f,
                       double u[N][N], double v[N][N], double p[N][N],
                       double q[N][N]) {
  for (int i = 1; i < n - 1; ++i) {
    u[i][0] = 1.0;
    p[i][0] = 0.0;
    q[i][0] = u[i][0];
    for (int j = 1; j < n - 1; ++j) {
      p[i][j] = -f / (d * p[i][j - 1] + e);
      q[i][j] = (-a * v[i - 1][j] + (1.0 + 2.0 * a) * v[i][j] -
                 c * v[i + 1][j] - d * q[i][j - 1]) /
                (d * p[i][j - 1] + e);
    }
    u[i][n - 1] = 1.0;
    for (int j = n - 2; j >= 1; --j) u[i][j] = p[i][j] * u[i][j + 1] + q[i][j];
  }
}

static NOINLINE void adi(int n, double u[N][N], double v[N][N], double p[N][N],
                         double q[N][N]) {
  const double dx = 1.0 / n, dt = 1.0 / STEPS;
  const double mul1 = 2.0 * dt / (dx * dx), mul2 = 1.0 * dt / (dx * dx);
  const double a = -mul1 / 2.0, b = 1.0 + mul1, c = a;
  const double d = -mul2 / 2.0, e = 1.0 + mul2, f = d;
  for (int t = 1; t <= STEPS; ++t) {
    sweep_columns(n, a, b, c, d, f, u, v, p, q);
    sweep_rows(n, a, c, d, e, f, u, v, p, q);
  }
}

static void run(struct data* d, int n) { adi(n, d->u, d->v, d->p, d->q); }

KERNEL(adi, POLYBENCH, N, 20, u);
