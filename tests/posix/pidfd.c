// Descriptors of processes: waiting for them, signalling through them.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "children.h"

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

static int open_pid(pid_t pid, unsigned flags) {
  return (int)syscall(SYS_pidfd_open, pid, flags);
}

static int send(int fd, int signal) {
  return (int)syscall(SYS_pidfd_send_signal, fd, signal, NULL, 0u);
}

static int is_readable(int fd, int milliseconds) {
  struct pollfd polled = {.fd = fd, .events = POLLIN};
  return poll(&polled, 1, milliseconds);
}

static void readable_when_it_ends(void) {
  const pid_t child = waiting_child();
  const int fd = open_pid(child, 0);
  CHECK(fd >= 0 && fcntl(fd, F_GETFD) == FD_CLOEXEC);
  CHECK(is_readable(fd, 0) == 0);
  CHECK(send(fd, SIGTERM) == 0);
  CHECK(is_readable(fd, 10000) == 1);
  siginfo_t info = {0};
  CHECK(waitid(P_PIDFD, (id_t)fd, &info, WEXITED) == 0);
  CHECK(info.si_pid == child && info.si_code == CLD_KILLED &&
        info.si_status == SIGTERM);
  CHECK_ERRNO(ECHILD, waitid(P_PIDFD, (id_t)fd, &info, WEXITED));
  CHECK_ERRNO(ESRCH, send(fd, 0));
  CHECK(close(fd) == 0);
}

static void waiting_may_leave_it(void) {
  const pid_t child = fork();
  if (child == 0) _exit(7);
  const int fd = open_pid(child, 0);
  siginfo_t info = {0};
  CHECK(waitid(P_PIDFD, (id_t)fd, &info, WEXITED | WNOWAIT) == 0);
  CHECK(info.si_status == 7 && send(fd, 0) == 0);
  int status;
  CHECK(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 7);
  CHECK(close(fd) == 0);
}

static void not_waiting_when_told_so(void) {
  const pid_t child = waiting_child();
  const int fd = open_pid(child, O_NONBLOCK);
  siginfo_t info = {0};
  CHECK_ERRNO(EAGAIN, waitid(P_PIDFD, (id_t)fd, &info, WEXITED));
  CHECK(waitid(P_PIDFD, (id_t)fd, &info, WEXITED | WNOHANG) == 0 ||
        errno == EAGAIN);
  CHECK(send(fd, SIGKILL) == 0 && is_readable(fd, 10000) == 1);
  CHECK(waitid(P_PIDFD, (id_t)fd, &info, WEXITED) == 0 && info.si_pid == child);
  CHECK(close(fd) == 0);
}

static volatile sig_atomic_t handled;
static void on_signal(int signal) { handled = signal; }

static void ones_own_process(void) {
  const int fd = open_pid(getpid(), 0);
  CHECK(fd >= 0 && is_readable(fd, 0) == 0);
  signal(SIGUSR1, on_signal);
  CHECK(send(fd, SIGUSR1) == 0 && handled == SIGUSR1);
  CHECK(close(fd) == 0);
}

static void another_process_of_the_family(void) {
  const pid_t first = waiting_child();
  const pid_t second = fork();
  if (second == 0) {
    const int fd = open_pid(first, 0);
    CHECK(fd >= 0 && send(fd, SIGKILL) == 0);
    siginfo_t info;
    CHECK_ERRNO(ECHILD, waitid(P_PIDFD, (id_t)fd, &info, WEXITED));
    _exit(0);
  }
  int status;
  CHECK(waitpid(second, &status, 0) == second && status == 0);
  CHECK(waitpid(first, &status, 0) == first && WTERMSIG(status) == SIGKILL);
}

static void bad_arguments_are_refused(void) {
  CHECK_ERRNO(EINVAL, open_pid(0, 0));
  CHECK_ERRNO(EINVAL, open_pid(-1, 0));
  CHECK_ERRNO(EINVAL, open_pid(getpid(), 1));
  CHECK_ERRNO(ESRCH, open_pid(0x3fffff, 0));
  CHECK_ERRNO(EBADF, send(0, 0));
  CHECK_ERRNO(EBADF, send(999, 0));
  siginfo_t info;
  CHECK_ERRNO(EBADF, waitid(P_PIDFD, 0, &info, WEXITED));
  CHECK_ERRNO(EBADF, waitid(P_PIDFD, 999, &info, WEXITED));
}

int main(void) {
  CASE(readable_when_it_ends);
  CASE(waiting_may_leave_it);
  CASE(not_waiting_when_told_so);
  CASE(ones_own_process);
  CASE(another_process_of_the_family);
  CASE(bad_arguments_are_refused);
  return 0;
}
