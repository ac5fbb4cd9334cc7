// Record locks between processes, and flock.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

static struct flock lock_of(short type, off_t start, off_t length) {
  struct flock lock = {.l_type = type, .l_whence = SEEK_SET};
  lock.l_start = start;
  lock.l_len = length;
  return lock;
}

static void in_child(void (*body)(int), int fd) {
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    body(fd);
    _exit(0);
  }
  int status;
  CHECK(waitpid(child, &status, 0) == child && status == 0);
}

static pid_t parent;

static void sees_the_lock(int fd) {
  struct flock lock = lock_of(F_WRLCK, 0, 10);
  CHECK(fcntl(fd, F_SETLK, &lock) == -1 &&
        (errno == EAGAIN || errno == EACCES));
  CHECK(fcntl(fd, F_GETLK, &lock) == 0);
  CHECK(lock.l_type == F_WRLCK && lock.l_pid == parent && lock.l_start == 5);
  lock = lock_of(F_WRLCK, 100, 10);
  CHECK(fcntl(fd, F_SETLK, &lock) == 0);  // another range is free
}

static void finds_it_free(int fd) {
  struct flock lock = lock_of(F_WRLCK, 0, 0);
  CHECK(fcntl(fd, F_SETLKW, &lock) == 0);
}

static void flock_is_taken(int fd) {
  (void)fd;
  const int own = open("file", O_RDWR);
  CHECK_ERRNO(EWOULDBLOCK, flock(own, LOCK_EX | LOCK_NB));
  CHECK(flock(own, LOCK_SH | LOCK_NB) == -1);
}

int main(void) {
  parent = getpid();
  const int fd = open("file", O_RDWR | O_CREAT, 0600);
  struct flock lock = lock_of(F_WRLCK, 5, 5);
  CHECK(fcntl(fd, F_SETLK, &lock) == 0);
  in_child(sees_the_lock, fd);
  lock.l_type = F_UNLCK;
  CHECK(fcntl(fd, F_SETLK, &lock) == 0);
  in_child(finds_it_free, fd);

  CHECK(flock(fd, LOCK_EX) == 0);
  in_child(flock_is_taken, fd);
  CHECK(flock(fd, LOCK_UN) == 0);
  puts("locks ok");
  return 0;
}
