// Forking while other threads allocate, lock and write to streams: the child
// has one thread and a working libc.
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

enum { kThreads = 4, kForks = 100 };

static atomic_int stop;

static void* churn(void* argument) {
  FILE* sink = argument;
  unsigned seed = 1;
  while (!atomic_load(&stop)) {
    char* block = malloc((size_t)rand_r(&seed) % 100000 + 1);
    CHECK(block != NULL);
    block[0] = 1;
    fprintf(sink, "%p\n", (void*)block);
    free(block);
  }
  return NULL;
}

static void* quick(void* argument) { return argument; }

static void child(int number) {
  char* block = malloc(1 << 18);
  CHECK(block != NULL);
  memset(block, number, 1 << 18);
  free(block);
  pthread_t thread;
  void* result;
  CHECK(pthread_create(&thread, NULL, quick, block) == 0);
  CHECK(pthread_join(thread, &result) == 0 && result == block);
  _exit(number & 0x7f);
}

int main(void) {
  FILE* sink = fopen("/dev/null", "w");
  CHECK(sink != NULL);
  pthread_t threads[kThreads];
  for (int i = 0; i < kThreads; i++) {
    CHECK(pthread_create(&threads[i], NULL, churn, sink) == 0);
  }
  for (int i = 0; i < kForks; i++) {
    const pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) child(i);
    int status;
    CHECK(waitpid(pid, &status, 0) == pid);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == (i & 0x7f));
  }
  atomic_store(&stop, 1);
  for (int i = 0; i < kThreads; i++) CHECK(pthread_join(threads[i], NULL) == 0);
  puts("fork among threads ok");
  return 0;
}
