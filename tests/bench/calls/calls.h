// The rows of this benchmark, a file for each kind.

#ifndef SLIPWAY_TESTS_BENCH_CALLS_CALLS_H_
#define SLIPWAY_TESTS_BENCH_CALLS_CALLS_H_

#include "tests/bench/rows/row.h"

extern const struct row descriptor_rows[];
extern const struct row memory_rows[];
extern const struct row process_rows[];
extern const struct row signal_rows[];
extern const struct row socket_rows[];
extern const struct row thread_rows[];
extern const struct row time_rows[];

#endif  // SLIPWAY_TESTS_BENCH_CALLS_CALLS_H_
