// Calls that do next to nothing: what is left is the way there and back.

#include <time.h>
#include <unistd.h>

#include "tests/bench/calls/calls.h"

static void run_getppid(long n) {
  while (n-- > 0) MUST(getppid() >= 0);
}

static void run_clock_gettime(long n) {
  struct timespec t;
  while (n-- > 0) MUST(clock_gettime(CLOCK_MONOTONIC, &t) == 0);
}

const struct row time_rows[] = {
    {"getppid", NULL, run_getppid, NULL},
    {"clock_gettime", NULL, run_clock_gettime, NULL},
    {NULL, NULL, NULL, NULL},
};
