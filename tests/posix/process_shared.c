// Synchronisation between processes by objects in memory that they share, with
// PTHREAD_PROCESS_SHARED: mutexes and robust mutexes, condition variables,
// read-write locks, barriers, spin locks, semaphores.

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include "check.h"
#include "children.h"
#include "deadline.h"

enum { kProcesses = 4, kRounds = 500 };

// Zeroed, in memory that forked processes share. `reset` makes all new.
static struct shared {
  pthread_mutex_t mutex;
  pthread_cond_t cond;
  pthread_rwlock_t rwlock;
  pthread_barrier_t barrier;
  pthread_spinlock_t spin;
  sem_t semaphore;
  sem_t ready;
  volatile int counter;
  volatile int stage;
}* shared;

static void reset(void) {
  if (shared != NULL) CHECK(munmap(shared, sizeof(*shared)) == 0);
  shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
                MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  CHECK(shared != MAP_FAILED);
  CHECK(sem_init(&shared->ready, 1, 0) == 0);
}

static void make_mutex(int type, int robust) {
  reset();
  pthread_mutexattr_t attributes;
  CHECK(pthread_mutexattr_init(&attributes) == 0);
  CHECK(pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED) == 0);
  CHECK(pthread_mutexattr_settype(&attributes, type) == 0);
  CHECK(pthread_mutexattr_setrobust(&attributes, robust) == 0);
  CHECK(pthread_mutex_init(&shared->mutex, &attributes) == 0);
  CHECK(pthread_mutexattr_destroy(&attributes) == 0);
}

static void make_robust(void) {
  make_mutex(PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_ROBUST);
}

static void wait_for_all(const pid_t* pids) {
  for (int i = 0; i < kProcesses; ++i) CHECK(wait_for(pids[i]) == 0);
}

// Adds 1, in a way that loses counts unless others are kept out.
static void add_one(int round) {
  const int seen = shared->counter;
  if (round % 50 == 0) usleep(10);
  shared->counter = seen + 1;
}

// Every process adds 1 so many times, each time between the two calls.
static void count_between(int (*enter)(void), int (*leave)(void), int rounds) {
  pid_t pids[kProcesses];
  for (int i = 0; i < kProcesses; ++i) {
    pids[i] = start();
    if (pids[i] != 0) continue;
    for (int round = 0; round < rounds; ++round) {
      CHECK(enter() == 0);
      add_one(round);
      CHECK(leave() == 0);
    }
    _exit(0);
  }
  wait_for_all(pids);
  CHECK(shared->counter == kProcesses * rounds);
}

// ---- Mutexes ----

static int lock_mutex(void) { return pthread_mutex_lock(&shared->mutex); }
static int unlock_mutex(void) { return pthread_mutex_unlock(&shared->mutex); }

static void mutex_excludes_processes(void) {
  const int types[] = {PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_ERRORCHECK,
                       PTHREAD_MUTEX_RECURSIVE};
  for (int type = 0; type < 3; ++type) {
    make_mutex(types[type], PTHREAD_MUTEX_STALLED);
    count_between(lock_mutex, unlock_mutex, kRounds);
  }
}

static void robust_mutex_excludes_processes(void) {
  make_robust();
  count_between(lock_mutex, unlock_mutex, kRounds);
}

static void only_the_owner_unlocks_a_checking_mutex(void) {
  make_mutex(PTHREAD_MUTEX_ERRORCHECK, PTHREAD_MUTEX_STALLED);
  CHECK(pthread_mutex_lock(&shared->mutex) == 0);
  CHECK(pthread_mutex_lock(&shared->mutex) == EDEADLK);
  const pid_t pid = start();
  if (pid == 0) {
    CHECK(pthread_mutex_unlock(&shared->mutex) == EPERM);
    CHECK(pthread_mutex_trylock(&shared->mutex) == EBUSY);
    const struct timespec deadline = in_milliseconds(20);
    CHECK(pthread_mutex_timedlock(&shared->mutex, &deadline) == ETIMEDOUT);
    _exit(0);
  }
  CHECK(wait_for(pid) == 0);
  CHECK(pthread_mutex_unlock(&shared->mutex) == 0);
}

static void inheriting_mutex_excludes_processes(void) {
  reset();
  pthread_mutexattr_t attributes;
  CHECK(pthread_mutexattr_init(&attributes) == 0);
  CHECK(pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED) == 0);
  CHECK(pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT) == 0);
  CHECK(pthread_mutex_init(&shared->mutex, &attributes) == 0);
  count_between(lock_mutex, unlock_mutex, kRounds / 5);
}

// ---- Owners that die ----

// The next owner is told, repairs, and goes on.
static void check_recovery(void) {
  CHECK(pthread_mutex_consistent(&shared->mutex) == 0);
  CHECK(pthread_mutex_unlock(&shared->mutex) == 0);
  CHECK(pthread_mutex_lock(&shared->mutex) == 0);
  CHECK(pthread_mutex_unlock(&shared->mutex) == 0);
}

static void owner_that_exits_is_reported(void) {
  make_robust();
  const pid_t pid = start();
  if (pid == 0) {
    CHECK(pthread_mutex_lock(&shared->mutex) == 0);
    _exit(0);
  }
  CHECK(wait_for(pid) == 0);
  CHECK(pthread_mutex_lock(&shared->mutex) == EOWNERDEAD);
  check_recovery();
}

static void owner_that_was_killed_is_reported_to_trylock(void) {
  make_robust();
  const pid_t pid = start();
  if (pid == 0) {
    CHECK(pthread_mutex_lock(&shared->mutex) == 0);
    kill(getpid(), SIGKILL);
  }
  CHECK(WTERMSIG(wait_for(pid)) == SIGKILL);
  CHECK(pthread_mutex_trylock(&shared->mutex) == EOWNERDEAD);
  check_recovery();
}

static void owner_that_is_killed_is_reported_to_a_waiter(void) {
  make_robust();
  const pid_t pid = start();
  if (pid == 0) {
    CHECK(pthread_mutex_lock(&shared->mutex) == 0);
    CHECK(sem_post(&shared->ready) == 0);
    while (1) pause();
  }
  CHECK(sem_wait(&shared->ready) == 0);
  CHECK(pthread_mutex_trylock(&shared->mutex) == EBUSY);
  const pid_t killer = start();
  if (killer == 0) {
    usleep(30000);
    _exit(kill(pid, SIGKILL));
  }
  // Nobody has waited for the dead process yet.
  CHECK(pthread_mutex_lock(&shared->mutex) == EOWNERDEAD);
  CHECK(wait_for(killer) == 0);
  CHECK(WTERMSIG(wait_for(pid)) == SIGKILL);
  check_recovery();
}

static void owner_that_crashes_is_reported(void) {
  const int signals[] = {SIGSEGV, SIGABRT, SIGTERM};
  for (int i = 0; i < 3; ++i) {
    make_robust();
    const pid_t pid = start();
    if (pid == 0) {
      const struct rlimit no_core = {0, 0};
      setrlimit(RLIMIT_CORE, &no_core);
      CHECK(pthread_mutex_lock(&shared->mutex) == 0);
      raise(signals[i]);
    }
    CHECK(WTERMSIG(wait_for(pid)) == signals[i]);
    CHECK(pthread_mutex_lock(&shared->mutex) == EOWNERDEAD);
    check_recovery();
  }
}

static void* lock_and_stay(void* unused) {
  CHECK(pthread_mutex_lock(&shared->mutex) == 0);
  CHECK(sem_post(&shared->ready) == 0);
  while (1) pause();
  return unused;
}

static void owner_in_another_thread_of_an_exiting_process(void) {
  make_robust();
  const pid_t pid = start();
  if (pid == 0) {
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, lock_and_stay, NULL) == 0);
    CHECK(sem_wait(&shared->ready) == 0);
    _exit(0);
  }
  CHECK(wait_for(pid) == 0);
  CHECK(pthread_mutex_lock(&shared->mutex) == EOWNERDEAD);
  check_recovery();
}

static void* lock_and_end(void* unused) {
  CHECK(pthread_mutex_lock(&shared->mutex) == 0);
  return unused;
}

static void owner_thread_that_ends_is_reported_to_another_process(void) {
  make_robust();
  const pid_t pid = start();
  if (pid == 0) {
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, lock_and_end, NULL) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(sem_post(&shared->ready) == 0);
    while (shared->stage == 0) usleep(1000);
    _exit(0);
  }
  CHECK(sem_wait(&shared->ready) == 0);
  CHECK(pthread_mutex_lock(&shared->mutex) == EOWNERDEAD);
  check_recovery();
  shared->stage = 1;
  CHECK(wait_for(pid) == 0);
}

static void every_mutex_of_the_dead_is_reported(void) {
  enum { kMutexes = 50 };
  pthread_mutex_t* const mutexes =
      mmap(NULL, kMutexes * sizeof(*mutexes), PROT_READ | PROT_WRITE,
           MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  CHECK(mutexes != MAP_FAILED);
  pthread_mutexattr_t attributes;
  CHECK(pthread_mutexattr_init(&attributes) == 0);
  CHECK(pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED) == 0);
  CHECK(pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST) == 0);
  for (int i = 0; i < kMutexes; ++i) {
    CHECK(pthread_mutex_init(&mutexes[i], &attributes) == 0);
  }
  const pid_t pid = start();
  if (pid == 0) {
    for (int i = 0; i < kMutexes; ++i) {
      CHECK(pthread_mutex_lock(&mutexes[i]) == 0);
    }
    for (int i = 0; i < kMutexes; i += 5) {
      CHECK(pthread_mutex_unlock(&mutexes[i]) == 0);
    }
    kill(getpid(), SIGKILL);
  }
  CHECK(WTERMSIG(wait_for(pid)) == SIGKILL);
  for (int i = 0; i < kMutexes; ++i) {
    const int expected = i % 5 == 0 ? 0 : EOWNERDEAD;
    CHECK(pthread_mutex_lock(&mutexes[i]) == expected);
    if (expected != 0) CHECK(pthread_mutex_consistent(&mutexes[i]) == 0);
    CHECK(pthread_mutex_unlock(&mutexes[i]) == 0);
  }
  CHECK(munmap(mutexes, kMutexes * sizeof(*mutexes)) == 0);
}

static void what_is_not_repaired_is_lost(void) {
  make_robust();
  const pid_t pid = start();
  if (pid == 0) {
    CHECK(pthread_mutex_lock(&shared->mutex) == 0);
    _exit(0);
  }
  CHECK(wait_for(pid) == 0);
  CHECK(pthread_mutex_lock(&shared->mutex) == EOWNERDEAD);
  CHECK(pthread_mutex_unlock(&shared->mutex) == 0);
  CHECK(pthread_mutex_lock(&shared->mutex) == ENOTRECOVERABLE);
  CHECK(pthread_mutex_trylock(&shared->mutex) == ENOTRECOVERABLE);
}

static void forked_child_does_not_own_its_parents_mutex(void) {
  make_robust();
  CHECK(pthread_mutex_lock(&shared->mutex) == 0);
  const pid_t pid = start();
  if (pid == 0) {
    CHECK(pthread_mutex_trylock(&shared->mutex) == EBUSY);
    _exit(0);
  }
  CHECK(wait_for(pid) == 0);
  CHECK(pthread_mutex_trylock(&shared->mutex) == EBUSY);
  CHECK(pthread_mutex_unlock(&shared->mutex) == 0);
}

static void stalled_mutex_of_the_dead_stays_locked(void) {
  make_mutex(PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_STALLED);
  const pid_t pid = start();
  if (pid == 0) {
    CHECK(pthread_mutex_lock(&shared->mutex) == 0);
    _exit(0);
  }
  CHECK(wait_for(pid) == 0);
  CHECK(pthread_mutex_trylock(&shared->mutex) == EBUSY);
  const struct timespec deadline = in_milliseconds(120);
  CHECK(pthread_mutex_timedlock(&shared->mutex, &deadline) == ETIMEDOUT);
}

static void timed_lock_of_a_robust_mutex_gives_up_on_the_living(void) {
  make_robust();
  CHECK(pthread_mutex_lock(&shared->mutex) == 0);
  const pid_t pid = start();
  if (pid == 0) {
    struct timespec before, after, deadline = in_milliseconds(150);
    CHECK(clock_gettime(CLOCK_MONOTONIC, &before) == 0);
    CHECK(pthread_mutex_timedlock(&shared->mutex, &deadline) == ETIMEDOUT);
    CHECK(clock_gettime(CLOCK_MONOTONIC, &after) == 0);
    const long long ns = (after.tv_sec - before.tv_sec) * 1000000000LL +
                         after.tv_nsec - before.tv_nsec;
    CHECK(ns >= 140000000);
    _exit(0);
  }
  CHECK(wait_for(pid) == 0);
  CHECK(pthread_mutex_unlock(&shared->mutex) == 0);
}

// ---- Condition variables ----

static void make_cond(void) {
  make_mutex(PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_STALLED);
  pthread_condattr_t attributes;
  CHECK(pthread_condattr_init(&attributes) == 0);
  CHECK(pthread_condattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED) == 0);
  CHECK(pthread_cond_init(&shared->cond, &attributes) == 0);
}

static void signal_wakes_another_process(void) {
  make_cond();
  const pid_t pid = start();
  if (pid == 0) {
    CHECK(pthread_mutex_lock(&shared->mutex) == 0);
    while (shared->stage == 0) {
      CHECK(pthread_cond_wait(&shared->cond, &shared->mutex) == 0);
    }
    shared->stage = 2;
    CHECK(pthread_cond_signal(&shared->cond) == 0);
    CHECK(pthread_mutex_unlock(&shared->mutex) == 0);
    _exit(0);
  }
  usleep(20000);
  CHECK(pthread_mutex_lock(&shared->mutex) == 0);
  shared->stage = 1;
  CHECK(pthread_cond_signal(&shared->cond) == 0);
  while (shared->stage != 2) {
    CHECK(pthread_cond_wait(&shared->cond, &shared->mutex) == 0);
  }
  CHECK(pthread_mutex_unlock(&shared->mutex) == 0);
  CHECK(wait_for(pid) == 0);
}

static void broadcast_wakes_all_processes(void) {
  make_cond();
  pid_t pids[kProcesses];
  for (int i = 0; i < kProcesses; ++i) {
    pids[i] = start();
    if (pids[i] != 0) continue;
    CHECK(pthread_mutex_lock(&shared->mutex) == 0);
    ++shared->counter;
    while (shared->stage == 0) {
      CHECK(pthread_cond_wait(&shared->cond, &shared->mutex) == 0);
    }
    CHECK(pthread_mutex_unlock(&shared->mutex) == 0);
    _exit(0);
  }
  while (shared->counter < kProcesses) usleep(1000);
  CHECK(pthread_mutex_lock(&shared->mutex) == 0);
  shared->stage = 1;
  CHECK(pthread_cond_broadcast(&shared->cond) == 0);
  CHECK(pthread_mutex_unlock(&shared->mutex) == 0);
  wait_for_all(pids);
}

static void timed_wait_gives_up(void) {
  make_cond();
  CHECK(pthread_mutex_lock(&shared->mutex) == 0);
  const struct timespec deadline = in_milliseconds(20);
  CHECK(pthread_cond_timedwait(&shared->cond, &shared->mutex, &deadline) ==
        ETIMEDOUT);
  CHECK(pthread_mutex_unlock(&shared->mutex) == 0);
}

// ---- Read-write locks, barriers, spin locks, semaphores ----

static int lock_to_write(void) {
  return pthread_rwlock_wrlock(&shared->rwlock);
}
static int unlock_rwlock(void) {
  return pthread_rwlock_unlock(&shared->rwlock);
}

static void writers_exclude_and_readers_share(void) {
  reset();
  pthread_rwlockattr_t attributes;
  CHECK(pthread_rwlockattr_init(&attributes) == 0);
  CHECK(pthread_rwlockattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED) ==
        0);
  CHECK(pthread_rwlock_init(&shared->rwlock, &attributes) == 0);
  CHECK(pthread_rwlock_rdlock(&shared->rwlock) == 0);
  pid_t pid = start();
  if (pid == 0) {
    CHECK(pthread_rwlock_rdlock(&shared->rwlock) == 0);
    CHECK(pthread_rwlock_unlock(&shared->rwlock) == 0);
    CHECK(pthread_rwlock_trywrlock(&shared->rwlock) == EBUSY);
    _exit(0);
  }
  CHECK(wait_for(pid) == 0);
  CHECK(pthread_rwlock_unlock(&shared->rwlock) == 0);
  count_between(lock_to_write, unlock_rwlock, kRounds);
}

static void barrier_holds_until_all_have_come(void) {
  reset();
  pthread_barrierattr_t attributes;
  CHECK(pthread_barrierattr_init(&attributes) == 0);
  CHECK(pthread_barrierattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED) ==
        0);
  CHECK(pthread_barrier_init(&shared->barrier, &attributes, kProcesses) == 0);
  pid_t pids[kProcesses];
  for (int i = 0; i < kProcesses; ++i) {
    pids[i] = start();
    if (pids[i] != 0) continue;
    int serial = 0;
    for (int round = 1; round <= 20; ++round) {
      __sync_fetch_and_add(&shared->counter, 1);
      const int result = pthread_barrier_wait(&shared->barrier);
      CHECK(result == 0 || result == PTHREAD_BARRIER_SERIAL_THREAD);
      serial += result == PTHREAD_BARRIER_SERIAL_THREAD;
      CHECK(shared->counter >= round * kProcesses);
      CHECK(pthread_barrier_wait(&shared->barrier) <= 0);
    }
    __sync_fetch_and_add(&shared->stage, serial);
    _exit(0);
  }
  wait_for_all(pids);
  CHECK(shared->counter == 20 * kProcesses);
  CHECK(shared->stage == 20);
}

static int spin(void) {
  while (pthread_spin_trylock(&shared->spin) != 0) sched_yield();
  return 0;
}
static int stop_spinning(void) { return pthread_spin_unlock(&shared->spin); }

static void spin_lock_excludes_processes(void) {
  reset();
  CHECK(pthread_spin_init(&shared->spin, PTHREAD_PROCESS_SHARED) == 0);
  count_between(spin, stop_spinning, kRounds);
}

static void semaphore_passes_tokens_between_processes(void) {
  reset();
  CHECK(sem_init(&shared->semaphore, 1, 0) == 0);
  const pid_t pid = start();
  if (pid == 0) {
    for (int i = 0; i < kRounds; ++i) {
      CHECK(sem_wait(&shared->semaphore) == 0);
      ++shared->counter;
      CHECK(sem_post(&shared->ready) == 0);
    }
    _exit(0);
  }
  for (int i = 0; i < kRounds; ++i) {
    CHECK(shared->counter == i);
    CHECK(sem_post(&shared->semaphore) == 0);
    CHECK(sem_wait(&shared->ready) == 0);
  }
  CHECK(wait_for(pid) == 0);
}

// Two mappings of one file, at different addresses.
static void objects_work_through_another_mapping(void) {
  char path[] = "/tmp/process_shared_XXXXXX";
  const int fd = mkstemp(path);
  CHECK(fd >= 0 && unlink(path) == 0 && ftruncate(fd, 4096) == 0);
  sem_t* const one =
      mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  sem_t* const two =
      mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  CHECK(one != MAP_FAILED && two != MAP_FAILED && one != two);
  CHECK(sem_init(one, 1, 0) == 0);
  const pid_t pid = start();
  if (pid == 0) {
    usleep(20000);
    _exit(sem_post(two));
  }
  CHECK(sem_wait(one) == 0);
  CHECK(wait_for(pid) == 0);
  CHECK(close(fd) == 0);
}

int main(void) {
  CASE(mutex_excludes_processes);
  CASE(robust_mutex_excludes_processes);
  CASE(only_the_owner_unlocks_a_checking_mutex);
  CASE(inheriting_mutex_excludes_processes);
  CASE(owner_that_exits_is_reported);
  CASE(owner_that_was_killed_is_reported_to_trylock);
  CASE(owner_that_is_killed_is_reported_to_a_waiter);
  CASE(owner_that_crashes_is_reported);
  CASE(owner_in_another_thread_of_an_exiting_process);
  CASE(owner_thread_that_ends_is_reported_to_another_process);
  CASE(every_mutex_of_the_dead_is_reported);
  CASE(what_is_not_repaired_is_lost);
  CASE(forked_child_does_not_own_its_parents_mutex);
  CASE(stalled_mutex_of_the_dead_stays_locked);
  CASE(timed_lock_of_a_robust_mutex_gives_up_on_the_living);
  CASE(signal_wakes_another_process);
  CASE(broadcast_wakes_all_processes);
  CASE(timed_wait_gives_up);
  CASE(writers_exclude_and_readers_share);
  CASE(barrier_holds_until_all_have_come);
  CASE(spin_lock_excludes_processes);
  CASE(semaphore_passes_tokens_between_processes);
  CASE(objects_work_through_another_mapping);
  return 0;
}
