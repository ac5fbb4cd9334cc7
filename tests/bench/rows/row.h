// A row of the benchmark: one operation, made n times in a timed loop.
//
//   static void run_getppid(long n) { while (n-- > 0) getppid(); }
//   const struct row rows[] = {{"getppid", NULL, run_getppid, NULL}, {NULL}};

#ifndef SLIPWAY_TESTS_BENCH_ROWS_ROW_H_
#define SLIPWAY_TESTS_BENCH_ROWS_ROW_H_

#include <stdio.h>
#include <stdlib.h>

struct row {
  const char* name;
  void (*set_up)(void);  // not timed; may be null
  void (*run)(long n);   // timed
  void (*tear_down)(void);
};

// The benchmark's: ends with null; each group ends with a row without a name.
extern const struct row* const row_groups[];

// A call that fails ends the run: its time would mean nothing.
#define MUST(condition)                                                   \
  do {                                                                    \
    if (!(condition)) {                                                   \
      fprintf(stderr, "%s:%d: ", __FILE__, __LINE__), perror(#condition); \
      exit(1);                                                            \
    }                                                                     \
  } while (0)

#endif  // SLIPWAY_TESTS_BENCH_ROWS_ROW_H_
