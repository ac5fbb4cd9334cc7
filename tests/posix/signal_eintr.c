// Blocking calls and handlers: EINTR without SA_RESTART, going on with it.
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static volatile sig_atomic_t handled;
static int ends[2];

static void on_signal(int signal) { handled += signal == SIGUSR1; }

static void install(int flags) {
  struct sigaction action = {.sa_handler = on_signal, .sa_flags = flags};
  CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
  handled = 0;
}

// A child that sends a signal after a while, then a byte after another while.
static pid_t disturb(void) {
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child != 0) return child;
  usleep(50000);
  kill(parent, SIGUSR1);
  usleep(50000);
  if (write(ends[1], "x", 1) != 1) _exit(1);
  _exit(0);
}

static void finish(pid_t child) {
  char byte;
  while (waitpid(child, NULL, 0) != child) {
  }
  while (read(ends[0], &byte, 1) != 1) {
  }
}

// Whether `call` ends with EINTR, with a handler installed with `flags`.
static void expect(int interrupted, int flags, int (*call)(void)) {
  install(flags);
  const pid_t child = disturb();
  errno = 0;
  const int result = call();
  CHECK(handled == 1);
  if (interrupted) {
    CHECK(result == -1 && errno == EINTR);
    finish(child);
  } else {
    CHECK(result == 1);
    CHECK(waitpid(child, NULL, 0) == child);
  }
}

static int reads(void) {
  char byte;
  return (int)read(ends[0], &byte, 1);
}
static int polls(void) {
  return poll(&(struct pollfd){ends[0], POLLIN, 0}, 1, -1);
}
static int selects(void) {
  fd_set set;
  FD_ZERO(&set);
  FD_SET(ends[0], &set);
  return select(ends[0] + 1, &set, NULL, NULL, NULL);
}
static int epolls(void) {
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event event = {.events = EPOLLIN};
  CHECK(epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], &event) == 0);
  const int result = epoll_wait(epoll, &event, 1, -1);
  const int error = errno;
  close(epoll);
  errno = error;
  return result;
}
static int sleeps(void) {
  const struct timespec wanted = {5, 0};
  struct timespec left = {0, 0};
  const int result = nanosleep(&wanted, &left);
  CHECK(left.tv_sec == 4 && left.tv_nsec > 0);
  return result;
}
static int pauses(void) { return pause(); }
static int waits_for_semaphore(void) {
  sem_t semaphore;
  sem_init(&semaphore, 0, 0);
  return sem_wait(&semaphore);
}

int main(void) {
  CHECK(pipe(ends) == 0);
  expect(1, 0, reads);
  expect(0, SA_RESTART, reads);
  expect(1, 0, polls);
  expect(1, SA_RESTART, polls);  // never restarted
  expect(1, 0, selects);
  expect(1, 0, epolls);
  expect(1, SA_RESTART, epolls);
  expect(1, 0, sleeps);
  expect(1, SA_RESTART, sleeps);
  expect(1, 0, pauses);
  expect(1, 0, waits_for_semaphore);
  puts("EINTR ok");
  return 0;
}
