// Clocks go forward at the right speed; sleeping takes as long as it should.
#include <pthread.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static double seconds(clockid_t clock) {
  struct timespec time;
  CHECK(clock_gettime(clock, &time) == 0);
  CHECK(time.tv_nsec >= 0 && time.tv_nsec < 1000000000);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(void) {
  const clockid_t clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC,
                              CLOCK_MONOTONIC_RAW, CLOCK_BOOTTIME,
                              CLOCK_MONOTONIC_COARSE};
  for (size_t i = 0; i < sizeof(clocks) / sizeof(*clocks); i++) {
    const double start = seconds(clocks[i]);
    const struct timespec wait = {0, 30000000};
    CHECK(nanosleep(&wait, NULL) == 0);
    const double passed = seconds(clocks[i]) - start;
    CHECK(passed > 0.02 && passed < 5);
  }
  double last = seconds(CLOCK_MONOTONIC);
  for (int i = 0; i < 10000; i++) {
    const double now = seconds(CLOCK_MONOTONIC);
    CHECK(now >= last);
    last = now;
  }
  struct timespec until, resolution;
  CHECK(clock_gettime(CLOCK_MONOTONIC, &until) == 0);
  until.tv_nsec += 30000000;
  if (until.tv_nsec >= 1000000000) until.tv_sec++, until.tv_nsec -= 1000000000;
  CHECK(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == 0);
  CHECK(seconds(CLOCK_MONOTONIC) >=
        (double)until.tv_sec + (double)until.tv_nsec / 1e9);
  CHECK(clock_getres(CLOCK_MONOTONIC, &resolution) == 0 &&
        resolution.tv_sec == 0);
  struct timeval day;
  CHECK(gettimeofday(&day, NULL) == 0);
  const time_t now = time(NULL);
  CHECK(now - day.tv_sec >= 0 && now - day.tv_sec <= 2 && now > 1700000000);

  const double cpu = seconds(CLOCK_THREAD_CPUTIME_ID);
  usleep(50000);
  CHECK(seconds(CLOCK_THREAD_CPUTIME_ID) - cpu < 0.04);  // sleeping costs none
  clockid_t own;
  CHECK(pthread_getcpuclockid(pthread_self(), &own) == 0 && seconds(own) > 0);
  CHECK(clock_getcpuclockid(0, &own) == 0 && seconds(own) > 0);
  struct timespec time;
  CHECK_ERRNO(EINVAL, clock_gettime(1234, &time));
  const struct timespec wrong = {0, 1000000000};
  CHECK_ERRNO(EINVAL, nanosleep(&wrong, NULL));
  puts("clocks ok");
  return 0;
}
