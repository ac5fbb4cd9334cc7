// Threads: attributes, names, ends of every kind, C11's interface, many at
// once.
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static void* in_thread(void* (*body)(void*), void* argument,
                       const pthread_attr_t* attributes) {
  pthread_t thread;
  void* result;
  CHECK(pthread_create(&thread, attributes, body, argument) == 0);
  CHECK(pthread_join(thread, &result) == 0);
  return result;
}

static void* return_argument(void* argument) { return argument; }
static void* exit_with(void* argument) { pthread_exit(argument); }
static void results_are_joined(void) {
  CHECK(in_thread(return_argument, (void*)5, NULL) == (void*)5);
  CHECK(in_thread(exit_with, (void*)6, NULL) == (void*)6);
}

static void joining_can_be_tried(void) {
  pthread_t thread;
  void* result;
  CHECK(pthread_create(&thread, NULL, return_argument, NULL) == 0);
  while (pthread_tryjoin_np(thread, &result) == EBUSY) usleep(1000);
  CHECK(result == NULL);
}

static sem_t done;
static void* post(void* unused) {
  (void)unused;
  sem_post(&done);
  return NULL;
}
static void detached_threads_end_alone(void) {
  pthread_attr_t attributes;
  pthread_t thread;
  int state;
  sem_init(&done, 0, 0);
  pthread_attr_init(&attributes);
  CHECK(pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED) == 0);
  CHECK(pthread_attr_getdetachstate(&attributes, &state) == 0);
  CHECK(state == PTHREAD_CREATE_DETACHED);
  for (int i = 0; i < 20; ++i)
    CHECK(pthread_create(&thread, &attributes, post, NULL) == 0);
  for (int i = 0; i < 20; ++i) CHECK(sem_wait(&done) == 0);
  CHECK(pthread_create(&thread, NULL, post, NULL) == 0 &&
        pthread_detach(thread) == 0);
  CHECK(sem_wait(&done) == 0);
}

static void* use_stack(void* size) {
  volatile char block[700 * 1024];
  block[0] = 1;
  block[sizeof(block) - 1] = 1;
  return size;
}
static void stacks_have_the_size_asked_for(void) {
  pthread_attr_t attributes;
  size_t size = 0;
  pthread_attr_init(&attributes);
  CHECK(pthread_attr_setstacksize(&attributes, 1 << 20) == 0);
  CHECK(pthread_attr_getstacksize(&attributes, &size) == 0 && size == 1 << 20);
  CHECK(in_thread(use_stack, &size, &attributes) == &size);
  CHECK(pthread_attr_setstacksize(&attributes, 10) == EINVAL);
}

static void* find_own_stack(void* unused) {
  (void)unused;
  pthread_attr_t attributes;
  void* stack;
  size_t size;
  char local;
  CHECK(pthread_getattr_np(pthread_self(), &attributes) == 0);
  CHECK(pthread_attr_getstack(&attributes, &stack, &size) == 0);
  CHECK(&local > (char*)stack && &local < (char*)stack + size);
  pthread_attr_destroy(&attributes);
  return NULL;
}
static void a_thread_knows_its_stack(void) {
  in_thread(find_own_stack, NULL, NULL);
  find_own_stack(NULL);
}

static void names_are_kept(void) {
  char name[16];
  CHECK(pthread_setname_np(pthread_self(), "worker") == 0);
  CHECK(pthread_getname_np(pthread_self(), name, sizeof(name)) == 0);
  CHECK(!strcmp(name, "worker"));
  CHECK(pthread_setname_np(pthread_self(), "a name that is too long") ==
        ERANGE);
}

static void clean(void* semaphore) { sem_post(semaphore); }
static void* wait_for_cancel(void* cleaned) {
  pthread_cleanup_push(clean, cleaned);
  for (;;) pause();
  pthread_cleanup_pop(0);
  return NULL;
}
static void cancellation_runs_cleanups(void) {
  pthread_t thread;
  void* result;
  CHECK(pthread_create(&thread, NULL, wait_for_cancel, &done) == 0);
  usleep(5000);
  CHECK(pthread_cancel(thread) == 0 && pthread_join(thread, &result) == 0);
  CHECK(result == PTHREAD_CANCELED && sem_trywait(&done) == 0);
}

static void* not_cancelled(void* unused) {
  (void)unused;
  CHECK(pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL) == 0);
  pthread_cancel(pthread_self());
  usleep(1000);
  pthread_testcancel();
  return (void*)1;
}
static void cancellation_can_be_disabled(void) {
  CHECK(in_thread(not_cancelled, NULL, NULL) == (void*)1);
}

static void* block_everything(void* unused) {
  (void)unused;
  sigset_t mask;
  CHECK(pthread_sigmask(SIG_BLOCK, NULL, &mask) == 0);
  CHECK(sigismember(&mask, SIGUSR1));
  sigaddset(&mask, SIGUSR2);
  CHECK(pthread_sigmask(SIG_SETMASK, &mask, NULL) == 0);
  return NULL;
}
static void masks_are_inherited_and_own(void) {
  sigset_t mask;
  sigemptyset(&mask);
  sigaddset(&mask, SIGUSR1);
  CHECK(pthread_sigmask(SIG_SETMASK, &mask, NULL) == 0);
  in_thread(block_everything, NULL, NULL);
  CHECK(pthread_sigmask(SIG_BLOCK, NULL, &mask) == 0 &&
        !sigismember(&mask, SIGUSR2));
  sigemptyset(&mask);
  pthread_sigmask(SIG_SETMASK, &mask, NULL);
}

static void* burn(void* clock) {
  for (volatile int i = 0; i < 3000000; ++i) {
  }
  struct timespec time;
  CHECK(pthread_getcpuclockid(pthread_self(), clock) == 0);
  CHECK(clock_gettime(*(clockid_t*)clock, &time) == 0);
  CHECK(time.tv_sec > 0 || time.tv_nsec > 0);
  CHECK(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0);
  return NULL;
}
static void processor_time_is_per_thread(void) {
  clockid_t clock;
  in_thread(burn, &clock, NULL);
  struct timespec time;
  CHECK(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0);
}

static _Thread_local int local = 7;
static void* change_local(void* unused) {
  (void)unused;
  CHECK(local == 7);
  local = 8;
  return &local;
}
static void thread_locals_are_separate(void) {
  local = 9;
  CHECK(in_thread(change_local, NULL, NULL) != &local && local == 9);
}

static int c11_body(void* argument) { return *(int*)argument + 1; }
static void c11_threads_work(void) {
  thrd_t thread;
  int value = 41, result = 0;
  CHECK(thrd_create(&thread, c11_body, &value) == thrd_success);
  CHECK(thrd_join(thread, &result) == thrd_success && result == 42);
  mtx_t mutex;
  CHECK(mtx_init(&mutex, mtx_plain) == thrd_success);
  CHECK(mtx_lock(&mutex) == thrd_success && mtx_trylock(&mutex) == thrd_busy);
  CHECK(mtx_unlock(&mutex) == thrd_success);
  mtx_destroy(&mutex);
  cnd_t condition;
  CHECK(cnd_init(&condition) == thrd_success &&
        cnd_signal(&condition) == thrd_success);
  cnd_destroy(&condition);
  tss_t key;
  CHECK(tss_create(&key, NULL) == thrd_success &&
        tss_set(key, &value) == thrd_success);
  CHECK(tss_get(key) == &value);
}

enum { kMany = 1000 };
static pthread_barrier_t all;
static void* stand(void* unused) {
  (void)unused;
  pthread_barrier_wait(&all);
  return NULL;
}
static void a_thousand_are_alive_at_once(void) {
  static pthread_t threads[kMany];
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 64 << 10);
  CHECK(pthread_barrier_init(&all, NULL, kMany + 1) == 0);
  for (int i = 0; i < kMany; ++i) {
    CHECK(pthread_create(&threads[i], &attributes, stand, NULL) == 0);
  }
  stand(NULL);
  for (int i = 0; i < kMany; ++i) CHECK(pthread_join(threads[i], NULL) == 0);
}

static void* outlive(void* unused) {
  (void)unused;
  usleep(20000);
  exit(3);
}
static void the_first_thread_may_end_first(void) {
  const pid_t child = fork();
  if (child == 0) {
    pthread_t thread;
    pthread_create(&thread, NULL, outlive, NULL);
    pthread_exit(NULL);
  }
  int status;
  CHECK(waitpid(child, &status, 0) == child && status == 3 << 8);
}

int main(void) {
  CASE(results_are_joined);
  CASE(joining_can_be_tried);
  CASE(detached_threads_end_alone);
  CASE(stacks_have_the_size_asked_for);
  CASE(a_thread_knows_its_stack);
  CASE(names_are_kept);
  CASE(cancellation_runs_cleanups);
  CASE(cancellation_can_be_disabled);
  CASE(masks_are_inherited_and_own);
  CASE(processor_time_is_per_thread);
  CASE(thread_locals_are_separate);
  CASE(c11_threads_work);
  CASE(a_thousand_are_alive_at_once);
  CASE(the_first_thread_may_end_first);
  return 0;
}
