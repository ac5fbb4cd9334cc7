// Cancelling a thread that sleeps in a call or computes; cleanup handlers.
#include <pthread.h>
#include <stdatomic.h>

#include "check.h"

static atomic_int cleaned, started;

static void cleanup(void* argument) {
  atomic_fetch_add(&cleaned, (int)(long)argument);
}

static void* sleeps(void* unused) {
  pthread_cleanup_push(cleanup, (void*)1);
  pthread_cleanup_push(cleanup, (void*)10);
  atomic_store(&started, 1);
  for (;;) sleep(100);
  pthread_cleanup_pop(0);
  pthread_cleanup_pop(0);
  return unused;
}

static void unlock(void* mutex) { pthread_mutex_unlock(mutex); }

static void* waits(void* mutex) {
  static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
  pthread_mutex_lock(mutex);
  pthread_cleanup_push(unlock, mutex);
  atomic_store(&started, 1);
  for (;;) pthread_cond_wait(&never, mutex);
  pthread_cleanup_pop(1);
  return NULL;
}

static void* asks_itself(void* unused) {
  int old;
  CHECK(pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old) == 0);
  CHECK(old == PTHREAD_CANCEL_ENABLE);
  atomic_store(&started, 1);
  for (int i = 0; i < 5; i++) usleep(10000);  // not a cancellation point now
  atomic_fetch_add(&cleaned, 100);
  CHECK(pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &old) == 0);
  for (;;) pthread_testcancel();
  return unused;
}

static void cancel(void* (*body)(void*), void* argument) {
  pthread_t thread;
  void* result;
  atomic_store(&started, 0);
  CHECK(pthread_create(&thread, NULL, body, argument) == 0);
  while (!atomic_load(&started)) usleep(1000);
  usleep(10000);
  CHECK(pthread_cancel(thread) == 0);
  CHECK(pthread_join(thread, &result) == 0 && result == PTHREAD_CANCELED);
}

int main(void) {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  cancel(sleeps, NULL);
  CHECK(atomic_load(&cleaned) == 11);
  cancel(waits, &mutex);
  CHECK(pthread_mutex_trylock(&mutex) == 0);
  cancel(asks_itself, NULL);
  CHECK(atomic_load(&cleaned) == 111);
  puts("cancel ok");
  return 0;
}
