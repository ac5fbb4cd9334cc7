// Mutexes of every type, read-write locks, barriers, spin locks, condition
// variables with clocks, once, keys, semaphores; between processes as well.
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static struct timespec soon(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  time.tv_nsec += 20000000;
  if (time.tv_nsec >= 1000000000) {
    time.tv_nsec -= 1000000000;
    ++time.tv_sec;
  }
  return time;
}

static pthread_mutex_t mutex_of(int type) {
  pthread_mutexattr_t attributes;
  pthread_mutex_t mutex;
  CHECK(pthread_mutexattr_init(&attributes) == 0);
  CHECK(pthread_mutexattr_settype(&attributes, type) == 0);
  CHECK(pthread_mutex_init(&mutex, &attributes) == 0);
  pthread_mutexattr_destroy(&attributes);
  return mutex;
}

static void* in_thread(void* (*body)(void*), void* argument) {
  pthread_t thread;
  void* result;
  CHECK(pthread_create(&thread, NULL, body, argument) == 0);
  CHECK(pthread_join(thread, &result) == 0);
  return result;
}

static void* try_lock(void* mutex) {
  const long result = pthread_mutex_trylock(mutex);
  if (result == 0) pthread_mutex_unlock(mutex);
  return (void*)result;
}
static void* timed_lock(void* mutex) {
  const struct timespec limit = soon(CLOCK_REALTIME);
  return (void*)(long)pthread_mutex_timedlock(mutex, &limit);
}
static void* unlock(void* mutex) {
  return (void*)(long)pthread_mutex_unlock(mutex);
}

static void a_locked_mutex_is_busy(void) {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  CHECK(pthread_mutex_lock(&mutex) == 0);
  CHECK(in_thread(try_lock, &mutex) == (void*)EBUSY);
  CHECK(in_thread(timed_lock, &mutex) == (void*)ETIMEDOUT);
  CHECK(pthread_mutex_unlock(&mutex) == 0 && in_thread(try_lock, &mutex) == 0);
  CHECK(pthread_mutex_destroy(&mutex) == 0);
}

static void recursive_mutexes_count(void) {
  pthread_mutex_t mutex = mutex_of(PTHREAD_MUTEX_RECURSIVE);
  CHECK(pthread_mutex_lock(&mutex) == 0 && pthread_mutex_lock(&mutex) == 0);
  CHECK(pthread_mutex_unlock(&mutex) == 0);
  CHECK(in_thread(try_lock, &mutex) == (void*)EBUSY);
  CHECK(pthread_mutex_unlock(&mutex) == 0 && in_thread(try_lock, &mutex) == 0);
  CHECK(pthread_mutex_unlock(&mutex) == EPERM);
}

static void error_checking_mutexes_check(void) {
  pthread_mutex_t mutex = mutex_of(PTHREAD_MUTEX_ERRORCHECK);
  CHECK(pthread_mutex_unlock(&mutex) == EPERM);
  CHECK(pthread_mutex_lock(&mutex) == 0 &&
        pthread_mutex_lock(&mutex) == EDEADLK);
  CHECK(in_thread(unlock, &mutex) == (void*)EPERM);
  CHECK(pthread_mutex_unlock(&mutex) == 0);
}

static void* lock_and_end(void* mutex) {
  return (void*)(long)pthread_mutex_lock(mutex);
}

static void robust_mutexes_tell_of_a_dead_owner(void) {
  pthread_mutexattr_t attributes;
  pthread_mutex_t mutex;
  pthread_mutexattr_init(&attributes);
  CHECK(pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST) == 0);
  CHECK(pthread_mutex_init(&mutex, &attributes) == 0);
  CHECK(in_thread(lock_and_end, &mutex) == 0);
  CHECK(pthread_mutex_lock(&mutex) == EOWNERDEAD);
  CHECK(pthread_mutex_consistent(&mutex) == 0 &&
        pthread_mutex_unlock(&mutex) == 0);
  CHECK(in_thread(lock_and_end, &mutex) == 0);
  CHECK(pthread_mutex_lock(&mutex) == EOWNERDEAD);
  CHECK(pthread_mutex_unlock(&mutex) == 0);  // not made consistent
  CHECK(pthread_mutex_lock(&mutex) == ENOTRECOVERABLE);
}

struct shared {
  pthread_mutex_t mutex;
  pthread_cond_t condition;
  sem_t semaphore;
  int value;
};

static struct shared* share(int robust) {
  struct shared* shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
                               MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  pthread_mutexattr_t mutex;
  pthread_condattr_t condition;
  pthread_mutexattr_init(&mutex);
  pthread_condattr_init(&condition);
  CHECK(pthread_mutexattr_setpshared(&mutex, PTHREAD_PROCESS_SHARED) == 0);
  if (robust) pthread_mutexattr_setrobust(&mutex, PTHREAD_MUTEX_ROBUST);
  CHECK(pthread_condattr_setpshared(&condition, PTHREAD_PROCESS_SHARED) == 0);
  CHECK(pthread_mutex_init(&shared->mutex, &mutex) == 0);
  CHECK(pthread_cond_init(&shared->condition, &condition) == 0);
  CHECK(sem_init(&shared->semaphore, 1, 0) == 0);
  return shared;
}

static void finish(pid_t child) {
  int status;
  CHECK(waitpid(child, &status, 0) == child && status == 0);
}

static void mutexes_work_between_processes(void) {
  struct shared* const shared = share(0);
  const pid_t child = fork();
  for (int i = 0; i < 2000; ++i) {
    CHECK(pthread_mutex_lock(&shared->mutex) == 0);
    shared->value += 1;
    CHECK(pthread_mutex_unlock(&shared->mutex) == 0);
  }
  if (child == 0) _exit(0);
  finish(child);
  CHECK(shared->value == 4000);
}

static void conditions_work_between_processes(void) {
  struct shared* const shared = share(0);
  const pid_t child = fork();
  if (child == 0) {
    pthread_mutex_lock(&shared->mutex);
    shared->value = 1;
    pthread_cond_signal(&shared->condition);
    while (shared->value != 2) {
      pthread_cond_wait(&shared->condition, &shared->mutex);
    }
    pthread_mutex_unlock(&shared->mutex);
    _exit(0);
  }
  pthread_mutex_lock(&shared->mutex);
  while (shared->value != 1) {
    pthread_cond_wait(&shared->condition, &shared->mutex);
  }
  shared->value = 2;
  pthread_cond_signal(&shared->condition);
  pthread_mutex_unlock(&shared->mutex);
  finish(child);
}

static void a_dead_process_frees_a_robust_mutex(void) {
  struct shared* const shared = share(1);
  const pid_t child = fork();
  if (child == 0) _exit(pthread_mutex_lock(&shared->mutex));
  finish(child);
  CHECK(pthread_mutex_lock(&shared->mutex) == EOWNERDEAD);
  CHECK(pthread_mutex_consistent(&shared->mutex) == 0);
  CHECK(pthread_mutex_unlock(&shared->mutex) == 0);
}

static void semaphores_work_between_processes(void) {
  struct shared* const shared = share(0);
  const pid_t child = fork();
  if (child == 0) _exit(sem_post(&shared->semaphore));
  CHECK(sem_wait(&shared->semaphore) == 0);
  finish(child);
  int value = -1;
  CHECK(sem_getvalue(&shared->semaphore, &value) == 0 && value == 0);
  CHECK_ERRNO(EAGAIN, sem_trywait(&shared->semaphore));
  const struct timespec limit = soon(CLOCK_REALTIME);
  CHECK_ERRNO(ETIMEDOUT, sem_timedwait(&shared->semaphore, &limit));
}

static void semaphores_have_names(void) {
  sem_unlink("/slipway-test-sem");
  sem_t* const one = sem_open("/slipway-test-sem", O_CREAT | O_EXCL, 0600, 2);
  sem_t* const two = sem_open("/slipway-test-sem", 0);
  CHECK(one != SEM_FAILED && one == two);
  CHECK(sem_wait(two) == 0 && sem_wait(two) == 0);
  CHECK_ERRNO(EAGAIN, sem_trywait(one));
  CHECK(sem_close(two) == 0 && sem_unlink("/slipway-test-sem") == 0);
  CHECK(sem_open("/slipway-test-sem", 0) == SEM_FAILED && errno == ENOENT);
  CHECK(sem_close(one) == 0);
}

static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static void* try_read(void* unused) {
  (void)unused;
  const long result = pthread_rwlock_tryrdlock(&rwlock);
  if (result == 0) pthread_rwlock_unlock(&rwlock);
  return (void*)result;
}
static void* try_write(void* unused) {
  (void)unused;
  const long result = pthread_rwlock_trywrlock(&rwlock);
  if (result == 0) pthread_rwlock_unlock(&rwlock);
  return (void*)result;
}

static void readers_share_and_writers_do_not(void) {
  CHECK(pthread_rwlock_rdlock(&rwlock) == 0 && in_thread(try_read, NULL) == 0);
  CHECK(in_thread(try_write, NULL) == (void*)EBUSY);
  CHECK(pthread_rwlock_unlock(&rwlock) == 0 &&
        pthread_rwlock_wrlock(&rwlock) == 0);
  CHECK(in_thread(try_read, NULL) == (void*)EBUSY);
  CHECK(pthread_rwlock_unlock(&rwlock) == 0 && in_thread(try_write, NULL) == 0);
}

static pthread_barrier_t barrier;
static int serial;
static void* arrive(void* unused) {
  (void)unused;
  if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD) {
    __atomic_add_fetch(&serial, 1, __ATOMIC_SEQ_CST);
  }
  return NULL;
}
static void one_of_a_barrier_is_serial(void) {
  pthread_t threads[3];
  CHECK(pthread_barrier_init(&barrier, NULL, 4) == 0);
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 3; ++i) pthread_create(&threads[i], NULL, arrive, NULL);
    arrive(NULL);
    for (int i = 0; i < 3; ++i) pthread_join(threads[i], NULL);
    CHECK(serial == round + 1);
  }
  CHECK(pthread_barrier_destroy(&barrier) == 0);
}

static pthread_spinlock_t spin;
static void* try_spin(void* unused) {
  (void)unused;
  return (void*)(long)pthread_spin_trylock(&spin);
}
static void spin_locks_exclude(void) {
  CHECK(pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE) == 0);
  CHECK(pthread_spin_lock(&spin) == 0);
  CHECK(in_thread(try_spin, NULL) == (void*)EBUSY);
  CHECK(pthread_spin_unlock(&spin) == 0 && pthread_spin_destroy(&spin) == 0);
}

static void conditions_time_out_on_their_clock(void) {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_condattr_t attributes;
  pthread_cond_t condition;
  pthread_condattr_init(&attributes);
  CHECK(pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0);
  CHECK(pthread_cond_init(&condition, &attributes) == 0);
  const struct timespec limit = soon(CLOCK_MONOTONIC);
  pthread_mutex_lock(&mutex);
  CHECK(pthread_cond_timedwait(&condition, &mutex, &limit) == ETIMEDOUT);
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  CHECK(now.tv_sec > limit.tv_sec ||
        (now.tv_sec == limit.tv_sec && now.tv_nsec >= limit.tv_nsec));
  CHECK(pthread_mutex_unlock(&mutex) == 0);
}

static int runs;
static void run_once(void) { ++runs; }
static pthread_once_t once = PTHREAD_ONCE_INIT;
static void* call_once(void* unused) {
  (void)unused;
  pthread_once(&once, run_once);
  return NULL;
}
static void once_is_once(void) {
  for (int i = 0; i < 3; ++i) in_thread(call_once, NULL);
  CHECK(runs == 1);
}

static pthread_key_t key;
static int destroyed;
static void destroy(void* value) {
  destroyed += *(int*)value;
  if (destroyed == 5) pthread_setspecific(key, value);  // runs again
}
static void* use_key(void* value) {
  CHECK(pthread_getspecific(key) == NULL);
  CHECK(pthread_setspecific(key, value) == 0 &&
        pthread_getspecific(key) == value);
  return NULL;
}
static void keys_have_destructors(void) {
  static int value = 5;
  CHECK(pthread_key_create(&key, destroy) == 0);
  in_thread(use_key, &value);
  CHECK(destroyed == 10 && pthread_getspecific(key) == NULL);
  CHECK(pthread_key_delete(key) == 0);
}

int main(void) {
  CASE(a_locked_mutex_is_busy);
  CASE(recursive_mutexes_count);
  CASE(error_checking_mutexes_check);
  CASE(robust_mutexes_tell_of_a_dead_owner);
  CASE(mutexes_work_between_processes);
  CASE(conditions_work_between_processes);
  CASE(a_dead_process_frees_a_robust_mutex);
  CASE(semaphores_work_between_processes);
  CASE(semaphores_have_names);
  CASE(readers_share_and_writers_do_not);
  CASE(one_of_a_barrier_is_serial);
  CASE(spin_locks_exclude);
  CASE(conditions_time_out_on_their_clock);
  CASE(once_is_once);
  CASE(keys_have_destructors);
  return 0;
}
