// Read-write locks, barriers, semaphores, spin locks, C11 atomics.
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdint.h>

#include "check.h"

enum { kThreads = 8, kRounds = 3000 };

static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_barrier_t barrier;
static pthread_spinlock_t spin;
static sem_t semaphore;
static long guarded[2], spun, permits;
static atomic_long added;
static _Atomic uint8_t bytes[kThreads];
static atomic_int serial;

static void* body(void* argument) {
  const intptr_t id = (intptr_t)argument;
  const int result = pthread_barrier_wait(&barrier);
  CHECK(result == 0 || result == PTHREAD_BARRIER_SERIAL_THREAD);
  if (result == PTHREAD_BARRIER_SERIAL_THREAD) atomic_fetch_add(&serial, 1);
  for (int i = 0; i < kRounds; i++) {
    if (i % 4 == 0) {
      CHECK(pthread_rwlock_wrlock(&rwlock) == 0);
      guarded[0]++, guarded[1]++;
    } else {
      CHECK(pthread_rwlock_rdlock(&rwlock) == 0);
      CHECK(guarded[0] == guarded[1]);
    }
    CHECK(pthread_rwlock_unlock(&rwlock) == 0);
    pthread_spin_lock(&spin);
    spun++;
    pthread_spin_unlock(&spin);
    CHECK(sem_wait(&semaphore) == 0);
    const long now = __atomic_add_fetch(&permits, 1, __ATOMIC_SEQ_CST);
    CHECK(now <= 3);
    __atomic_sub_fetch(&permits, 1, __ATOMIC_SEQ_CST);
    CHECK(sem_post(&semaphore) == 0);
    atomic_fetch_add_explicit(&added, id, memory_order_relaxed);
    bytes[id]++;
  }
  return NULL;
}

int main(void) {
  CHECK(pthread_barrier_init(&barrier, NULL, kThreads) == 0);
  CHECK(pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE) == 0);
  CHECK(sem_init(&semaphore, 0, 3) == 0);
  pthread_t threads[kThreads];
  for (intptr_t i = 0; i < kThreads; i++) {
    CHECK(pthread_create(&threads[i], NULL, body, (void*)i) == 0);
  }
  for (int i = 0; i < kThreads; i++) CHECK(pthread_join(threads[i], NULL) == 0);
  CHECK(atomic_load(&serial) == 1);
  CHECK(sem_trywait(&semaphore) == 0);
  CHECK(pthread_rwlock_rdlock(&rwlock) == 0);
  CHECK(pthread_rwlock_trywrlock(&rwlock) == EBUSY);
  uint64_t expected = 5;
  _Atomic uint64_t word = 6;
  CHECK(!atomic_compare_exchange_strong(&word, &expected, 7) && expected == 6);
  CHECK(atomic_compare_exchange_strong(&word, &expected, 7));
  CHECK(atomic_fetch_or(&word, 8) == 7 && atomic_exchange(&word, 1) == 15);
  printf("%ld %ld %ld %d\n", guarded[0], spun, atomic_load(&added), bytes[3]);
  return 0;
}
