// Condition variables: a bounded queue, broadcast, timed waits.
#include <pthread.h>
#include <time.h>

#include "check.h"

enum { kItems = 20000, kSlots = 8, kProducers = 4 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t not_full = PTHREAD_COND_INITIALIZER;
static pthread_cond_t not_empty = PTHREAD_COND_INITIALIZER;
static int queue[kSlots], queued;
static int waiting, released;

static void* produce(void* unused) {
  (void)unused;
  for (int i = 1; i <= kItems; i++) {
    pthread_mutex_lock(&mutex);
    while (queued == kSlots) pthread_cond_wait(&not_full, &mutex);
    queue[queued++] = i;
    pthread_cond_signal(&not_empty);
    pthread_mutex_unlock(&mutex);
  }
  return NULL;
}

static void* wait_for_release(void* unused) {
  (void)unused;
  pthread_mutex_lock(&mutex);
  waiting++;
  pthread_cond_signal(&not_full);
  while (!released) pthread_cond_wait(&not_empty, &mutex);
  pthread_mutex_unlock(&mutex);
  return NULL;
}

static void broadcast(void) {
  pthread_t threads[8];
  for (int i = 0; i < 8; i++)
    pthread_create(&threads[i], NULL, wait_for_release, NULL);
  pthread_mutex_lock(&mutex);
  while (waiting < 8) pthread_cond_wait(&not_full, &mutex);
  released = 1;
  pthread_cond_broadcast(&not_empty);
  pthread_mutex_unlock(&mutex);
  for (int i = 0; i < 8; i++) CHECK(pthread_join(threads[i], NULL) == 0);
}

static void timed(clockid_t clock) {
  pthread_condattr_t attributes;
  pthread_cond_t cond;
  CHECK(pthread_condattr_init(&attributes) == 0);
  CHECK(pthread_condattr_setclock(&attributes, clock) == 0);
  CHECK(pthread_cond_init(&cond, &attributes) == 0);
  struct timespec limit, end;
  clock_gettime(clock, &limit);
  limit.tv_nsec += 30000000;
  if (limit.tv_nsec >= 1000000000) limit.tv_sec++, limit.tv_nsec -= 1000000000;
  pthread_mutex_lock(&mutex);
  int result;
  while ((result = pthread_cond_timedwait(&cond, &mutex, &limit)) == 0) {
  }
  pthread_mutex_unlock(&mutex);
  CHECK(result == ETIMEDOUT);
  clock_gettime(clock, &end);
  CHECK(end.tv_sec > limit.tv_sec ||
        (end.tv_sec == limit.tv_sec && end.tv_nsec >= limit.tv_nsec));
}

int main(void) {
  pthread_t producers[kProducers];
  for (int i = 0; i < kProducers; i++) {
    CHECK(pthread_create(&producers[i], NULL, produce, NULL) == 0);
  }
  long sum = 0;
  for (int i = 0; i < kProducers * kItems; i++) {
    pthread_mutex_lock(&mutex);
    while (queued == 0) pthread_cond_wait(&not_empty, &mutex);
    sum += queue[--queued];
    pthread_cond_signal(&not_full);
    pthread_mutex_unlock(&mutex);
  }
  for (int i = 0; i < kProducers; i++)
    CHECK(pthread_join(producers[i], NULL) == 0);
  broadcast();
  timed(CLOCK_REALTIME);
  timed(CLOCK_MONOTONIC);
  printf("%ld\n", sum);
  return 0;
}
