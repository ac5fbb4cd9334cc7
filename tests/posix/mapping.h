// What tests of mmap and its relatives share.

#ifndef SLIPWAY_TESTS_POSIX_MAPPING_H_
#define SLIPWAY_TESTS_POSIX_MAPPING_H_

#include <sys/mman.h>

#include "check.h"

#define ANONYMOUS (MAP_PRIVATE | MAP_ANONYMOUS)
#define READ_WRITE (PROT_READ | PROT_WRITE)

#define CHECK_REFUSED(expected, call) \
  do {                                \
    errno = 0;                        \
    CHECK((call) == MAP_FAILED);      \
    CHECK(errno == (expected));       \
  } while (0)

#endif  // SLIPWAY_TESTS_POSIX_MAPPING_H_
