// The allocator, as servers use it: objects of mixed sizes that live for a
// while, strings that grow, one thread or several, and objects that one thread
// makes and another frees. An operation is one allocation and its release.

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "tests/bench/rows/row.h"

enum { SLOTS = 4096, THREADS = 4, RING = 1024 };

static uint64_t next_random(uint64_t* state) {
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return *state;
}

// Most objects of a server are small: 7 of 8 have up to 128 bytes, and one of
// 512 has up to 32 KiB.
static size_t random_size(uint64_t* state) {
  const uint64_t random = next_random(state);
  const size_t kind = random & 511;
  const size_t limit = kind == 0 ? 32 << 10 : kind < 64 ? 2 << 10 : 128;
  return 8 + (random >> 16) % (limit - 7);
}

// The compiler must not see that an object is made for nothing.
static void use(void* object) {
  __asm__ volatile("" : : "r"(object) : "memory");
}

static char* make(size_t size) {
  char* const object = malloc(size);
  MUST(object != NULL);
  object[0] = object[size - 1] = 1;
  use(object);
  return object;
}

static void churn(uint64_t seed, long n) {
  char* slots[SLOTS] = {NULL};
  uint64_t state = seed;
  while (n-- > 0) {
    char** const slot = &slots[next_random(&state) % SLOTS];
    free(*slot);
    *slot = make(random_size(&state));
  }
  for (int i = 0; i < SLOTS; ++i) free(slots[i]);
}

static void run_mixed(long n) { churn(1, n); }

// The same while other threads exist, as in every server: then locks are taken.
static pthread_t sleeper;
static int wake[2];

static void* sleep_until_woken(void* unused) {
  char byte;
  MUST(read(wake[0], &byte, 1) == 0);
  return unused;
}

static void start_sleeper(void) {
  MUST(pipe(wake) == 0);
  MUST(pthread_create(&sleeper, NULL, sleep_until_woken, NULL) == 0);
}

static void stop_sleeper(void) {
  close(wake[1]);
  MUST(pthread_join(sleeper, NULL) == 0);
  close(wake[0]);
}

static void run_same_size(long n) {
  while (n > 0) {
    char* objects[16];
    for (int i = 0; i < 16; ++i) objects[i] = make(40);
    for (int i = 0; i < 16; ++i) free(objects[i]);
    n -= 16;
  }
}

// A string that is appended to: 16 bytes to 4 KiB, doubling.
static void run_grow(long n) {
  while (n > 0) {
    char* text = NULL;
    for (size_t size = 16; size <= 4096; size *= 2, --n) {
      MUST((text = realloc(text, size)) != NULL);
      memset(text + size / 2, 1, size / 2);
      use(text);
    }
    free(text);
  }
}

struct task {
  uint64_t seed;
  long n;
};

static void* churn_in_thread(void* argument) {
  const struct task* const task = argument;
  churn(task->seed, task->n);
  return NULL;
}

static void run_threads(long n) {
  pthread_t threads[THREADS];
  struct task tasks[THREADS];
  for (int i = 0; i < THREADS; ++i) {
    tasks[i] = (struct task){i + 1, n / THREADS + 1};
    MUST(pthread_create(&threads[i], NULL, churn_in_thread, &tasks[i]) == 0);
  }
  for (int i = 0; i < THREADS; ++i) pthread_join(threads[i], NULL);
}

// One producer and one consumer.
static struct {
  _Atomic(long) made, taken;
  char* objects[RING];
} ring;

static void* produce(void* argument) {
  const long n = *(const long*)argument;
  uint64_t state = 1;
  for (long i = 0; i < n; ++i) {
    char* const object = make(random_size(&state));
    while (i - atomic_load(&ring.taken) >= RING) sched_yield();
    ring.objects[i % RING] = object;
    atomic_store(&ring.made, i + 1);
  }
  return NULL;
}

static void run_hand_over(long n) {
  pthread_t producer;
  atomic_store(&ring.made, 0);
  atomic_store(&ring.taken, 0);
  MUST(pthread_create(&producer, NULL, produce, &n) == 0);
  for (long i = 0; i < n; ++i) {
    while (atomic_load(&ring.made) <= i) sched_yield();
    free(ring.objects[i % RING]);
    atomic_store(&ring.taken, i + 1);
  }
  pthread_join(producer, NULL);
}

static const struct row rows[] = {
    {"mixed", NULL, run_mixed, NULL},
    {"mixed-beside-a-thread", start_sleeper, run_mixed, stop_sleeper},
    {"40B-beside-a-thread", start_sleeper, run_same_size, stop_sleeper},
    {"realloc-beside-a-thread", start_sleeper, run_grow, stop_sleeper},
    {"mixed-4-threads", NULL, run_threads, NULL},
    {"made-here-freed-there", NULL, run_hand_over, NULL},
    {NULL, NULL, NULL, NULL},
};

const struct row* const row_groups[] = {rows, NULL};
