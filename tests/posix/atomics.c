// Atomic operations, of all sizes, and the kernel's headers beside libc's.

#include <limits.h>
#include <linux/futex.h>
#include <linux/limits.h>
#include <linux/types.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <time.h>

#include "tests/posix/check.h"

enum { kThreads = 4, kRounds = 2000 };

static _Atomic int counter;
static _Atomic short narrow;
static _Atomic long long wide;

static void* count(void* unused) {
  (void)unused;
  for (int i = 0; i < kRounds; ++i) {
    atomic_fetch_add(&counter, 1);
    ++narrow;
    wide += 3;
  }
  return NULL;
}

static void run_threads(void* (*body)(void*)) {
  pthread_t threads[kThreads];
  for (int i = 0; i < kThreads; ++i) {
    CHECK(pthread_create(&threads[i], NULL, body, NULL) == 0);
  }
  for (int i = 0; i < kThreads; ++i) {
    CHECK(pthread_join(threads[i], NULL) == 0);
  }
}

static void no_addition_is_lost(void) {
  run_threads(count);
  CHECK(counter == kThreads * kRounds);
  CHECK(narrow == (short)(kThreads * kRounds));
  CHECK(wide == 3 * kThreads * kRounds);
}

struct large {
  long words[6];
};
static _Atomic struct large large;
static atomic_flag torn = ATOMIC_FLAG_INIT;

static void* replace(void* unused) {
  (void)unused;
  for (int i = 0; i < kRounds; ++i) {
    const struct large now = atomic_load(&large);
    for (int w = 1; w < 6; ++w) {
      if (now.words[w] != now.words[0]) atomic_flag_test_and_set(&torn);
    }
    struct large next = now;
    for (int w = 0; w < 6; ++w) ++next.words[w];
    struct large expected = now;
    while (!atomic_compare_exchange_weak(&large, &expected, next)) {
      for (int w = 0; w < 6; ++w) next.words[w] = expected.words[w] + 1;
    }
  }
  return NULL;
}

static void large_objects_change_as_one(void) {
  run_threads(replace);
  CHECK(!atomic_flag_test_and_set(&torn));
  CHECK(atomic_load(&large).words[5] == kThreads * kRounds);
}

static void large_objects_are_exchanged(void) {
  const struct large one = {{1, 1, 1, 1, 1, 1}};
  const struct large zero = {{0}};
  atomic_store(&large, one);
  CHECK(atomic_exchange(&large, zero).words[3] == 1);
  CHECK(atomic_load(&large).words[3] == 0);
}

static _Atomic __int128 pair;

static void sixteen_bytes_are_counted(void) {
  atomic_store(&pair, ((__int128)7 << 64) - 1);
  CHECK(atomic_fetch_add(&pair, 1) == ((__int128)7 << 64) - 1);
  CHECK(atomic_load(&pair) == (__int128)7 << 64);
  CHECK(atomic_fetch_xor(&pair, (__int128)6 << 64) == (__int128)7 << 64);
  CHECK(atomic_exchange(&pair, 0) == (__int128)1 << 64);
}

static int word;

static void a_futex_is_called_by_its_number(void) {
  CHECK(PATH_MAX == 4096 && sizeof(__u64) == 8);
  const struct timespec soon = {.tv_nsec = 1000000};
  CHECK_ERRNO(EAGAIN, syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 1, &soon));
  CHECK_ERRNO(ETIMEDOUT,
              syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, &soon));
  CHECK(syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1) == 0);
}

int main(void) {
  CASE(no_addition_is_lost);
  CASE(large_objects_change_as_one);
  CASE(large_objects_are_exchanged);
  CASE(sixteen_bytes_are_counted);
  CASE(a_futex_is_called_by_its_number);
  return 0;
}
