// The Mandelbrot set, 50 iterations a point, a bit a point.
#include "tests/bench/engine/kernel.h"

enum { N = 900 };
struct data {
  unsigned char bits[N][(N + 7) / 8];
};

static void init(struct data* d, int n) {}

static int is_inside(double cr, double ci) {
  double zr = 0, zi = 0;
  for (int i = 0; i < 50; ++i) {
    const double rr = zr * zr, ii = zi * zi;
    if (rr + ii > 4.0) return 0;
    zi = 2.0 * zr * zi + ci;
    zr = rr - ii + cr;
  }
  return 1;
}

static NOINLINE void mandelbrot(int n, unsigned char bits[N][(N + 7) / 8]) {
  for (int y = 0; y < n; ++y) {
    for (int x = 0; x < n; ++x) {
      if (is_inside(2.0 * x / n - 1.5, 2.0 * y / n - 1.0)) {
        bits[y][x / 8] |= (unsigned char)(128 >> x % 8);
      }
    }
  }
}

static void run(struct data* d, int n) { mandelbrot(n, d->bits); }

KERNEL(mandelbrot, PROGRAMS, N, 30, bits);
