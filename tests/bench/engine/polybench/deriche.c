// Deriche's recursive smoothing of an image, rows and then columns.
#include "tests/bench/engine/kernel.h"

enum { N = 1400 };
struct data {
  float in[N][N], out[N][N], y1[N][N], y2[N][N];
};

static void init(struct data* d, int n) {
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) {
      d->in[i][j] = (float)((313 * i + 991 * j) % 65536) / 65535.0f;
    }
  }
}

// exp(-alpha) for alpha = 0.25, and what the definition makes of it: libraries
// need not agree on the last bit.
#define E1 0.77880078307140488f
#define E2 0.60653065971263342f

static NOINLINE void deriche(int n, float in[N][N], float out[N][N],
                             float y1[N][N], float y2[N][N]) {
  const float alpha = 0.25f;
  const float k =
      (1.0f - E1) * (1.0f - E1) / (1.0f + 2.0f * alpha * E1 - 1.0f / E2);
  const float a1 = k, a5 = k;
  const float a2 = k * E1 * (alpha - 1.0f), a6 = a2;
  const float a3 = k * E1 * (alpha + 1.0f), a7 = a3;
  const float a4 = -k * E2, a8 = a4;
  const float b1 = 2 * E1, b2 = -E2, c1 = 1, c2 = 1;
  for (int i = 0; i < n; ++i) {
    float ym1 = 0, ym2 = 0, xm1 = 0;
    for (int j = 0; j < n; ++j) {
      y1[i][j] = a1 * in[i][j] + a2 * xm1 + b1 * ym1 + b2 * ym2;
      xm1 = in[i][j];
      ym2 = ym1;
      ym1 = y1[i][j];
    }
  }
  for (int i = 0; i < n; ++i) {
    float yp1 = 0, yp2 = 0, xp1 = 0, xp2 = 0;
    for (int j = n - 1; j >= 0; --j) {
      y2[i][j] = a3 * xp1 + a4 * xp2 + b1 * yp1 + b2 * yp2;
      xp2 = xp1;
      xp1 = in[i][j];
      yp2 = yp1;
      yp1 = y2[i][j];
    }
  }
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) out[i][j] = c1 * (y1[i][j] + y2[i][j]);
  }
  for (int j = 0; j < n; ++j) {
    float tm1 = 0, ym1 = 0, ym2 = 0;
    for (int i = 0; i < n; ++i) {
      y1[i][j] = a5 * out[i][j] + a6 * tm1 + b1 * ym1 + b2 * ym2;
      tm1 = out[i][j];
      ym2 = ym1;
      ym1 = y1[i][j];
    }
  }
  for (int j = 0; j < n; ++j) {
    float tp1 = 0, tp2 = 0, yp1 = 0, yp2 = 0;
    for (int i = n - 1; i >= 0; --i) {
      y2[i][j] = a7 * tp1 + a8 * tp2 + b1 * yp1 + b2 * yp2;
      tp2 = tp1;
      tp1 = out[i][j];
      yp2 = yp1;
      yp1 = y2[i][j];
    }
  }
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) out[i][j] = c2 * (y1[i][j] + y2[i][j]);
  }
}

static void run(struct data* d, int n) {
  deriche(n, d->in, d->out, d->y1, d->y2);
}

KERNEL(deriche, POLYBENCH, N, 20, out);
