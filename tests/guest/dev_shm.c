// For dev_shm_test.sh: `make NAME` makes a shared memory object, `hold NAME`
// too and then waits to be killed, `find NAME` looks for one.
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const int make = strcmp(argv[1], "find") != 0;
  const int fd = shm_open(argv[2], make ? O_RDWR | O_CREAT : O_RDWR, 0600);
  if (fd < 0) {
    perror(argv[2]);
    return 1;
  }
  if (make && write(fd, "content", 7) != 7) return 3;
  if (strcmp(argv[1], "hold") == 0) {
    puts("holding");
    fflush(stdout);
    while (1) pause();
  }
  return 0;
}
