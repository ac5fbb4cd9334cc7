// Descriptors that stand for events: eventfd, timerfd, signalfd, and epoll in
// its modes.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static uint64_t value;

static void eventfd_counts(void) {
  const int fd = eventfd(3, EFD_NONBLOCK);
  CHECK(eventfd_write(fd, 4) == 0);
  CHECK(read(fd, &value, 8) == 8 && value == 7);
  CHECK_ERRNO(EAGAIN, read(fd, &value, 8));
  CHECK_ERRNO(EINVAL, read(fd, &value, 4));
  value = UINT64_MAX;
  CHECK_ERRNO(EINVAL, write(fd, &value, 8));
  value = UINT64_MAX - 1;
  CHECK(write(fd, &value, 8) == 8);
  CHECK_ERRNO(EAGAIN, write(fd, &value, 8));
  close(fd);
}

static void eventfd_as_a_semaphore(void) {
  const int fd = eventfd(2, EFD_SEMAPHORE | EFD_NONBLOCK | EFD_CLOEXEC);
  CHECK(fcntl(fd, F_GETFD) == FD_CLOEXEC);
  CHECK(read(fd, &value, 8) == 8 && value == 1);
  CHECK(read(fd, &value, 8) == 8 && value == 1);
  CHECK_ERRNO(EAGAIN, read(fd, &value, 8));
  close(fd);
}

static void timerfd_expires(void) {
  const int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
  struct itimerspec time = {.it_value = {0, 1000000},
                            .it_interval = {0, 1000000}};
  CHECK(timerfd_settime(fd, 0, &time, NULL) == 0);
  CHECK(read(fd, &value, 8) == 8 && value >= 1);
  usleep(20000);
  CHECK(read(fd, &value, 8) == 8 && value >= 5);
  CHECK(timerfd_gettime(fd, &time) == 0 && time.it_interval.tv_nsec == 1000000);
  const struct itimerspec off = {0};
  CHECK(timerfd_settime(fd, 0, &off, &time) == 0 &&
        time.it_interval.tv_nsec > 0);
  CHECK(timerfd_gettime(fd, &time) == 0 && time.it_value.tv_nsec == 0);
  close(fd);
}

static void timerfd_takes_absolute_times(void) {
  const int fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK);
  struct itimerspec past = {.it_value = {1, 0}};
  CHECK(timerfd_settime(fd, TFD_TIMER_ABSTIME, &past, NULL) == 0);
  struct pollfd readable = {.fd = fd, .events = POLLIN};
  CHECK(poll(&readable, 1, 5000) == 1 && read(fd, &value, 8) == 8);
  CHECK_ERRNO(EAGAIN, read(fd, &value, 8));
  CHECK_ERRNO(EINVAL, timerfd_create(999, 0));
  past.it_value.tv_nsec = 1000000000;
  CHECK_ERRNO(EINVAL, timerfd_settime(fd, 0, &past, NULL));
  close(fd);
}

static void signalfd_reads_signals(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigaddset(&set, SIGRTMIN);
  CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
  const int fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
  struct signalfd_siginfo info;
  CHECK_ERRNO(EAGAIN, read(fd, &info, sizeof(info)));
  const union sigval sent = {.sival_int = 42};
  CHECK(sigqueue(getpid(), SIGRTMIN, sent) == 0 &&
        kill(getpid(), SIGUSR1) == 0);
  CHECK(read(fd, &info, sizeof(info)) == sizeof(info));
  CHECK(info.ssi_signo == SIGUSR1 && info.ssi_pid == (uint32_t)getpid());
  CHECK(read(fd, &info, sizeof(info)) == sizeof(info));
  CHECK((int)info.ssi_signo == SIGRTMIN && info.ssi_int == 42);
  CHECK(info.ssi_code == SI_QUEUE);
  sigdelset(&set, SIGUSR1);
  CHECK(signalfd(fd, &set, 0) == fd && raise(SIGUSR1) == 0);
  CHECK_ERRNO(EAGAIN, read(fd, &info, sizeof(info)));
  signal(SIGUSR1, SIG_IGN);
  sigemptyset(&set);
  sigprocmask(SIG_SETMASK, &set, NULL);
  close(fd);
}

static int pair[2], epoll;

static void prepare(uint32_t events) {
  CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) == 0);
  epoll = epoll_create1(0);
  struct epoll_event event = {.events = events, .data.u64 = 0x123456789abcdef0};
  CHECK(epoll_ctl(epoll, EPOLL_CTL_ADD, pair[0], &event) == 0);
}
static void finish(void) { close(pair[0]), close(pair[1]), close(epoll); }
static uint32_t ready(void) {
  struct epoll_event event;
  if (epoll_wait(epoll, &event, 1, 0) == 0) return 0;
  CHECK(event.data.u64 == 0x123456789abcdef0);
  return event.events;
}

static void epoll_is_level_triggered(void) {
  prepare(EPOLLIN);
  CHECK(ready() == 0 && write(pair[1], "x", 1) == 1);
  CHECK(ready() == EPOLLIN && ready() == EPOLLIN);
  char byte;
  CHECK(read(pair[0], &byte, 1) == 1 && ready() == 0);
  finish();
}

static void epoll_can_be_edge_triggered(void) {
  prepare(EPOLLIN | EPOLLET);
  CHECK(write(pair[1], "x", 1) == 1 && ready() == EPOLLIN && ready() == 0);
  CHECK(write(pair[1], "x", 1) == 1 && ready() == EPOLLIN && ready() == 0);
  finish();
}

static void epoll_can_be_one_shot(void) {
  prepare(EPOLLIN | EPOLLONESHOT);
  CHECK(write(pair[1], "x", 1) == 1 && ready() == EPOLLIN && ready() == 0);
  struct epoll_event event = {.events = EPOLLIN | EPOLLONESHOT,
                              .data.u64 = 0x123456789abcdef0};
  CHECK(epoll_ctl(epoll, EPOLL_CTL_MOD, pair[0], &event) == 0);
  CHECK(ready() == EPOLLIN && ready() == 0);
  finish();
}

static void epoll_tells_of_hangups(void) {
  prepare(EPOLLIN | EPOLLRDHUP);
  CHECK(shutdown(pair[1], SHUT_WR) == 0);
  CHECK(ready() == (EPOLLIN | EPOLLRDHUP));
  CHECK(close(pair[1]) == 0 && (ready() & EPOLLHUP));
  close(pair[0]), close(epoll);
}

static void closing_leaves_the_set(void) {
  prepare(EPOLLIN);
  CHECK(write(pair[1], "x", 1) == 1 && close(pair[0]) == 0 && ready() == 0);
  struct epoll_event event = {0};
  CHECK_ERRNO(EBADF, epoll_ctl(epoll, EPOLL_CTL_DEL, pair[0], &event));
  close(pair[1]), close(epoll);
}

static void epoll_can_be_watched(void) {
  prepare(EPOLLIN);
  const int outer = epoll_create(5);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = 9};
  CHECK(epoll_ctl(outer, EPOLL_CTL_ADD, epoll, &event) == 0);
  CHECK(epoll_wait(outer, &event, 1, 0) == 0 && write(pair[1], "x", 1) == 1);
  CHECK(epoll_wait(outer, &event, 1, 5000) == 1 && event.data.fd == 9);
  CHECK_ERRNO(ELOOP, epoll_ctl(epoll, EPOLL_CTL_ADD, outer, &event));
  close(outer);
  finish();
}

static void mistakes_are_told(void) {
  prepare(EPOLLIN);
  struct epoll_event event = {.events = EPOLLIN};
  CHECK_ERRNO(EEXIST, epoll_ctl(epoll, EPOLL_CTL_ADD, pair[0], &event));
  CHECK_ERRNO(ENOENT, epoll_ctl(epoll, EPOLL_CTL_MOD, pair[1], &event));
  CHECK_ERRNO(ENOENT, epoll_ctl(epoll, EPOLL_CTL_DEL, pair[1], &event));
  CHECK_ERRNO(EINVAL, epoll_ctl(epoll, EPOLL_CTL_ADD, epoll, &event));
  CHECK_ERRNO(EINVAL, epoll_ctl(pair[0], EPOLL_CTL_ADD, pair[1], &event));
  CHECK_ERRNO(EBADF, epoll_ctl(epoll, EPOLL_CTL_ADD, 999, &event));
  const int file = open(".", O_RDONLY);
  CHECK_ERRNO(EPERM, epoll_ctl(epoll, EPOLL_CTL_ADD, file, &event));
  CHECK_ERRNO(EINVAL, epoll_wait(epoll, &event, 0, 0));
  CHECK_ERRNO(EINVAL, epoll_create1(1 << 20));
  CHECK_ERRNO(EINVAL, epoll_create(0));
  close(file);
  finish();
}

static void exclusive_waiters_are_allowed(void) {
  prepare(EPOLLIN | EPOLLEXCLUSIVE);
  CHECK(write(pair[1], "x", 1) == 1 && ready() == EPOLLIN);
  struct epoll_event event = {.events = EPOLLIN};
  CHECK_ERRNO(EINVAL, epoll_ctl(epoll, EPOLL_CTL_MOD, pair[0], &event));
  finish();
}

int main(void) {
  CASE(eventfd_counts);
  CASE(eventfd_as_a_semaphore);
  CASE(timerfd_expires);
  CASE(timerfd_takes_absolute_times);
  CASE(signalfd_reads_signals);
  CASE(epoll_is_level_triggered);
  CASE(epoll_can_be_edge_triggered);
  CASE(epoll_can_be_one_shot);
  CASE(epoll_tells_of_hangups);
  CASE(closing_leaves_the_set);
  CASE(epoll_can_be_watched);
  CASE(mistakes_are_told);
  CASE(exclusive_waiters_are_allowed);
  return 0;
}
