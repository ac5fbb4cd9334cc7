// 64 threads over one counter, join results, try and timed locks, recursion.
#include <pthread.h>
#include <stdint.h>
#include <time.h>

#include "check.h"

enum { kThreads = 64, kRounds = 2000 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static long counter;

static void* count(void* argument) {
  for (int i = 0; i < kRounds; i++) {
    CHECK(pthread_mutex_lock(&mutex) == 0);
    counter++;
    CHECK(pthread_mutex_unlock(&mutex) == 0);
  }
  return (void*)((intptr_t)argument * 2);
}

static void* finds_it_locked(void* argument) {
  CHECK(pthread_mutex_trylock(argument) == EBUSY);
  struct timespec limit;
  clock_gettime(CLOCK_REALTIME, &limit);
  limit.tv_nsec += 20000000;
  if (limit.tv_nsec >= 1000000000) limit.tv_sec++, limit.tv_nsec -= 1000000000;
  CHECK(pthread_mutex_timedlock(argument, &limit) == ETIMEDOUT);
  return NULL;
}

static void kinds(void) {
  pthread_mutexattr_t attributes;
  pthread_mutex_t special;
  CHECK(pthread_mutexattr_init(&attributes) == 0);
  CHECK(pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE) == 0);
  CHECK(pthread_mutex_init(&special, &attributes) == 0);
  CHECK(pthread_mutex_lock(&special) == 0 && pthread_mutex_lock(&special) == 0);
  pthread_t thread;
  CHECK(pthread_create(&thread, NULL, finds_it_locked, &special) == 0);
  CHECK(pthread_join(thread, NULL) == 0);
  CHECK(pthread_mutex_unlock(&special) == 0);
  CHECK(pthread_mutex_unlock(&special) == 0);
  CHECK(pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK) == 0);
  CHECK(pthread_mutex_init(&special, &attributes) == 0);
  CHECK(pthread_mutex_lock(&special) == 0);
  CHECK(pthread_mutex_lock(&special) == EDEADLK);
  CHECK(pthread_mutex_unlock(&special) == 0);
  CHECK(pthread_mutex_unlock(&special) == EPERM);
}

int main(void) {
  pthread_t threads[kThreads];
  for (intptr_t i = 0; i < kThreads; i++) {
    CHECK(pthread_create(&threads[i], NULL, count, (void*)i) == 0);
  }
  for (intptr_t i = 0; i < kThreads; i++) {
    void* result;
    CHECK(pthread_join(threads[i], &result) == 0 && (intptr_t)result == i * 2);
  }
  CHECK(counter == kThreads * kRounds);
  kinds();
  printf("%ld\n", counter);
  return 0;
}
