// A kernel of the benchmark: a computation whose time is compared between
// native code and the guest's. A file each: the data, how it begins, what is
// timed, and which part of the data is the result.
//
//   enum { N = 500 };
//   struct data { double A[N][N], x[N]; };
//   static void init(struct data* d, int n) {…}
//   static void run(struct data* d, int n) {…}  // timed
//   KERNEL(example, POLYBENCH, N, 20, x);
//
// The data is zeroed and its pages are touched before init. Both sides must
// come to the same result, bit by bit: no mathematical functions other than
// sqrt, no addresses, no uninitialised bytes.

#ifndef SLIPWAY_TESTS_BENCH_ENGINE_KERNEL_H_
#define SLIPWAY_TESTS_BENCH_ENGINE_KERNEL_H_

#include <stddef.h>
#include <stdint.h>

#define POLYBENCH "polybench"
#define PROGRAMS "programs"

struct kernel {
  const char* name;
  const char* family;
  int size;      // n, as it is measured
  int tiny;      // n, to see that it works
  size_t bytes;  // of the data
  void (*init)(void* data, int n);
  void (*run)(void* data, int n);
  size_t result_offset, result_bytes;
};

#define KERNEL(kernel_name, family, size, tiny, result)       \
  static void init_data(void* data, int n) { init(data, n); } \
  static void run_data(void* data, int n) { run(data, n); }   \
  const struct kernel kernel_##kernel_name = {                \
      #kernel_name,                                           \
      family,                                                 \
      size,                                                   \
      tiny,                                                   \
      sizeof(struct data),                                    \
      init_data,                                              \
      run_data,                                               \
      offsetof(struct data, result),                          \
      sizeof(((struct data*)0)->result)}

#define NOINLINE __attribute__((noinline))

// Pseudo-random numbers (xorshift64*); the state is not 0.
static inline uint64_t next_random(uint64_t* state) {
  *state ^= *state >> 12;
  *state ^= *state << 25;
  *state ^= *state >> 27;
  return *state * 0x2545f4914f6cdd1dULL;
}

// Numbers in [0, 1) in all of an array.
static inline void fill(double* to, size_t bytes, uint64_t seed) {
  for (size_t i = 0; i < bytes / sizeof *to; ++i) {
    to[i] = (double)(next_random(&seed) >> 11) / 9007199254740992.0;
  }
}
#define FILL(array, seed) fill((double*)(array), sizeof(array), seed)

#endif  // SLIPWAY_TESTS_BENCH_ENGINE_KERNEL_H_
