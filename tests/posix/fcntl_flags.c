// Descriptor and status flags, dup and friends.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

int main(void) {
  const int fd = open("file", O_RDWR | O_CREAT, 0600);
  CHECK(fd >= 0);
  CHECK(fcntl(fd, F_GETFD) == 0);
  CHECK(fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 &&
        fcntl(fd, F_GETFD) == FD_CLOEXEC);
  CHECK((fcntl(fd, F_GETFL) & (O_ACCMODE | O_NONBLOCK | O_APPEND)) == O_RDWR);
  CHECK(fcntl(fd, F_SETFL, O_NONBLOCK | O_APPEND) == 0);
  CHECK((fcntl(fd, F_GETFL) & (O_ACCMODE | O_NONBLOCK | O_APPEND)) ==
        (O_RDWR | O_NONBLOCK | O_APPEND));

  const int copy = dup(fd);
  CHECK(copy > fd);
  CHECK(fcntl(copy, F_GETFD) == 0);
  CHECK((fcntl(copy, F_GETFL) & O_NONBLOCK) != 0);
  CHECK(write(copy, "abc", 3) == 3);
  CHECK(lseek(fd, 0, SEEK_CUR) == 3);
  CHECK(fcntl(fd, F_DUPFD, 100) == 100);
  CHECK(fcntl(fd, F_DUPFD_CLOEXEC, 100) == 101);
  CHECK(fcntl(101, F_GETFD) == FD_CLOEXEC);
  CHECK(dup2(fd, 200) == 200 && dup2(fd, 200) == 200);
  CHECK(dup2(fd, fd) == fd);
  CHECK(dup3(fd, 201, O_CLOEXEC) == 201 && fcntl(201, F_GETFD) == FD_CLOEXEC);
  CHECK_ERRNO(EINVAL, dup3(fd, fd, 0));
  CHECK_ERRNO(EBADF, dup(-1));
  CHECK_ERRNO(EBADF, dup2(999, 5));
  CHECK_ERRNO(EBADF, fcntl(999, F_GETFD));
  CHECK_ERRNO(EINVAL, fcntl(fd, 9999));

  CHECK(close(copy) == 0);
  CHECK(open("file", O_RDONLY) == copy);  // the lowest free number
  puts("flags ok");
  return 0;
}
