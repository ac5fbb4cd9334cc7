// Threads: futexes, and creating and joining.

#include <pthread.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/bench/calls/calls.h"

// Of linux/futex.h, which comes with kernels and not with every libc.
enum { FUTEX_WAIT_PRIVATE = 128, FUTEX_WAKE_PRIVATE = 129 };

static atomic_int turn;

static long futex(atomic_int* word, int operation, int value) {
  return syscall(SYS_futex, word, operation, value, NULL, NULL, 0);
}

static void run_futex_wake(long n) {
  while (n-- > 0) MUST(futex(&turn, FUTEX_WAKE_PRIVATE, 1) == 0);
}

// Waits until it is the turn of `mine`, and gives it to the other, n times.
static void alternate(int mine, long n) {
  while (n-- > 0) {
    while (atomic_load(&turn) != mine) futex(&turn, FUTEX_WAIT_PRIVATE, !mine);
    atomic_store(&turn, !mine);
    futex(&turn, FUTEX_WAKE_PRIVATE, 1);
  }
}

static void* other_player(void* n) {
  alternate(1, *(const long*)n);
  return NULL;
}

static void run_ping_pong(long n) {
  pthread_t other;
  atomic_store(&turn, 0);
  MUST(pthread_create(&other, NULL, other_player, &n) == 0);
  alternate(0, n);
  MUST(pthread_join(other, NULL) == 0);
}

static void* do_nothing(void* argument) { return argument; }

static void run_create_join(long n) {
  while (n-- > 0) {
    pthread_t thread;
    MUST(pthread_create(&thread, NULL, do_nothing, NULL) == 0);
    MUST(pthread_join(thread, NULL) == 0);
  }
}

const struct row thread_rows[] = {
    {"futex-wake-nobody", NULL, run_futex_wake, NULL},
    {"futex-ping-pong", NULL, run_ping_pong, NULL},
    {"pthread-create+join", NULL, run_create_join, NULL},
    {NULL, NULL, NULL, NULL},
};
