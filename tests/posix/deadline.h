// Deadlines of calls that wait until a time of CLOCK_REALTIME.

#ifndef SLIPWAY_TESTS_POSIX_DEADLINE_H_
#define SLIPWAY_TESTS_POSIX_DEADLINE_H_

#include <time.h>

#include "check.h"

static inline struct timespec in_milliseconds(int ms) {
  struct timespec time;
  CHECK(clock_gettime(CLOCK_REALTIME, &time) == 0);
  time.tv_nsec += ms * 1000000L;
  time.tv_sec += time.tv_nsec / 1000000000;
  time.tv_nsec %= 1000000000;
  return time;
}

#endif  // SLIPWAY_TESTS_POSIX_DEADLINE_H_
