// epoll with level, edge and one-shot triggers; eventfd and timerfd in it.
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static int epoll;

static void control(int operation, int fd, uint32_t events, uint64_t data) {
  struct epoll_event event = {.events = events, .data.u64 = data};
  CHECK(epoll_ctl(epoll, operation, fd, &event) == 0);
}

// The data of the one ready entry, 0 when nothing is ready.
static uint64_t ready(int timeout) {
  struct epoll_event events[4];
  const int count = epoll_wait(epoll, events, 4, timeout);
  CHECK(count == 0 || count == 1);
  return count == 0 ? 0 : events[0].data.u64;
}

static void triggers(void) {
  int ends[2];
  CHECK(pipe(ends) == 0);
  const uint64_t tag = 0x1234567890abcdef;
  control(EPOLL_CTL_ADD, ends[0], EPOLLIN, tag);
  CHECK_ERRNO(EEXIST, epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0],
                                &(struct epoll_event){0}));
  CHECK(ready(0) == 0);
  CHECK(write(ends[1], "ab", 2) == 2);
  CHECK(ready(0) == tag && ready(0) == tag);  // level
  control(EPOLL_CTL_MOD, ends[0], EPOLLIN | EPOLLET, 2);
  CHECK(ready(0) == 2 && ready(0) == 0);  // edge
  CHECK(write(ends[1], "c", 1) == 1);
  CHECK(ready(0) == 2);
  control(EPOLL_CTL_MOD, ends[0], EPOLLIN | EPOLLONESHOT, 3);
  CHECK(ready(0) == 3 && ready(0) == 0);
  CHECK(epoll_ctl(epoll, EPOLL_CTL_DEL, ends[0], NULL) == 0);
  CHECK_ERRNO(ENOENT, epoll_ctl(epoll, EPOLL_CTL_DEL, ends[0], NULL));
  CHECK_ERRNO(EINVAL, epoll_wait(epoll, &(struct epoll_event){0}, 0, 0));
  CHECK_ERRNO(EINVAL, epoll_wait(ends[0], &(struct epoll_event){0}, 1, 0));
  CHECK_ERRNO(EBADF,
              epoll_ctl(epoll, EPOLL_CTL_ADD, 999, &(struct epoll_event){0}));
  close(ends[0]), close(ends[1]);
}

static void events(void) {
  const int event = eventfd(1, EFD_NONBLOCK | EFD_CLOEXEC);
  control(EPOLL_CTL_ADD, event, EPOLLIN, 5);
  CHECK(ready(0) == 5);
  uint64_t value = 41;
  CHECK(write(event, &value, 8) == 8);
  CHECK(read(event, &value, 8) == 8 && value == 42);
  CHECK(ready(0) == 0);
  CHECK_ERRNO(EAGAIN, read(event, &value, 8));
  close(event);
  CHECK(ready(0) == 0);
}

static void timers(void) {
  const int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
  CHECK(timer >= 0);
  const struct itimerspec setting = {{0, 5000000}, {0, 5000000}};
  struct itimerspec left;
  CHECK(timerfd_settime(timer, 0, &setting, NULL) == 0);
  control(EPOLL_CTL_ADD, timer, EPOLLIN, 6);
  CHECK(ready(5000) == 6);
  uint64_t count = 0;
  CHECK(read(timer, &count, 8) == 8 && count >= 1);
  CHECK(timerfd_gettime(timer, &left) == 0);
  CHECK(left.it_interval.tv_nsec == 5000000);
  close(timer);
}

int main(void) {
  epoll = epoll_create1(EPOLL_CLOEXEC);
  CHECK(epoll >= 0);
  CASE(triggers);
  CASE(events);
  CASE(timers);
  puts("epoll ok");
  return 0;
}
