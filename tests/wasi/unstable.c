// What differs in wasi_unstable. Grant: an empty directory.

#define WASI_MODULE "wasi_unstable"
#include "tests/wasi/calls.h"

void _start(void) {
  struct {
    uint64_t dev, ino;
    uint8_t type;
    uint32_t nlink;
    uint64_t size, atim, mtim, ctim;
  } stat;
  _Static_assert(sizeof(stat) == 56, "layout");
  struct {
    uint64_t userdata;
    uint8_t type;
    uint64_t identifier;
    uint32_t id;
    uint64_t timeout, precision;
    uint16_t flags;
  } in = {};
  _Static_assert(sizeof(in) == 56, "layout");
  uint8_t out[32];
  int fd;
  size_t count;
  uint64_t position;
  const vector data = {"0123456789", 10};
  CHECK(path_open(3, 0, "f", 1, 1, ~0ull >> 36, 0, 0, &fd) == 0);
  CHECK(fd_write(fd, &data, 1, &count) == 0 && count == 10);
  CHECK(fd_seek(fd, -4, 1, &position) == 0 && position == 6);  // END
  CHECK(fd_seek(fd, 1, 0, &position) == 0 && position == 7);   // CUR
  CHECK(fd_seek(fd, 3, 2, &position) == 0 && position == 3);   // SET
  CHECK(fd_filestat_get(fd, &stat) == 0);
  CHECK(stat.type == 4 && stat.nlink == 1 && stat.size == 10);
  in.id = 1;
  in.timeout = 1000000;
  CHECK(poll_oneoff(&in, out, 1, &count) == 0 && count == 1);
  print("done\n");
}
