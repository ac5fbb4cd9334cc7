// Pipes: ends, sizes, atomic writes, flags.
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

static int ends[2];
static char block[1 << 17];

static void the_last_writer_ends_it(void) {
  CHECK(pipe(ends) == 0);
  const int other = dup(ends[1]);
  char byte;
  CHECK(write(other, "x", 1) == 1 && close(ends[1]) == 0);
  CHECK(read(ends[0], &byte, 1) == 1 && close(other) == 0);
  CHECK(read(ends[0], &byte, 1) == 0 && close(ends[0]) == 0);
}

static void without_a_reader_it_breaks(void) {
  CHECK(pipe(ends) == 0 && close(ends[0]) == 0);
  signal(SIGPIPE, SIG_IGN);
  CHECK_ERRNO(EPIPE, write(ends[1], "x", 1));
  signal(SIGPIPE, SIG_DFL);
  struct pollfd broken = {.fd = ends[1], .events = POLLOUT};
  CHECK(poll(&broken, 1, 0) == 1 && (broken.revents & POLLERR));
  close(ends[1]);
}

static void flags_are_given_at_once(void) {
  CHECK(pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
  CHECK(fcntl(ends[0], F_GETFD) == FD_CLOEXEC);
  CHECK((fcntl(ends[1], F_GETFL) & O_NONBLOCK) != 0);
  char byte;
  CHECK_ERRNO(EAGAIN, read(ends[0], &byte, 1));
  close(ends[0]), close(ends[1]);
  CHECK_ERRNO(EINVAL, pipe2(ends, O_APPEND));
}

static void small_writes_are_whole_or_not_at_all(void) {
  CHECK(pipe2(ends, O_NONBLOCK) == 0);
  while (write(ends[1], block, PIPE_BUF) == PIPE_BUF) {
  }
  CHECK(errno == EAGAIN);
  CHECK(read(ends[0], block, PIPE_BUF - 1) == PIPE_BUF - 1);
  CHECK_ERRNO(EAGAIN, write(ends[1], block, PIPE_BUF));
  CHECK(read(ends[0], block, 1) == 1);
  CHECK(write(ends[1], block, PIPE_BUF) == PIPE_BUF);
  close(ends[0]), close(ends[1]);
}

static void sizes_can_be_changed(void) {
  CHECK(pipe2(ends, O_NONBLOCK) == 0);
  CHECK(fcntl(ends[0], F_GETPIPE_SZ) == 65536);
  CHECK(fcntl(ends[0], F_SETPIPE_SZ, 4096) == 4096);
  CHECK(write(ends[1], block, sizeof(block)) == 4096);
  int waiting = 0;
  CHECK(ioctl(ends[0], FIONREAD, &waiting) == 0 && waiting == 4096);
  close(ends[0]), close(ends[1]);
}

static void big_writes_wait_for_readers(void) {
  CHECK(pipe(ends) == 0);
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    _exit(write(ends[1], block, sizeof(block)) != (ssize_t)sizeof(block));
  }
  close(ends[1]);
  size_t size = 0;
  for (ssize_t got; (got = read(ends[0], block, 5000)) > 0;)
    size += (size_t)got;
  int status;
  CHECK(size == sizeof(block) && waitpid(child, &status, 0) == child &&
        !status);
  close(ends[0]);
}

static void ends_can_be_opened_again_by_name(void) {
  CHECK(pipe(ends) == 0);
  char name[32], byte;
  snprintf(name, sizeof(name), "/proc/self/fd/%d", ends[1]);
  const int again = open(name, O_WRONLY);
  CHECK(again >= 0 && write(again, "y", 1) == 1);
  CHECK(read(ends[0], &byte, 1) == 1 && byte == 'y');
  close(again), close(ends[0]), close(ends[1]);
}

int main(void) {
  CASE(the_last_writer_ends_it);
  CASE(without_a_reader_it_breaks);
  CASE(flags_are_given_at_once);
  CASE(small_writes_are_whole_or_not_at_all);
  CASE(sizes_can_be_changed);
  CASE(big_writes_wait_for_readers);
  CASE(ends_can_be_opened_again_by_name);
  return 0;
}
