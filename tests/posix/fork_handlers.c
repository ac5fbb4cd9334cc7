// fork of a program with threads: handlers and their order, and what a child
// can use whatever the other threads were doing.
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

static char order[64];
static size_t steps;

static void note(char step) {
  CHECK(steps + 1 < sizeof(order));
  order[steps++] = step;
}
static void prepare_1(void) { note('a'); }
static void parent_1(void) { note('b'); }
static void child_1(void) { note('c'); }
static void prepare_2(void) { note('d'); }
static void parent_2(void) { note('e'); }
static void child_2(void) { note('f'); }

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static void lock(void) { CHECK(pthread_mutex_lock(&mutex) == 0); }
static void unlock(void) { CHECK(pthread_mutex_unlock(&mutex) == 0); }

static void succeeds(pid_t child) {
  int status;
  CHECK(waitpid(child, &status, 0) == child && status == 0);
}

static void handlers_run_in_order(void) {
  CHECK(pthread_atfork(prepare_1, parent_1, child_1) == 0);
  CHECK(pthread_atfork(prepare_2, parent_2, child_2) == 0);
  CHECK(pthread_atfork(NULL, NULL, NULL) == 0);
  memset(order, 0, sizeof(order));
  steps = 0;
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    CHECK(!strcmp(order, "dacf"));
    _exit(0);
  }
  CHECK(!strcmp(order, "dabe"));
  succeeds(child);
}

static atomic_int done, running;

static void* takes_the_lock(void* unused) {
  atomic_fetch_add(&running, 1);
  while (!atomic_load(&done)) {
    lock();
    unlock();
  }
  return unused;
}

static void* allocates(void* unused) {
  atomic_fetch_add(&running, 1);
  while (!atomic_load(&done)) {
    void* volatile block = malloc((size_t)rand() % 100000 + 1);
    free(block);
  }
  return unused;
}

static void* prints(void* unused) {
  FILE* const null = fopen("/dev/null", "w");
  CHECK(null != NULL);
  atomic_fetch_add(&running, 1);
  while (!atomic_load(&done)) fprintf(null, "%d %s\n", 1, "text");
  fclose(null);
  return unused;
}

static void start(pthread_t* threads, int count, void* (*body)(void*)) {
  atomic_store(&done, 0);
  atomic_store(&running, 0);
  for (int i = 0; i < count; ++i) {
    CHECK(pthread_create(&threads[i], NULL, body, NULL) == 0);
  }
  while (atomic_load(&running) < count) usleep(100);
}

static void stop(pthread_t* threads, int count) {
  atomic_store(&done, 1);
  for (int i = 0; i < count; ++i) {
    CHECK(pthread_join(threads[i], NULL) == 0);
  }
}

static void handlers_keep_locks_usable(void) {
  pthread_t threads[3];
  CHECK(pthread_atfork(lock, unlock, unlock) == 0);
  start(threads, 3, takes_the_lock);
  for (int i = 0; i < 20; ++i) {
    steps = 0;
    const pid_t child = fork();
    if (child == 0) {
      lock();
      unlock();
      _exit(0);
    }
    succeeds(child);
  }
  stop(threads, 3);
}

static void* ends(void* unused) { return unused; }

static void children_allocate_and_start_threads(void) {
  pthread_t threads[3];
  start(threads, 3, allocates);
  for (int i = 0; i < 20; ++i) {
    steps = 0;
    const pid_t child = fork();
    if (child == 0) {
      for (size_t size = 1; size < 1 << 20; size *= 3) {
        char* const block = malloc(size);
        CHECK(block != NULL);
        block[size - 1] = 1;
        free(block);
      }
      pthread_t thread;
      CHECK(pthread_create(&thread, NULL, ends, NULL) == 0);
      CHECK(pthread_join(thread, NULL) == 0);
      _exit(0);
    }
    succeeds(child);
  }
  stop(threads, 3);
}

static void children_print(void) {
  pthread_t threads[2];
  start(threads, 2, prints);
  for (int i = 0; i < 20; ++i) {
    steps = 0;
    const pid_t child = fork();
    if (child == 0) {
      char text[64];
      CHECK(snprintf(text, sizeof(text), "%d-%s", 5, "x") == 3);
      FILE* const null = fopen("/dev/null", "w");
      CHECK(null != NULL && fputs("child\n", null) >= 0 && fclose(null) == 0);
      _exit(0);
    }
    succeeds(child);
  }
  stop(threads, 2);
}

static pthread_key_t key;
static void* forks(void* value) {
  CHECK(pthread_setspecific(key, value) == 0);
  steps = 0;
  const pid_t child = fork();
  if (child == 0) {
    // The thread that forked is the child's only one, with what it had.
    CHECK(pthread_getspecific(key) == value);
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, ends, NULL) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    _exit(0);
  }
  succeeds(child);
  return NULL;
}

static void any_thread_may_fork(void) {
  CHECK(pthread_key_create(&key, NULL) == 0);
  for (long i = 1; i <= 10; ++i) {
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, forks, (void*)i) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
  }
}

static void* child_ends_as_a_thread(void* unused) {
  steps = 0;
  const pid_t child = fork();
  if (child == 0) {
    // The first thread of its process now, whatever it was before.
    for (;;) syscall(SYS_exit, 5);
  }
  int status;
  CHECK(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 5);
  return unused;
}

static void the_status_of_a_childs_only_thread(void) {
  for (int i = 0; i < 10; ++i) {
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, child_ends_as_a_thread, NULL) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
  }
}

static void a_family_of_processes(void) {
  for (int i = 0; i < 5; ++i) {
    steps = 0;
    const pid_t child = fork();
    if (child == 0) {
      steps = 0;
      const pid_t grandchild = fork();
      if (grandchild == 0) _exit(0);
      succeeds(grandchild);
      _exit(0);
    }
    succeeds(child);
  }
}

int main(void) {
  CASE(handlers_run_in_order);
  CASE(handlers_keep_locks_usable);
  CASE(children_allocate_and_start_threads);
  CASE(children_print);
  CASE(any_thread_may_fork);
  CASE(the_status_of_a_childs_only_thread);
  CASE(a_family_of_processes);
  return 0;
}
