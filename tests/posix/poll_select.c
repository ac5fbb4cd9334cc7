// poll, ppoll, select and pselect: readiness, errors, timeouts.
#include <poll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void polls(void) {
  int ends[2];
  CHECK(pipe(ends) == 0);
  struct pollfd fds[4] = {{ends[0], POLLIN, 0},
                          {ends[1], POLLOUT, 0},
                          {-1, POLLIN, 77},
                          {999, POLLIN, 0}};
  CHECK(poll(fds, 3, 0) == 1);
  CHECK(fds[0].revents == 0 && fds[1].revents == POLLOUT &&
        fds[2].revents == 0);
  CHECK(write(ends[1], "x", 1) == 1);
  CHECK(poll(fds, 4, 1000) == 3);
  CHECK(fds[0].revents == POLLIN && fds[3].revents == POLLNVAL);
  char byte;
  CHECK(read(ends[0], &byte, 1) == 1);
  const double start = now();
  CHECK(poll(fds, 1, 60) == 0);
  CHECK(now() - start > 0.055 && now() - start < 5);
  const struct timespec limit = {0, 20000000};
  CHECK(ppoll(fds, 1, &limit, NULL) == 0 && limit.tv_nsec == 20000000);
  CHECK(close(ends[1]) == 0);
  CHECK(poll(fds, 1, -1) == 1 && fds[0].revents == POLLHUP);
  CHECK(close(ends[0]) == 0);

  int pair[2];
  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
  CHECK(shutdown(pair[1], SHUT_WR) == 0);
  struct pollfd half = {pair[0], POLLIN | POLLRDHUP | POLLOUT, 0};
  CHECK(poll(&half, 1, 1000) == 1);
  CHECK(half.revents == (POLLIN | POLLRDHUP | POLLOUT));
  CHECK_ERRNO(EFAULT, poll((struct pollfd*)8, 1, 0));
}

static void selects(void) {
  int ends[2];
  CHECK(pipe(ends) == 0);
  fd_set reading, writing;
  FD_ZERO(&reading);
  FD_ZERO(&writing);
  FD_SET(ends[0], &reading);
  FD_SET(ends[1], &writing);
  struct timeval limit = {1, 0};
  CHECK(select(ends[1] + 1, &reading, &writing, NULL, &limit) == 1);
  CHECK(!FD_ISSET(ends[0], &reading) && FD_ISSET(ends[1], &writing));
  CHECK(write(ends[1], "x", 1) == 1);
  FD_SET(ends[0], &reading);
  CHECK(select(ends[0] + 1, &reading, NULL, NULL, NULL) == 1);
  char byte;
  CHECK(read(ends[0], &byte, 1) == 1);
  limit = (struct timeval){0, 30000};
  CHECK(select(ends[0] + 1, &reading, NULL, NULL, &limit) == 0);
  CHECK(!FD_ISSET(ends[0], &reading));
  const struct timespec brief = {0, 1000000};
  FD_SET(ends[0], &reading);
  CHECK(pselect(ends[0] + 1, &reading, NULL, NULL, &brief, NULL) == 0);
  CHECK(close(ends[1]) == 0);
  FD_ZERO(&reading);
  FD_SET(ends[1], &reading);
  CHECK_ERRNO(EBADF, select(ends[1] + 1, &reading, NULL, NULL, NULL));
  CHECK_ERRNO(EINVAL, select(-1, NULL, NULL, NULL, NULL));
}

int main(void) {
  CASE(polls);
  CASE(selects);
  puts("poll and select ok");
  return 0;
}
