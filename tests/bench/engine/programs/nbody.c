// Planets and their sun, by a symplectic integrator.
#include <math.h>

#include "tests/bench/engine/kernel.h"

enum { N = 1000000, BODIES = 5 };
struct body {
  double x, y, z, vx, vy, vz, mass;
};
struct data {
  struct body bodies[BODIES];
};

static void init(struct data* d, int n) {
  double seeds[BODIES][3];
  FILL(seeds, 1);
  for (int i = 0; i < BODIES; ++i) {
    struct body* const b = &d->bodies[i];
    b->x = 5.0 * i + seeds[i][0];
    b->y = seeds[i][1] - 0.5;
    b->z = 0.1 * seeds[i][2];
    b->vy = i == 0 ? 0.0 : 6.28 / sqrt(5.0 * i);
    b->mass = i == 0 ? 39.47 : 0.01 * (1 + seeds[i][2]);
  }
}

static NOINLINE void advance(struct body* bodies, double dt) {
  for (int i = 0; i < BODIES; ++i) {
    struct body* const a = &bodies[i];
    for (int j = i + 1; j < BODIES; ++j) {
      struct body* const b = &bodies[j];
      const double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
      const double square = dx * dx + dy * dy + dz * dz;
      const double factor = dt / (square * sqrt(square));
      a->vx -= dx * b->mass * factor;
      a->vy -= dy * b->mass * factor;
      a->vz -= dz * b->mass * factor;
      b->vx += dx * a->mass * factor;
      b->vy += dy * a->mass * factor;
      b->vz += dz * a->mass * factor;
    }
  }
  for (int i = 0; i < BODIES; ++i) {
    bodies[i].x += dt * bodies[i].vx;
    bodies[i].y += dt * bodies[i].vy;
    bodies[i].z += dt * bodies[i].vz;
  }
}

static void run(struct data* d, int n) {
  for (int i = 0; i < n; ++i) advance(d->bodies, 0.001);
}

KERNEL(nbody, PROGRAMS, N, 100, bodies);
