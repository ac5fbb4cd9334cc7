// WASI functions as imports, for programs without a C library: the same source
// is built for wasm32 and for wasm64, where addresses and sizes have 64 bits.

#ifndef SLIPWAY_TESTS_WASI_CALLS_H_
#define SLIPWAY_TESTS_WASI_CALLS_H_

#include <stddef.h>
#include <stdint.h>

#ifndef WASI_MODULE
#define WASI_MODULE "wasi_snapshot_preview1"
#endif
#define IMPORT(name) \
  __attribute__((import_module(WASI_MODULE), import_name(#name))) int name

typedef struct {
  const void* data;
  size_t size;
} vector;

IMPORT(args_sizes_get)(size_t* count, size_t* bytes);
IMPORT(args_get)(char** argv, char* bytes);
IMPORT(environ_sizes_get)(size_t* count, size_t* bytes);
IMPORT(environ_get)(char** environ, char* bytes);
IMPORT(clock_time_get)(uint32_t id, uint64_t precision, uint64_t* time);
IMPORT(random_get)(void* bytes, size_t size);
IMPORT(fd_write)(int fd, const vector* data, size_t count, size_t* written);
IMPORT(fd_read)(int fd, const vector* data, size_t count, size_t* read);
IMPORT(fd_seek)(int fd, int64_t offset, uint32_t whence, uint64_t* position);
IMPORT(fd_close)(int fd);
IMPORT(fd_renumber)(int fd, int to);
IMPORT(fd_fdstat_get)(int fd, void* stat);
IMPORT(fd_fdstat_set_rights)(int fd, uint64_t base, uint64_t inheriting);
IMPORT(fd_filestat_get)(int fd, void* stat);
IMPORT(fd_prestat_get)(int fd, void* prestat);
IMPORT(fd_prestat_dir_name)(int fd, char* name, size_t size);
IMPORT(fd_readdir)(int fd, void* buffer, size_t size, uint64_t cookie,
                   size_t* used);
IMPORT(path_open)(int fd, uint32_t lookup, const char* path, size_t size,
                  uint32_t oflags, uint64_t base, uint64_t inheriting,
                  uint32_t fdflags, int* opened);
IMPORT(path_unlink_file)(int fd, const char* path, size_t size);
IMPORT(path_symlink)(const char* target, size_t target_size, int fd,
                     const char* path, size_t size);
IMPORT(poll_oneoff)(const void* in, void* out, size_t count, size_t* events);
IMPORT(proc_raise)(uint32_t signal);
__attribute__((import_module(WASI_MODULE), import_name("proc_exit"),
               noreturn)) void
proc_exit(uint32_t status);

static inline size_t length_of(const char* text) {
  size_t size = 0;
  while (text[size] != 0) ++size;
  return size;
}

static inline void print(const char* text) {
  const vector data = {text, length_of(text)};
  size_t written;
  fd_write(1, &data, 1, &written);
}

static inline void print_number(uint64_t number) {
  char text[24];
  size_t at = sizeof(text);
  text[--at] = 0;
  do text[--at] = (char)('0' + number % 10);
  while (number /= 10);
  print(text + at);
}

// Ends the program, saying where, unless the condition holds.
#define CHECK(condition)           \
  do {                             \
    if (!(condition)) {            \
      print("failed, line ");      \
      print_number(__LINE__);      \
      print(": " #condition "\n"); \
      proc_exit(1);                \
    }                              \
  } while (0)

#endif  // SLIPWAY_TESTS_WASI_CALLS_H_
