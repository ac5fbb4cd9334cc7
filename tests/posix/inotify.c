// inotify: watches on files and directories, and the events they give.
#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

static int watcher;
static char events[4096] __attribute__((aligned(8)));
static size_t size, next;

// The next event; the queue must hold one.
static const struct inotify_event* event(void) {
  if (next == size) {
    const ssize_t got = read(watcher, events, sizeof(events));
    CHECK(got > 0);
    size = (size_t)got;
    next = 0;
  }
  const struct inotify_event* result = (const void*)(events + next);
  next += sizeof(*result) + result->len;
  return result;
}

static void expect(int watch, uint32_t mask, const char* name) {
  const struct inotify_event* got = event();
  CHECK(got->wd == watch && got->mask == mask);
  CHECK(name ? got->len > 0 && !strcmp(got->name, name) : got->len == 0);
}

static void nothing(void) {
  struct pollfd readable = {.fd = watcher, .events = POLLIN};
  CHECK(next == size && poll(&readable, 1, 0) == 0);
  char byte;
  CHECK_ERRNO(EAGAIN, read(watcher, &byte, 1));
}

static void make(const char* name) {
  const int fd = open(name, O_WRONLY | O_CREAT, 0600);
  CHECK(fd >= 0 && write(fd, "x", 1) == 1 && close(fd) == 0);
}

static void directories_tell_of_their_entries(void) {
  CHECK(mkdir("watched", 0700) == 0);
  const int watch = inotify_add_watch(watcher, "watched",
                                      IN_CREATE | IN_DELETE | IN_CLOSE_WRITE);
  CHECK(watch > 0);
  nothing();
  make("watched/file");
  expect(watch, IN_CREATE, "file");
  expect(watch, IN_CLOSE_WRITE, "file");
  CHECK(mkdir("watched/inner", 0700) == 0 && unlink("watched/file") == 0);
  expect(watch, IN_CREATE | IN_ISDIR, "inner");
  expect(watch, IN_DELETE, "file");
  CHECK(inotify_rm_watch(watcher, watch) == 0);
  expect(watch, IN_IGNORED, NULL);
  make("watched/unseen");
  nothing();
}

static void moves_come_in_pairs(void) {
  const int watch = inotify_add_watch(watcher, "watched", IN_MOVE);
  CHECK(rename("watched/unseen", "watched/seen") == 0);
  const struct inotify_event* from = event();
  const uint32_t cookie = from->cookie;
  CHECK(from->mask == IN_MOVED_FROM && cookie != 0);
  const struct inotify_event* to = event();
  CHECK(to->mask == IN_MOVED_TO && to->cookie == cookie);
  CHECK(inotify_rm_watch(watcher, watch) == 0);
  expect(watch, IN_IGNORED, NULL);
}

static void files_tell_of_themselves(void) {
  make("single");
  const int watch = inotify_add_watch(watcher, "single",
                                      IN_MODIFY | IN_ATTRIB | IN_DELETE_SELF);
  make("single");
  expect(watch, IN_MODIFY, NULL);
  CHECK(chmod("single", 0640) == 0);
  expect(watch, IN_ATTRIB, NULL);
  CHECK(unlink("single") == 0);
  expect(watch, IN_ATTRIB, NULL);  // the link count
  expect(watch, IN_DELETE_SELF, NULL);
  expect(watch, IN_IGNORED, NULL);
}

static void a_watch_can_be_for_one_event(void) {
  const int watch =
      inotify_add_watch(watcher, "watched", IN_CREATE | IN_ONESHOT);
  make("watched/a");
  make("watched/b");
  expect(watch, IN_CREATE, "a");
  expect(watch, IN_IGNORED, NULL);
  nothing();
}

static void one_object_has_one_watch(void) {
  const int watch = inotify_add_watch(watcher, "watched", IN_CREATE);
  CHECK(inotify_add_watch(watcher, "./watched/.", IN_DELETE) == watch);
  make("watched/c");  // IN_CREATE was replaced
  CHECK(unlink("watched/c") == 0);
  expect(watch, IN_DELETE, "c");
  CHECK(inotify_add_watch(watcher, "watched", IN_CREATE | IN_MASK_ADD) ==
        watch);
  make("watched/c");
  expect(watch, IN_CREATE, "c");
  CHECK(inotify_rm_watch(watcher, watch) == 0);
  expect(watch, IN_IGNORED, NULL);
}

static void the_queue_has_a_size(void) {
  const int watch = inotify_add_watch(watcher, "watched", IN_DELETE);
  CHECK(unlink("watched/c") == 0);
  int waiting = 0;
  CHECK(ioctl(watcher, FIONREAD, &waiting) == 0);
  CHECK(waiting == sizeof(struct inotify_event) + 16);
  char small[4];
  CHECK_ERRNO(EINVAL, read(watcher, small, sizeof(small)));
  expect(watch, IN_DELETE, "c");
  CHECK(inotify_rm_watch(watcher, watch) == 0);
  expect(watch, IN_IGNORED, NULL);
}

static void mistakes_are_told(void) {
  CHECK_ERRNO(ENOENT, inotify_add_watch(watcher, "missing", IN_CREATE));
  CHECK_ERRNO(EINVAL, inotify_add_watch(watcher, "watched", 0));
  CHECK_ERRNO(EINVAL, inotify_add_watch(0, "watched", IN_CREATE));
  CHECK_ERRNO(EBADF, inotify_add_watch(999, "watched", IN_CREATE));
  CHECK_ERRNO(EINVAL, inotify_rm_watch(watcher, 999));
  make("file");
  CHECK_ERRNO(ENOTDIR,
              inotify_add_watch(watcher, "file", IN_CREATE | IN_ONLYDIR));
  CHECK_ERRNO(EINVAL, inotify_init1(1 << 20));
  const int other = inotify_init();
  CHECK(other >= 0 && close(other) == 0);
}

int main(void) {
  watcher = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  CHECK(watcher >= 0);
  CASE(directories_tell_of_their_entries);
  CASE(moves_come_in_pairs);
  CASE(files_tell_of_themselves);
  CASE(a_watch_can_be_for_one_event);
  CASE(one_object_has_one_watch);
  CASE(the_queue_has_a_size);
  CASE(mistakes_are_told);
  return 0;
}
