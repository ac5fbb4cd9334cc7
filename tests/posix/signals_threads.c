// Signals and threads: to whom they go, masks, waiting for them in one thread.
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static atomic_int ready, done, handled_by, count;

static pid_t tid(void) { return (pid_t)syscall(SYS_gettid); }

static void on_signal(int signal) {
  (void)signal;
  atomic_store(&handled_by, tid());
  atomic_fetch_add(&count, 1);
}

static void install(int signal, int flags) {
  struct sigaction action = {.sa_handler = on_signal, .sa_flags = flags};
  CHECK(sigaction(signal, &action, NULL) == 0);
  atomic_store(&count, 0);
  atomic_store(&handled_by, 0);
}

static sigset_t only(int signal) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signal);
  return set;
}

static void await(atomic_int* value) {
  for (int i = 0; i < 10000 && !atomic_load(value); ++i) usleep(1000);
  CHECK(atomic_load(value));
}

static pthread_t start(void* (*body)(void*), void* argument) {
  pthread_t thread;
  atomic_store(&ready, 0);
  atomic_store(&done, 0);
  CHECK(pthread_create(&thread, NULL, body, argument) == 0);
  await(&ready);
  return thread;
}

static void* computes(void* unused) {
  atomic_store(&ready, tid());
  while (!atomic_load(&done)) {
  }
  return unused;
}

static void* sleeps(void* unused) {
  atomic_store(&ready, tid());
  while (!atomic_load(&done)) usleep(100000);
  return unused;
}

static void a_thread_is_meant(void* (*body)(void*)) {
  install(SIGUSR1, 0);
  const pthread_t thread = start(body, NULL);
  CHECK(pthread_kill(thread, SIGUSR1) == 0);
  await(&count);
  CHECK(atomic_load(&handled_by) == atomic_load(&ready));
  atomic_store(&done, 1);
  CHECK(pthread_join(thread, NULL) == 0);
}

static void a_computing_thread_is_interrupted(void) {
  a_thread_is_meant(computes);
}
static void a_sleeping_thread_is_woken(void) { a_thread_is_meant(sleeps); }

static void* blocks(void* unused) {
  const sigset_t set = only(SIGUSR1);
  CHECK(pthread_sigmask(SIG_BLOCK, &set, NULL) == 0);
  return sleeps(unused);
}

static void who_does_not_block_it_gets_it(void) {
  install(SIGUSR1, 0);
  const pthread_t thread = start(blocks, NULL);
  for (int i = 1; i <= 20; ++i) {
    CHECK(kill(getpid(), SIGUSR1) == 0);
    while (atomic_load(&count) < i) usleep(100);
    CHECK(atomic_load(&handled_by) == getpid());
  }
  atomic_store(&done, 1);
  CHECK(pthread_join(thread, NULL) == 0);
}

static void* inherits(void* unused) {
  sigset_t set;
  CHECK(pthread_sigmask(SIG_BLOCK, NULL, &set) == 0);
  CHECK(sigismember(&set, SIGUSR2) == 1 && sigismember(&set, SIGUSR1) == 0);
  // What was pending for the creator is not pending here.
  CHECK(sigpending(&set) == 0 && sigismember(&set, SIGUSR2) == 0);
  atomic_store(&ready, 1);
  return unused;
}

static void masks_are_inherited(void) {
  const sigset_t set = only(SIGUSR2);
  install(SIGUSR2, 0);
  CHECK(pthread_sigmask(SIG_BLOCK, &set, NULL) == 0);
  CHECK(pthread_kill(pthread_self(), SIGUSR2) == 0);
  CHECK(pthread_join(start(inherits, NULL), NULL) == 0);
  CHECK(atomic_load(&count) == 0);
  CHECK(pthread_sigmask(SIG_UNBLOCK, &set, NULL) == 0);
  CHECK(atomic_load(&count) == 1);
}

static void* takes_signals(void* unused) {
  const sigset_t set = only(SIGTERM);
  int signal;
  atomic_store(&ready, 1);
  for (int i = 0; i < 3; ++i) {
    CHECK(sigwait(&set, &signal) == 0 && signal == SIGTERM);
    atomic_fetch_add(&count, 1);
  }
  return unused;
}

static void one_thread_waits_for_all(void) {
  const sigset_t set = only(SIGTERM);
  atomic_store(&count, 0);
  CHECK(pthread_sigmask(SIG_BLOCK, &set, NULL) == 0);
  const pthread_t thread = start(takes_signals, NULL);
  for (int i = 1; i <= 3; ++i) {
    CHECK(kill(getpid(), SIGTERM) == 0);
    while (atomic_load(&count) < i) usleep(100);
  }
  CHECK(pthread_join(thread, NULL) == 0);
  CHECK(pthread_sigmask(SIG_UNBLOCK, &set, NULL) == 0);
}

static void* waits_with_value(void* unused) {
  const sigset_t set = only(SIGRTMIN + 1);
  siginfo_t info;
  atomic_store(&ready, 1);
  CHECK(sigwaitinfo(&set, &info) == SIGRTMIN + 1);
  CHECK(info.si_code == SI_QUEUE && info.si_value.sival_int == 42);
  CHECK(info.si_pid == getpid() && info.si_uid == getuid());
  return unused;
}

static void a_value_reaches_a_thread(void) {
  const sigset_t set = only(SIGRTMIN + 1);
  CHECK(pthread_sigmask(SIG_BLOCK, &set, NULL) == 0);
  const pthread_t thread = start(waits_with_value, NULL);
  CHECK(sigqueue(getpid(), SIGRTMIN + 1, (union sigval){.sival_int = 42}) == 0);
  CHECK(pthread_join(thread, NULL) == 0);
  CHECK(pthread_sigmask(SIG_UNBLOCK, &set, NULL) == 0);
}

static void pending_belongs_to_a_thread_or_to_all(void) {
  const sigset_t both = only(SIGUSR1);
  sigset_t pending;
  install(SIGUSR1, 0);
  CHECK(pthread_sigmask(SIG_BLOCK, &both, NULL) == 0);
  const pthread_t thread = start(blocks, NULL);
  CHECK(pthread_kill(thread, SIGUSR1) == 0);
  CHECK(sigpending(&pending) == 0 && !sigismember(&pending, SIGUSR1));
  CHECK(kill(getpid(), SIGUSR1) == 0);
  CHECK(sigpending(&pending) == 0 && sigismember(&pending, SIGUSR1));
  atomic_store(&done, 1);
  CHECK(pthread_join(thread, NULL) == 0 && atomic_load(&count) == 0);
  CHECK(pthread_sigmask(SIG_UNBLOCK, &both, NULL) == 0);
  CHECK(atomic_load(&count) == 1);
}

static void* many(void* unused) {
  for (int i = 0; i < 200; ++i) CHECK(kill(getpid(), SIGRTMIN) == 0);
  return unused;
}

static void none_of_many_is_lost(void) {
  pthread_t threads[4];
  install(SIGRTMIN, SA_RESTART);
  for (int i = 0; i < 4; ++i) {
    CHECK(pthread_create(&threads[i], NULL, many, NULL) == 0);
  }
  for (int i = 0; i < 4; ++i) CHECK(pthread_join(threads[i], NULL) == 0);
  for (int i = 0; i < 10000 && atomic_load(&count) < 800; ++i) usleep(1000);
  CHECK(atomic_load(&count) == 800);
}

static void* ends(void* unused) { return unused; }

static void zero_asks_whether_it_lives(void) {
  const pthread_t thread = start(sleeps, NULL);
  const pid_t other = atomic_load(&ready);
  CHECK(pthread_kill(thread, 0) == 0);
  CHECK(pthread_kill(thread, 999) == EINVAL);
  CHECK(syscall(SYS_tgkill, getpid(), other, 0) == 0);
  CHECK_ERRNO(EINVAL, (int)syscall(SYS_tgkill, getpid(), 0, 0));
  atomic_store(&done, 1);
  CHECK(pthread_join(thread, NULL) == 0);
  for (int i = 0; i < 1000 && syscall(SYS_tgkill, getpid(), other, 0) == 0; ++i)
    usleep(1000);
  CHECK_ERRNO(ESRCH, (int)syscall(SYS_tgkill, getpid(), other, 0));
  pthread_t quick;
  CHECK(pthread_create(&quick, NULL, ends, NULL) == 0);
  CHECK(pthread_join(quick, NULL) == 0);
}

static atomic_int interrupted;

static void wakes(int signal) {
  static int word;
  (void)signal;
  // Whoever posts a semaphore does not look for EINTR, which Linux never
  // answers.
  if (syscall(SYS_futex, &word, 1L /* FUTEX_WAKE */, 1L, 0L, 0L, 0L) != 0) {
    atomic_fetch_add(&interrupted, 1);
  }
  atomic_fetch_add(&count, 1);
}

static void* floods(void* receiver) {
  for (int i = 0; i < 10000; ++i) {
    CHECK(pthread_kill(*(const pthread_t*)receiver, SIGUSR1) == 0);
    CHECK(pthread_kill(*(const pthread_t*)receiver, SIGUSR2) == 0);
  }
  atomic_store(&done, 1);
  return NULL;
}

static void what_does_not_wait_is_not_interrupted(void) {
  const struct sigaction action = {.sa_handler = wakes};  // no SA_RESTART
  CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
  CHECK(sigaction(SIGUSR2, &action, NULL) == 0);
  const pthread_t self = pthread_self();
  pthread_t thread;
  atomic_store(&count, 0);
  atomic_store(&done, 0);
  CHECK(pthread_create(&thread, NULL, floods, (void*)&self) == 0);
  while (!atomic_load(&done)) usleep(1);
  CHECK(pthread_join(thread, NULL) == 0);
  CHECK(atomic_load(&interrupted) == 0);
}

static void groups_are_positive(void) {
  CHECK_ERRNO(EINVAL, killpg(-1, 0));
  CHECK_ERRNO(EINVAL, killpg(-getpgrp(), 0));
  CHECK_ERRNO(EINVAL, kill(getpid(), -1));
  CHECK_ERRNO(EINVAL, kill(getpid(), 65));
}

int main(void) {
  CASE(a_computing_thread_is_interrupted);
  CASE(a_sleeping_thread_is_woken);
  CASE(who_does_not_block_it_gets_it);
  CASE(masks_are_inherited);
  CASE(one_thread_waits_for_all);
  CASE(a_value_reaches_a_thread);
  CASE(pending_belongs_to_a_thread_or_to_all);
  CASE(none_of_many_is_lost);
  CASE(zero_asks_whether_it_lives);
  CASE(what_does_not_wait_is_not_interrupted);
  CASE(groups_are_positive);
  return 0;
}
