// Libraries and threads: thread-local variables, and loading while others run.
#include <dlfcn.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "check.h"

enum { kThreads = 8, kLibraries = 20 };

static int (*_Atomic next_per_thread)(void);
static sem_t loaded, counted;

static void* count_own(void* argument) {
  if (argument != NULL) CHECK(sem_wait(&loaded) == 0);
  int sum = 0;
  for (int i = 0; i < 100; ++i) sum += next_per_thread();
  CHECK(sem_post(&counted) == 0);
  return (void*)(long)sum;
}

// Threads from before and from after the loading have their own variables.
static void variables(void* library) {
  pthread_t threads[kThreads];
  for (int i = 0; i < kThreads; ++i) {
    CHECK(pthread_create(&threads[i], NULL, count_own, &loaded) == 0);
  }
  void* const again = dlopen("./libcounter.so", RTLD_NOW);
  CHECK(again != NULL && (library == NULL || again == library));
  int* const mine = dlsym(again, "per_thread");
  next_per_thread = (int (*)(void))dlsym(again, "next_per_thread");
  CHECK(mine != NULL && next_per_thread != NULL);
  for (int i = 0; i < kThreads; ++i) CHECK(sem_post(&loaded) == 0);
  pthread_t later;
  CHECK(pthread_create(&later, NULL, count_own, NULL) == 0);
  void* sum = NULL;
  for (int i = 0; i < kThreads; ++i) {
    CHECK(pthread_join(threads[i], &sum) == 0);
    CHECK((long)sum == 100 * (7 + 4) + 2 * 99 * 100 / 2);
  }
  CHECK(pthread_join(later, &sum) == 0);
  printf("%ld, mine %d\n", (long)sum, *mine);
}

static void copy(const char* from, const char* to) {
  FILE* const in = fopen(from, "r");
  FILE* const out = fopen(to, "w");
  CHECK(in != NULL && out != NULL);
  for (int c; (c = getc(in)) != EOF;) CHECK(putc(c, out) != EOF);
  CHECK(fclose(in) == 0 && fclose(out) == 0);
}

static atomic_bool stop;
static void* compute(void* argument) {
  atomic_long* const steps = argument;
  while (!stop) {
    char text[32];
    snprintf(text, sizeof(text), "%ld", (long)*steps);
    *steps = atol(text) + 1;
  }
  return NULL;
}

// Half of the libraries are loaded by another thread at the same time.
static void* load_some(void* argument) {
  const int first = (int)(long)argument;
  for (int i = first; i < kLibraries; i += 2) {
    char path[32];
    snprintf(path, sizeof(path), "./copy%d.so", i);
    void* const library = dlopen(path, RTLD_NOW);
    CHECK(library != NULL);
    int* const count = dlsym(library, "count");
    CHECK(*count == 40);
    *count = i;
    CHECK(((int (*)(int))dlsym(library, "base_add"))(1) == i + 1);
  }
  return NULL;
}

static void many(void) {
  for (int i = 0; i < kLibraries; ++i) {
    char path[32];
    snprintf(path, sizeof(path), "copy%d.so", i);
    copy("libplain.so", path);
  }
  atomic_long steps[2] = {0, 0};
  pthread_t computing[2], loading;
  for (int i = 0; i < 2; ++i) {
    CHECK(pthread_create(&computing[i], NULL, compute, &steps[i]) == 0);
  }
  CHECK(pthread_create(&loading, NULL, load_some, (void*)1L) == 0);
  load_some((void*)0L);
  CHECK(pthread_join(loading, NULL) == 0);
  for (int i = 0; i < 2; ++i) {
    while (steps[i] == 0) sched_yield();
  }
  stop = true;
  for (int i = 0; i < 2; ++i) CHECK(pthread_join(computing[i], NULL) == 0);
  printf("%d libraries\n", kLibraries);
}

// A child has the parent's libraries, and may load others.
static void forked(void* library) {
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    const int value = ((int (*)(void))dlsym(library, "next_per_thread"))();
    void* const other = dlopen("./libbase.so", RTLD_NOW);
    CHECK(other != NULL);
    _exit(value + ((int (*)(int))dlsym(other, "base_add"))(2));
  }
  int status = 0;
  CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
  printf("child %d\n", WEXITSTATUS(status));
}

int main(void) {
  setbuf(stdout, NULL);
  CHECK(sem_init(&loaded, 0, 0) == 0 && sem_init(&counted, 0, 0) == 0);
  variables(NULL);
  void* const library = dlopen("./libcounter.so", RTLD_NOW);
  forked(library);
  many();
  // Nobody sees the compiler: there is no child to wait for.
  CHECK_ERRNO(ECHILD, waitpid(-1, NULL, WNOHANG));
  return 0;
}
