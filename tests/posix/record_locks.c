// What keeps and what drops the record locks of a process: only closing a
// descriptor of the file does, not looking at it, changing it or duplicating.
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "check.h"

static int fd;

static struct flock whole(short type) {
  const struct flock lock = {.l_type = type, .l_whence = SEEK_SET};
  return lock;
}

// Whether another process finds the file locked.
static int locked(void) {
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    struct flock lock = whole(F_WRLCK);
    CHECK(fcntl(fd, F_GETLK, &lock) == 0);
    _exit(lock.l_type == F_UNLCK ? 10 : 11);
  }
  int status;
  CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
  return WEXITSTATUS(status) == 11;
}

static void take(void) {
  struct flock lock = whole(F_WRLCK);
  CHECK(fcntl(fd, F_SETLK, &lock) == 0);
  CHECK(locked());
}

static void stat_keeps_them(void) {
  struct stat st;
  struct statfs fs;
  struct statvfs vfs;
  take();
  CHECK(fstat(fd, &st) == 0 && stat("file", &st) == 0);
  CHECK(fstatat(fd, "", &st, AT_EMPTY_PATH) == 0);
  CHECK(fstatfs(fd, &fs) == 0 && statfs("file", &fs) == 0);
  CHECK(fstatvfs(fd, &vfs) == 0);
  CHECK(access("file", R_OK | W_OK) == 0);
  CHECK(locked());
}

static void changing_the_inode_keeps_them(void) {
  take();
  CHECK(fchmod(fd, 0640) == 0 && chmod("file", 0600) == 0);
  CHECK(fchown(fd, getuid(), getgid()) == 0);
  CHECK(futimens(fd, NULL) == 0);
  CHECK(ftruncate(fd, 100) == 0 && truncate("file", 50) == 0);
  CHECK(locked());
}

static void attributes_keep_them(void) {
  char value[8];
  take();
  (void)fgetxattr(fd, "user.none", value, sizeof(value));
  (void)getxattr("file", "user.none", value, sizeof(value));
  (void)flistxattr(fd, NULL, 0);
  CHECK(locked());
}

static void names_keep_them(void) {
  take();
  CHECK(link("file", "other") == 0);
  CHECK(rename("other", "third") == 0);
  CHECK(unlink("third") == 0);
  char link[64], text[256];
  snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
  CHECK(readlink(link, text, sizeof(text)) > 0);
  CHECK(locked());
}

static void duplicating_keeps_them(void) {
  take();
  CHECK(dup(fd) >= 0);
  CHECK(fcntl(fd, F_DUPFD_CLOEXEC, 50) >= 50);
  CHECK(dup2(fd, 70) == 70);
  CHECK(dup3(fd, 71, O_CLOEXEC) == 71);
  CHECK(locked());
}

static void a_path_descriptor_keeps_them(void) {
  take();
  const int path = open("file", O_PATH);
  CHECK(path >= 0 && close(path) == 0);
  CHECK(locked());
}

static void closing_any_descriptor_drops_them(void) {
  take();
  const int other = open("file", O_RDONLY);
  CHECK(other >= 0 && locked());
  CHECK(close(other) == 0);
  CHECK(!locked());
}

static void closing_a_duplicate_drops_them(void) {
  take();
  const int copy = dup(fd);
  CHECK(close(copy) == 0);
  CHECK(!locked());
}

static void replacing_a_duplicate_drops_them(void) {
  const int pipe_end = open("/dev/null", O_RDONLY);
  const int copy = dup(fd);
  take();
  CHECK(dup2(pipe_end, copy) == copy);
  CHECK(!locked());
  CHECK(close(copy) == 0 && close(pipe_end) == 0);
}

static void a_child_does_not_inherit_them(void) {
  take();
  const pid_t child = fork();
  if (child == 0) {
    struct flock lock = whole(F_UNLCK);
    if (fcntl(fd, F_SETLK, &lock) != 0) _exit(1);
    _exit(close(fd));
  }
  int status;
  CHECK(waitpid(child, &status, 0) == child && status == 0);
  CHECK(locked());
}

static void unlocking_a_middle_splits_them(void) {
  take();
  struct flock middle = {.l_type = F_UNLCK, .l_whence = SEEK_SET};
  middle.l_start = 10;
  middle.l_len = 5;
  CHECK(fcntl(fd, F_SETLK, &middle) == 0);
  const pid_t child = fork();
  if (child == 0) {
    middle.l_type = F_WRLCK;
    if (fcntl(fd, F_SETLK, &middle) != 0) _exit(1);
    middle.l_len = 6;
    _exit(fcntl(fd, F_SETLK, &middle) == 0);
  }
  int status;
  CHECK(waitpid(child, &status, 0) == child && status == 0);
}

static void deadlock_is_found(void) {
  struct flock first = {.l_type = F_WRLCK, .l_start = 0, .l_len = 1};
  struct flock second = {.l_type = F_WRLCK, .l_start = 1, .l_len = 1};
  struct flock none = whole(F_UNLCK);
  CHECK(fcntl(fd, F_SETLK, &none) == 0);
  int ready[2];
  CHECK(pipe(ready) == 0);
  CHECK(fcntl(fd, F_SETLK, &first) == 0);
  const pid_t child = fork();
  if (child == 0) {
    if (fcntl(fd, F_SETLK, &second) != 0) _exit(2);
    if (write(ready[1], "x", 1) != 1) _exit(3);
    // One of the two is told; the other waits until then.
    _exit(fcntl(fd, F_SETLKW, &first) == 0 ? 0 : errno == EDEADLK ? 1 : 4);
  }
  char byte;
  CHECK(read(ready[0], &byte, 1) == 1);
  const int mine = fcntl(fd, F_SETLKW, &second);
  const int told = mine != 0;
  CHECK(!told || errno == EDEADLK);
  CHECK(fcntl(fd, F_SETLK, &none) == 0);
  int status;
  CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
  CHECK(told + WEXITSTATUS(status) == 1);
  close(ready[0]);
  close(ready[1]);
}

static void ofd_locks_belong_to_the_open_file(void) {
  struct flock none = whole(F_UNLCK), lock = whole(F_WRLCK);
  CHECK(fcntl(fd, F_SETLK, &none) == 0);
  const int own = open("file", O_RDWR);
  CHECK(fcntl(own, F_OFD_SETLK, &lock) == 0);
  CHECK_ERRNO(EAGAIN, fcntl(fd, F_OFD_SETLK, &lock));
  const int copy = dup(own);
  CHECK(close(copy) == 0);
  CHECK_ERRNO(EAGAIN, fcntl(fd, F_OFD_SETLK, &lock));
  CHECK(close(own) == 0);
  CHECK(fcntl(fd, F_OFD_SETLK, &lock) == 0);
  CHECK(fcntl(fd, F_OFD_SETLK, &none) == 0);
}

int main(void) {
  fd = open("file", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  CHECK(fd >= 0);
  CASE(stat_keeps_them);
  CASE(changing_the_inode_keeps_them);
  CASE(attributes_keep_them);
  CASE(names_keep_them);
  CASE(duplicating_keeps_them);
  CASE(a_path_descriptor_keeps_them);
  CASE(closing_any_descriptor_drops_them);
  CASE(closing_a_duplicate_drops_them);
  CASE(replacing_a_duplicate_drops_them);
  CASE(a_child_does_not_inherit_them);
  CASE(unlocking_a_middle_splits_them);
  CASE(deadlock_is_found);
  CASE(ofd_locks_belong_to_the_open_file);
  return 0;
}
