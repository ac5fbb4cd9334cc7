// For behaviour tests: each is a program that runs natively and as a guest,
// must exit with 0 in both, and must print the same.
//
//   CHECK(fd >= 0);             prints the place, the text and errno; exits 1
//   CHECK_ERRNO(EBADF, close(-1));
//   CASE(pipes_are_atomic);     calls that function; one behaviour, by its name
//
// A program with several behaviours has one static function for each, and main
// is a list of CASEs: `run_both.sh` counts them in what both runs print.

#ifndef SLIPWAY_TESTS_POSIX_CHECK_H_
#define SLIPWAY_TESTS_POSIX_CHECK_H_

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

// Built by hand and written at once: usable in handlers and forked children.
static inline void check_failed(const char* file, int line, const char* text) {
  char message[512];
  const int error = errno;
  const int size = snprintf(message, sizeof(message),
                            "%s:%d: CHECK failed: %s (errno %d: %s)\n", file,
                            line, text, error, strerror(error));
  if (write(2, message, size) < 0) _exit(2);
  _exit(1);
}

#define CHECK(condition)                                            \
  do {                                                              \
    if (!(condition)) check_failed(__FILE__, __LINE__, #condition); \
  } while (0)

#define CHECK_ERRNO(expected, call) \
  do {                              \
    errno = 0;                      \
    CHECK((call) == -1);            \
    CHECK(errno == (expected));     \
  } while (0)

#define CASE(name)              \
  do {                          \
    name();                     \
    puts("pass " #name);        \
    CHECK(fflush(stdout) == 0); \
  } while (0)

#endif  // SLIPWAY_TESTS_POSIX_CHECK_H_
