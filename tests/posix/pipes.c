// Pipes: data, end of file, broken pipes, non-blocking ends, FIONREAD.
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

int main(void) {
  int ends[2];
  CHECK(pipe(ends) == 0);
  CHECK(write(ends[1], "abcdef", 6) == 6);
  int waiting = 0;
  CHECK(ioctl(ends[0], FIONREAD, &waiting) == 0 && waiting == 6);
  char buffer[16] = "";
  CHECK(read(ends[0], buffer, 4) == 4 && memcmp(buffer, "abcd", 4) == 0);
  CHECK(read(ends[0], buffer, 16) == 2);
  CHECK_ERRNO(ESPIPE, lseek(ends[0], 0, SEEK_SET));
  CHECK_ERRNO(EBADF, write(ends[0], "x", 1));
  struct stat st;
  CHECK(fstat(ends[0], &st) == 0 && S_ISFIFO(st.st_mode));
  CHECK(close(ends[1]) == 0);
  CHECK(read(ends[0], buffer, 16) == 0);
  CHECK(close(ends[0]) == 0);

  CHECK(pipe2(ends, O_NONBLOCK | O_CLOEXEC) == 0);
  CHECK(fcntl(ends[0], F_GETFD) == FD_CLOEXEC);
  CHECK_ERRNO(EAGAIN, read(ends[0], buffer, 1));
  static char block[PIPE_BUF];
  size_t written = 0;
  for (ssize_t n; (n = write(ends[1], block, sizeof(block))) > 0;) written += n;
  CHECK(errno == EAGAIN && written == 65536);
  CHECK(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
  CHECK(close(ends[0]) == 0);
  CHECK_ERRNO(EPIPE, write(ends[1], "x", 1));
  CHECK(close(ends[1]) == 0);

  CHECK(mkfifo("fifo", 0600) == 0);
  const int reader = open("fifo", O_RDONLY | O_NONBLOCK);
  const int writer = open("fifo", O_WRONLY);
  CHECK(reader >= 0 && writer >= 0);
  CHECK(write(writer, "z", 1) == 1 && read(reader, buffer, 4) == 1);
  puts("pipes ok");
  return 0;
}
