// Many short threads, detached ones, attributes, exit from the main thread.
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "check.h"

static atomic_int finished;

static void* tick(void* unused) {
  atomic_fetch_add(&finished, 1);
  return unused;
}

static void* uses_its_stack(void* unused) {
  volatile char big[3 << 20];
  for (size_t i = 0; i < sizeof(big); i += 4096) big[i] = (char)i;
  CHECK(big[4096 * 10] == (char)(4096 * 10));
  return unused;
}

static void* exits_early(void* unused) {
  pthread_exit((void*)0x55);
  return unused;
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int initialisations;
static void initialise(void) { initialisations++; }
static void* initialises(void* unused) {
  CHECK(pthread_once(&once, initialise) == 0);
  return unused;
}

static void* finishes_the_process(void* unused) {
  usleep(20000);
  printf("last thread, %d finished\n", atomic_load(&finished));
  (void)unused;
  return NULL;
}

int main(void) {
  pthread_t thread;
  for (int i = 0; i < 300; i++) {
    CHECK(pthread_create(&thread, NULL, tick, NULL) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
  }
  pthread_attr_t attributes;
  CHECK(pthread_attr_init(&attributes) == 0);
  CHECK(pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED) == 0);
  for (int i = 0; i < 100; i++) {
    CHECK(pthread_create(&thread, &attributes, tick, NULL) == 0);
  }
  for (int i = 0; i < 1000 && atomic_load(&finished) < 400; i++) usleep(10000);
  CHECK(atomic_load(&finished) == 400);

  CHECK(pthread_attr_init(&attributes) == 0);
  CHECK(pthread_attr_setstacksize(&attributes, 4 << 20) == 0);
  CHECK(pthread_create(&thread, &attributes, uses_its_stack, NULL) == 0);
  CHECK(pthread_join(thread, NULL) == 0);

  void* result;
  CHECK(pthread_create(&thread, NULL, exits_early, NULL) == 0);
  CHECK(pthread_join(thread, &result) == 0 && result == (void*)0x55);

  pthread_t many[8];
  for (int i = 0; i < 8; i++) pthread_create(&many[i], NULL, initialises, NULL);
  for (int i = 0; i < 8; i++) pthread_join(many[i], NULL);
  CHECK(initialisations == 1);
  CHECK(pthread_equal(pthread_self(), pthread_self()));

  CHECK(pthread_create(&thread, NULL, finishes_the_process, NULL) == 0);
  pthread_exit(NULL);  // the process goes on until its last thread ends
}
