// The groups of rows of this benchmark (tests/bench/rows/row.h).

#ifndef SLIPWAY_TESTS_BENCH_CXX_ROWS_H_
#define SLIPWAY_TESTS_BENCH_CXX_ROWS_H_

extern "C" {
#include "tests/bench/rows/row.h"

extern const struct row container_rows[];
extern const struct row exception_rows[];
extern const struct row object_rows[];
extern const struct row stream_rows[];
extern const struct row thread_rows[];
}

// The optimizer neither drops the value nor knows it afterwards.
template <typename T>
void Use(T& value) {
  asm volatile("" : : "r"(&value) : "memory");
}

#endif  // SLIPWAY_TESTS_BENCH_CXX_ROWS_H_
