// fork: separate memory, shared descriptors, exit status, waiting, orphans.
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

static int global = 1;
static _Thread_local int local = 5;

static int wait_status(pid_t child) {
  int status = -1;
  CHECK(waitpid(child, &status, 0) == child);
  return status;
}

static void memory_is_copied(void) {
  int* heap = malloc(1 << 20);
  int stack = 3;
  heap[1000] = 2;
  int ends[2];
  CHECK(pipe(ends) == 0);
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    CHECK(global == 1 && heap[1000] == 2 && stack == 3 && local == 5);
    global = heap[1000] = stack = local = 100;
    CHECK(getppid() != getpid());
    char* grown = malloc(8 << 20);
    memset(grown, 1, 8 << 20);
    free(grown);
    CHECK(write(ends[1], "done", 4) == 4);
    exit(42);
  }
  char buffer[8];
  CHECK(read(ends[0], buffer, 8) == 4);
  const int status = wait_status(child);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 42);
  CHECK(global == 1 && heap[1000] == 2 && stack == 3 && local == 5);
  CHECK_ERRNO(ECHILD, waitpid(child, NULL, 0));
  close(ends[0]), close(ends[1]);
  free(heap);
}

static void waiting(void) {
  int ends[2];
  CHECK(pipe(ends) == 0);
  const pid_t child = fork();
  if (child == 0) {
    char byte;
    CHECK(close(ends[1]) == 0);
    CHECK(read(ends[0], &byte, 1) == 0);
    _exit(1);
  }
  int status;
  CHECK(waitpid(child, &status, WNOHANG) == 0);
  CHECK(close(ends[0]) == 0 && close(ends[1]) == 0);
  CHECK(wait(&status) == child && WEXITSTATUS(status) == 1);
  CHECK_ERRNO(ECHILD, wait(&status));
}

static void many(void) {
  pid_t children[32];
  for (int i = 0; i < 32; i++) {
    children[i] = fork();
    if (children[i] == 0) _exit(i);
  }
  for (int i = 31; i >= 0; i--)
    CHECK(WEXITSTATUS(wait_status(children[i])) == i);
}

static void grandchildren(void) {
  int ends[2];
  CHECK(pipe(ends) == 0);
  const pid_t child = fork();
  if (child == 0) {
    if (fork() == 0) {
      const pid_t parent = getppid();
      while (getppid() == parent) usleep(1000);  // until it is an orphan
      CHECK(write(ends[1], "orphan", 6) == 6);
      _exit(0);
    }
    usleep(20000);
    _exit(0);
  }
  CHECK(wait_status(child) == 0);
  char buffer[8];
  CHECK(read(ends[0], buffer, 8) == 6);
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static void* increment(void* unused) {
  for (int i = 0; i < 1000; i++) {
    pthread_mutex_lock(&mutex);
    global++;
    pthread_mutex_unlock(&mutex);
  }
  return unused;
}

static void threads_in_a_child(void) {
  pthread_t thread;
  CHECK(pthread_create(&thread, NULL, increment, NULL) == 0);
  CHECK(pthread_join(thread, NULL) == 0);
  const pid_t child = fork();
  if (child == 0) {
    pthread_t threads[4];
    global = 0;
    for (int i = 0; i < 4; i++)
      pthread_create(&threads[i], NULL, increment, NULL);
    for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
    _exit(global == 4000 ? 0 : 1);
  }
  CHECK(wait_status(child) == 0);
}

static void at_exit(void) {
  printf("at exit in %s\n", global < 0 ? "child" : "parent");
}
static int prepared, in_parent, in_child;
static void prepare(void) { prepared++; }
static void parent(void) { in_parent++; }
static void child_handler(void) { in_child++; }

int main(void) {
  CASE(memory_is_copied);
  CASE(waiting);
  CASE(many);
  CASE(grandchildren);
  CASE(threads_in_a_child);
  CHECK(pthread_atfork(prepare, parent, child_handler) == 0);
  CHECK(atexit(at_exit) == 0);
  fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    CHECK(prepared == 1 && in_parent == 0 && in_child == 1);
    global = -1;
    exit(0);
  }
  CHECK(wait_status(child) == 0);
  CHECK(prepared == 1 && in_parent == 1 && in_child == 0);
  return 0;
}
