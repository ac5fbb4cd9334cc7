// All shortest paths of a graph.
#include "tests/bench/engine/kernel.h"

enum { N = 480 };
struct data {
  int path[N][N];
};

static void init(struct data* d, int n) {
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) {
      const int far =
          (i + j) % 13 == 0 || (i + j) % 7 == 0 || (i + j) % 11 == 0;
      d->path[i][j] = far ? 999 : i * j % 7 + 1;
    }
  }
}

static NOINLINE void floyd_warshall(int n, int path[N][N]) {
  for (int k = 0; k < n; ++k) {
    for (int i = 0; i < n; ++i) {
      for (int j = 0; j < n; ++j) {
        path[i][j] = path[i][j] < path[i][k] + path[k][j]
                         ? path[i][j]
                         : path[i][k] + path[k][j];
      }
    }
  }
}

static void run(struct data* d, int n) { floyd_warshall(n, d->path); }

KERNEL(floyd_warshall, POLYBENCH, N, 20, path);
