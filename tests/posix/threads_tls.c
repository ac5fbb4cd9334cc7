// Thread-local variables, thread-specific keys and their destructors.
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "check.h"

static _Thread_local int initialised = 42;
static _Thread_local char zeroed[1000];
static _Thread_local struct {
  double number;
  const char* text;
} aligned __attribute__((aligned(64))) = {1.5, "text"};
static pthread_key_t key;
static atomic_int destroyed;

static void destroy(void* value) {
  CHECK(pthread_getspecific(key) == NULL);
  atomic_fetch_add(&destroyed, (int)(intptr_t)value);
}

static void* body(void* argument) {
  const intptr_t id = (intptr_t)argument;
  CHECK(initialised == 42 && errno == 0);
  for (size_t i = 0; i < sizeof(zeroed); i++) CHECK(zeroed[i] == 0);
  CHECK(aligned.number == 1.5 && strcmp(aligned.text, "text") == 0);
  CHECK((uintptr_t)&aligned % 64 == 0);
  memset(zeroed, (int)id, sizeof(zeroed));
  initialised = (int)id;
  errno = (int)id;
  CHECK(pthread_getspecific(key) == NULL);
  CHECK(pthread_setspecific(key, (void*)id) == 0);
  usleep(1000);
  CHECK(initialised == id && errno == id && zeroed[999] == (char)id);
  CHECK(pthread_getspecific(key) == (void*)id);
  return &initialised;
}

int main(void) {
  initialised = 7;
  memset(zeroed, 1, sizeof(zeroed));
  errno = 0;
  CHECK(pthread_key_create(&key, destroy) == 0);
  enum { kThreads = 16 };
  pthread_t threads[kThreads];
  int expected = 0;
  for (intptr_t i = 1; i <= kThreads; i++) {
    expected += (int)i;
    CHECK(pthread_create(&threads[i - 1], NULL, body, (void*)i) == 0);
  }
  for (int i = 0; i < kThreads; i++) {
    void* where;
    CHECK(pthread_join(threads[i], &where) == 0 && where != &initialised);
  }
  CHECK(initialised == 7 && zeroed[0] == 1);
  CHECK(atomic_load(&destroyed) == expected);
  puts("thread-local ok");
  return 0;
}
