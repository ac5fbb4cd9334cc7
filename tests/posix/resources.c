// getrusage, limits, CPU time.
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/times.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static volatile double sink;

static void burn(double seconds) {
  struct timespec time;
  do {
    for (int i = 0; i < 100000; i++) sink = sink * 1.0001 + 1;
    CHECK(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0);
  } while ((double)time.tv_sec + (double)time.tv_nsec / 1e9 < seconds);
}

int main(void) {
  struct rusage usage;
  burn(0.06);
  CHECK(getrusage(RUSAGE_SELF, &usage) == 0);
  CHECK(usage.ru_utime.tv_sec * 1000000 + usage.ru_utime.tv_usec +
            usage.ru_stime.tv_sec * 1000000 + usage.ru_stime.tv_usec >=
        40000);
  CHECK(usage.ru_maxrss > 100);
  struct tms times_before;
  CHECK(times(&times_before) != (clock_t)-1);
  CHECK(clock() > 0);

  const pid_t child = fork();
  if (child == 0) {
    burn(0.06);
    _exit(0);
  }
  struct rusage of_child;
  int status;
  CHECK(wait4(child, &status, 0, &of_child) == child && status == 0);
  CHECK(of_child.ru_utime.tv_sec * 1000000 + of_child.ru_utime.tv_usec +
            of_child.ru_stime.tv_sec * 1000000 + of_child.ru_stime.tv_usec >=
        40000);
  CHECK(getrusage(RUSAGE_CHILDREN, &usage) == 0 && usage.ru_maxrss > 0);

  struct rlimit limit, saved;
  CHECK(getrlimit(RLIMIT_NOFILE, &saved) == 0);
  CHECK(saved.rlim_cur > 20 && saved.rlim_max >= saved.rlim_cur);
  limit = (struct rlimit){20, saved.rlim_max};
  CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
  CHECK(sysconf(_SC_OPEN_MAX) == 20);
  int last = -1, fd;
  while ((fd = open(".", O_RDONLY)) >= 0) last = fd;
  CHECK(errno == EMFILE && last == 19);
  CHECK_ERRNO(EMFILE, dup(0));
  int ends[2];
  CHECK_ERRNO(EMFILE, pipe(ends));
  CHECK(setrlimit(RLIMIT_NOFILE, &saved) == 0);
  CHECK(open(".", O_RDONLY) == 20);
  limit = (struct rlimit){10, 5};
  CHECK_ERRNO(EINVAL, setrlimit(RLIMIT_NOFILE, &limit));
  puts("resources ok");
  return 0;
}
