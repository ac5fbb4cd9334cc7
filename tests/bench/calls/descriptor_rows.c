// Reading, writing and waiting for descriptors; paths.

#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "tests/bench/calls/calls.h"

// So many bytes fit into a pipe, and are put in or taken out with one call
// where the other direction is timed.
enum { BATCH = 4096 };

static const char file_name[] = "calls_file";
static const char* const deep[] = {"calls_one", "calls_one/two",
                                   "calls_one/two/calls_file"};
static char bytes[BATCH];
static int ends[2], epoll = -1;

static void open_pipe(void) { MUST(pipe(ends) == 0); }

static void close_pipe(void) {
  close(ends[0]);
  close(ends[1]);
}

static void run_write(long n) {
  for (long i = 1; i <= n; ++i) {
    MUST(write(ends[1], bytes, 1) == 1);
    if (i % BATCH == 0) MUST(read(ends[0], bytes, BATCH) == BATCH);
  }
}

static void run_read(long n) {
  for (long i = 0; i < n; ++i) {
    if (i % BATCH == 0) MUST(write(ends[1], bytes, BATCH) == BATCH);
    MUST(read(ends[0], bytes, 1) == 1);
  }
}

static void run_writev(long n) {
  const struct iovec parts[2] = {{bytes, 1}, {bytes + 8, 1}};
  for (long i = 1; i <= n; ++i) {
    MUST(writev(ends[1], parts, 2) == 2);
    if (i % (BATCH / 2) == 0) MUST(read(ends[0], bytes, BATCH) == BATCH);
  }
}

static void open_ready_event(void) {
  MUST((ends[0] = eventfd(1, 0)) >= 0);
  MUST((ends[1] = dup(ends[0])) >= 0);
  MUST((epoll = epoll_create1(0)) >= 0);
  struct epoll_event event = {.events = EPOLLIN};
  MUST(epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], &event) == 0);
}

static void close_event(void) {
  close_pipe();
  close(epoll);
}

static void run_epoll_wait(long n) {
  struct epoll_event events[8];
  while (n-- > 0) MUST(epoll_wait(epoll, events, 8, -1) == 1);
}

static void run_poll(long n) {
  struct pollfd polled = {.fd = ends[0], .events = POLLIN};
  while (n-- > 0) MUST(poll(&polled, 1, -1) == 1);
}

static void run_fstat(long n) {
  struct stat status;
  while (n-- > 0) MUST(fstat(ends[0], &status) == 0);
}

static void run_dup_close(long n) {
  while (n-- > 0) MUST(close(dup(ends[0])) == 0);
}

static void make_file(void) {
  const int fd = open(file_name, O_CREAT | O_RDWR, 0600);
  MUST(fd >= 0);
  close(fd);
}

static void remove_file(void) { unlink(file_name); }

static void make_deep_file(void) {
  MUST(mkdir(deep[0], 0700) == 0 && mkdir(deep[1], 0700) == 0);
  MUST(close(open(deep[2], O_CREAT | O_RDWR, 0600)) == 0);
}

static void remove_deep_file(void) {
  unlink(deep[2]);
  rmdir(deep[1]);
  rmdir(deep[0]);
}

static void open_and_close(const char* name, long n) {
  while (n-- > 0) MUST(close(open(name, O_RDONLY)) == 0);
}
static void run_open_close(long n) { open_and_close(file_name, n); }
static void run_open_close_deep(long n) { open_and_close(deep[2], n); }

static void stat_again(const char* name, long n) {
  struct stat status;
  while (n-- > 0) MUST(stat(name, &status) == 0);
}
static void run_stat(long n) { stat_again(file_name, n); }
static void run_stat_deep(long n) { stat_again(deep[2], n); }

const struct row descriptor_rows[] = {
    {"write-pipe-1B", open_pipe, run_write, close_pipe},
    {"read-pipe-1B", open_pipe, run_read, close_pipe},
    {"writev-pipe-2x1B", open_pipe, run_writev, close_pipe},
    {"epoll_wait-ready", open_ready_event, run_epoll_wait, close_event},
    {"poll-ready", open_ready_event, run_poll, close_event},
    {"fstat", open_pipe, run_fstat, close_pipe},
    {"dup+close", open_pipe, run_dup_close, close_pipe},
    {"open+close", make_file, run_open_close, remove_file},
    {"open+close-deep", make_deep_file, run_open_close_deep, remove_deep_file},
    {"stat", make_file, run_stat, remove_file},
    {"stat-deep", make_deep_file, run_stat_deep, remove_deep_file},
    {NULL, NULL, NULL, NULL},
};
