// WASI functions called directly: what a C library does not show. Grants: a
// directory that is empty as /work, and another as /other.

#include "tests/wasi/calls.h"

enum {
  kBadf = 8,
  kFault = 21,
  kInval = 28,
  kNameTooLong = 37,
  kNoent = 44,
  kNotDir = 54,
  kNotCapable = 76,
};
enum { kCreate = 1, kDirectory = 2 };
enum { kCurrent = 1 };
#define RIGHT_READ (1ull << 1)
#define RIGHT_SEEK (1ull << 2)
#define RIGHT_TELL (1ull << 5)
#define RIGHT_WRITE (1ull << 6)
#define RIGHT_READDIR (1ull << 14)
#define RIGHT_PATH_OPEN (1ull << 13)

typedef struct {
  uint8_t type;
  uint16_t flags;
  uint64_t base;
  uint64_t inheriting;
} fdstat;

static int open_in(int fd, const char* path, uint32_t oflags, uint64_t base) {
  int opened = -1;
  const int error =
      path_open(fd, 0, path, length_of(path), oflags, base, 0, 0, &opened);
  return error == 0 ? opened : -error;
}

static void preopens(void) {
  struct {
    uint8_t tag;
    size_t size;
  } prestat;
  char name[8] = "";
  CHECK(fd_prestat_get(2, &prestat) == kBadf);
  CHECK(fd_prestat_get(3, &prestat) == 0);
  CHECK(prestat.tag == 0 && prestat.size == 5);
  CHECK(fd_prestat_dir_name(3, name, 4) == kNameTooLong);
  CHECK(fd_prestat_dir_name(3, name, 5) == 0);
  CHECK(name[0] == '/' && name[4] == 'k' && name[5] == 0);
  CHECK(fd_prestat_get(4, &prestat) == 0 && prestat.size == 6);
  CHECK(fd_prestat_get(5, &prestat) == kBadf);
}

static void rights(void) {
  fdstat stat;
  CHECK(fd_fdstat_get(3, &stat) == 0 && stat.type == 3);
  CHECK((stat.base & RIGHT_PATH_OPEN) && !(stat.base & RIGHT_READ));
  CHECK((stat.inheriting & RIGHT_READ) && (stat.inheriting & RIGHT_WRITE));
  const int fd =
      open_in(3, "file", kCreate, RIGHT_READ | RIGHT_WRITE | RIGHT_READDIR);
  CHECK(fd == 5);
  CHECK(fd_fdstat_get(fd, &stat) == 0 && stat.type == 4);
  CHECK(stat.base == (RIGHT_READ | RIGHT_WRITE) && stat.inheriting == 0);
  uint64_t position;
  CHECK(fd_seek(fd, 0, 0, &position) == kNotCapable);
  CHECK(fd_fdstat_set_rights(fd, RIGHT_READ | RIGHT_SEEK, 0) == kNotCapable);
  CHECK(fd_fdstat_set_rights(fd, RIGHT_READ, 0) == 0);
  const vector data = {"x", 1};
  size_t written;
  CHECK(fd_write(fd, &data, 1, &written) == kNotCapable);
  CHECK(open_in(fd, "x", kCreate, 0) == -kNotDir);
  CHECK(fd_close(fd) == 0 && fd_close(fd) == kBadf);
  CHECK(open_in(3, "file", 0, RIGHT_READ | RIGHT_TELL) == fd);
  CHECK(fd_seek(fd, 0, kCurrent, &position) == 0 && position == 0);
  CHECK(fd_seek(fd, 1, kCurrent, &position) == kNotCapable);
  CHECK(fd_close(fd) == 0);
  CHECK(fd_fdstat_set_rights(4, RIGHT_PATH_OPEN, RIGHT_READ) == 0);
  CHECK(open_in(4, "file", kCreate, RIGHT_READ) == -kNotCapable);
  CHECK(open_in(4, "file", 0, RIGHT_WRITE) == -kNotCapable);
  CHECK(open_in(4, "file", 0, RIGHT_READ) == -kNoent);
}

static void paths(void) {
  CHECK(open_in(3, "/file", 0, 0) == -kNotCapable);
  CHECK(open_in(3, "../x", 0, 0) == -kNotCapable);
  CHECK(open_in(3, "..", kDirectory, 0) == -kNotCapable);
  CHECK(open_in(3, "", 0, 0) == -kNoent);
  CHECK(path_open(3, 0, "a\0b", 3, 0, 0, 0, 0, (int*)16) == kInval);
  CHECK(open_in(3, "a", kCreate | kDirectory, 0) == -kInval);
  CHECK(open_in(3, "a", 1 << 4, 0) == -kInval);
  CHECK(path_symlink("/etc", 4, 3, "link", 4) == kNotCapable);
  CHECK(path_symlink("..", 2, 3, "link", 4) == 0);
  int opened;
  CHECK(path_open(3, 1, "link/x", 6, 0, 0, 0, 0, &opened) == kNotCapable);
  CHECK(path_open(3, 1, "link", 4, 0, 0, 0, 0, &opened) == kNotCapable);
  CHECK(path_unlink_file(3, "link", 4) == 0);
}

static void numbers(void) {
  const int a = open_in(3, "a", kCreate, RIGHT_WRITE);
  const int b = open_in(3, "b", kCreate, RIGHT_READ);
  fdstat stat;
  CHECK(a == 5 && b == 6);
  CHECK(fd_renumber(b, 7) == kBadf);
  CHECK(fd_renumber(a, b) == 0);
  CHECK(fd_fdstat_get(a, &stat) == kBadf);
  CHECK(fd_fdstat_get(b, &stat) == 0 && stat.base == RIGHT_WRITE);
  CHECK(fd_renumber(b, b) == 0 && fd_close(b) == 0);
  CHECK(path_unlink_file(3, "a", 1) == 0 && path_unlink_file(3, "b", 1) == 0);
}

// Reads the directory in pieces of every size; the entries are the same.
static void listing(void) {
  static uint8_t all[4096], buffer[4096];
  size_t all_size, used;
  for (char name[] = "a"; name[0] <= 'f'; ++name[0]) {
    CHECK(fd_close(open_in(3, name, kCreate, 0)) == 0);
  }
  CHECK(fd_readdir(3, all, sizeof(all), 0, &all_size) == 0);
  CHECK(all_size > 8 * 24 && all_size < sizeof(all));
  for (size_t size = 64; size < all_size; ++size) {
    uint64_t cookie = 0;
    size_t at = 0;
    do {
      CHECK(fd_readdir(3, buffer, size, cookie, &used) == 0 && used <= size);
      size_t next = 0;
      while (next + 24 <= used) {
        const size_t name_size = *(uint32_t*)(all + at + 16);
        if (next + 24 + name_size > used) break;
        for (size_t i = 16; i < 24 + name_size; ++i) {
          CHECK(buffer[next + i] == all[at + i]);
        }
        __builtin_memcpy(&cookie, buffer + next, 8);
        next += 24 + name_size;
        at += 24 + name_size;
      }
    } while (used == size);
    CHECK(at == all_size);
  }
}

static void polling(void) {
  struct {
    uint64_t userdata;
    uint8_t type;
    _Alignas(8) uint32_t id;
    uint64_t timeout, precision;
    uint16_t flags;
  } in[3] = {};
  struct {
    uint64_t userdata;
    uint16_t error;
    uint8_t type;
    uint64_t nbytes;
    uint16_t flags;
  } out[3];
  size_t events;
  _Static_assert(sizeof(in[0]) == 48 && sizeof(out[0]) == 32, "layout");
  CHECK(poll_oneoff(in, out, 0, &events) == kInval);
  uint64_t before, after;
  CHECK(clock_time_get(1, 0, &before) == 0);
  in[0].userdata = 7;
  in[0].id = 1;
  in[0].timeout = 10000000;
  CHECK(poll_oneoff(in, out, 1, &events) == 0 && events == 1);
  CHECK(out[0].userdata == 7 && out[0].error == 0 && out[0].type == 0);
  CHECK(clock_time_get(1, 0, &after) == 0 && after - before >= 10000000);
  in[0].flags = 1;  // absolute, and long past
  in[1].type = 1;
  in[1].id = 99;  // the descriptor
  in[2].id = 2;   // processor time
  CHECK(poll_oneoff(in, out, 3, &events) == 0 && events == 3);
  int bad = 0, expired = 0;
  for (int i = 0; i < 3; ++i) {
    bad += out[i].type == 1 && out[i].error == kBadf;
    expired += out[i].userdata == 7 && out[i].error == 0;
  }
  CHECK(bad == 1 && expired == 1);
}

static void hostile_addresses(void) {
  const vector outside = {(void*)(uintptr_t)-8, 16};
  const vector far = {(void*)16, (size_t)-1};
  size_t size;
  uint64_t time;
  char byte[1];
  CHECK(fd_write(1, &outside, 1, &size) == kFault);
  CHECK(fd_write(1, &far, 1, &size) == kFault);
  CHECK(fd_write(1, (vector*)(uintptr_t)-4, 1, &size) == kFault);
  CHECK(fd_write(1, &far, (size_t)-1 / 2, &size) == kFault);
  CHECK(clock_time_get(0, 0, (uint64_t*)(uintptr_t)-4) == kFault);
  CHECK(random_get((void*)(uintptr_t)-1, 2) == kFault);
  CHECK(random_get(byte, (size_t)-1) == kFault);
  CHECK(args_get((char**)(uintptr_t)-4, (char*)64) == kFault);
  CHECK(path_open(3, 0, (char*)(uintptr_t)-2, 4, 0, 0, 0, 0, 0) == kFault);
  CHECK(path_open(3, 0, "x", (size_t)-1, 0, 0, 0, 0, 0) == kNameTooLong);
  // Unaligned addresses are as good as others.
  char bytes[16];
  CHECK(clock_time_get(0, 0, (uint64_t*)(bytes + 3)) == 0);
  __builtin_memcpy(&time, bytes + 3, 8);
  CHECK(time > 1000000000ull * 1000000000);
}

static void arguments(void) {
  size_t count, bytes;
  static char* argv[16];
  static char text[1024];
  CHECK(args_sizes_get(&count, &bytes) == 0 && count < 16 && bytes < 1024);
  CHECK(args_get(argv, text) == 0);
  for (size_t i = 1; i < count; ++i) {
    print(argv[i]);
    print("\n");
  }
  CHECK(environ_sizes_get(&count, &bytes) == 0 && count == 1);
  CHECK(environ_get(argv, text) == 0);
  print(argv[0]);
  print("\n");
}

void _start(void) {
  arguments();
  preopens();
  rights();
  paths();
  numbers();
  listing();
  polling();
  hostile_addresses();
  print("done\n");
  proc_exit(42);
}
