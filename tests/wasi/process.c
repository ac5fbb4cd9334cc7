// Arguments, environment, clocks, random bytes, standard streams.

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include "tests/posix/check.h"

extern char** environ;

static int64_t now(clockid_t clock) {
  struct timespec time;
  CHECK(clock_gettime(clock, &time) == 0);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void arguments_arrive(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) printf("argument %d: <%s>\n", i, argv[i]);
  CHECK(argv[argc] == NULL);
}

static void environment_arrives(void) {
  printf("SLIPWAY_TEST=%s\n", getenv("SLIPWAY_TEST"));
  CHECK(getenv("SLIPWAY_NOT_SET") == NULL);
  CHECK(setenv("SLIPWAY_NOT_SET", "now", 1) == 0);
  CHECK(strcmp(getenv("SLIPWAY_NOT_SET"), "now") == 0);
}

static void clocks_go_on(void) {
  struct timespec resolution;
  const int64_t start = now(CLOCK_MONOTONIC);
  CHECK(now(CLOCK_REALTIME) > 1600000000LL * 1000000000);
  CHECK(now(CLOCK_MONOTONIC) >= start);
  CHECK(clock_getres(CLOCK_MONOTONIC, &resolution) == 0);
  CHECK(resolution.tv_sec == 0 && resolution.tv_nsec > 0);
}

static void sleeping_takes_its_time(void) {
  const int64_t start = now(CLOCK_MONOTONIC);
  const struct timespec time = {0, 20000000};
  CHECK(nanosleep(&time, NULL) == 0);
  CHECK(now(CLOCK_MONOTONIC) - start >= 20000000);
  CHECK(sched_yield() == 0);
}

static void random_bytes_differ(void) {
  char a[256], b[256];
  CHECK(getentropy(a, 256) == 0 && getentropy(b, 256) == 0);
  CHECK(memcmp(a, b, 256) != 0);
}

static void standard_input_is_read(void) {
  char line[100];
  CHECK(fgets(line, sizeof(line), stdin) != NULL);
  printf("line: %s", line);
  CHECK(!isatty(0) && !isatty(1));
}

static void polling_sees_input_and_its_end(void) {
  struct pollfd fds[2] = {{0, POLLIN, 0}, {1, POLLOUT, 0}};
  CHECK(poll(fds, 2, 1000) >= 1);
  CHECK((fds[1].revents & POLLOUT) != 0);
  fds[1].fd = 1000;
  CHECK(poll(fds, 2, 0) >= 1);
  CHECK(fds[1].revents == POLLNVAL);
}

static void a_file_is_always_ready(void) {
  const int64_t start = now(CLOCK_MONOTONIC);
  const int fd = open("file", O_CREAT | O_RDWR, 0666);
  struct pollfd file = {fd, POLLIN, 0};
  CHECK(fd >= 0 && poll(&file, 1, 10000) == 1);
  CHECK(now(CLOCK_MONOTONIC) - start < 5000000000);
  close(fd);
}

static void a_pipe_has_no_position(void) {
  CHECK_ERRNO(ESPIPE, lseek(0, 0, SEEK_CUR));
}

int main(int argc, char** argv) {
  arguments_arrive(argc, argv);
  CASE(environment_arrives);
  CASE(clocks_go_on);
  CASE(sleeping_takes_its_time);
  CASE(random_bytes_differ);
  CASE(standard_input_is_read);
  CASE(polling_sees_input_and_its_end);
  CASE(a_file_is_always_ready);
  CASE(a_pipe_has_no_position);
  return 0;
}
