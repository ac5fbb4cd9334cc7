// Ends in the way that its first argument names; see crash_test.py.

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Volatile, so that the compiler cannot see what will happen.
static volatile long zero = 0, some = 42;
static char* volatile nowhere = NULL;
static char* volatile far_away = (char*)(1UL << 45);

static long Recurse(volatile char* below) {
  volatile char frame[256];
  frame[0] = below ? below[0] : 0;
  return Recurse(frame) + frame[0];
}

static void* RecurseInThread(void* unused) {
  return (void*)Recurse(unused);
}

static void OnSegv(int signal) {
  (void)signal;
  static const char text[] = "handled\n";
  write(1, text, sizeof(text) - 1);
  _exit(7);
}

int main(int argc, char** argv) {
  const char* how = argc > 1 ? argv[1] : "";
  if (!strcmp(how, "exit")) return atoi(argv[2]);
  if (!strcmp(how, "null")) *nowhere = 1;
  if (!strcmp(how, "far")) *far_away = 1;
  if (!strcmp(how, "stack")) return (int)Recurse(NULL);
  if (!strcmp(how, "thread-stack")) {
    pthread_t thread;
    pthread_create(&thread, NULL, RecurseInThread, NULL);
    pthread_join(thread, NULL);
  }
  if (!strcmp(how, "unreachable")) __builtin_trap();
  if (!strcmp(how, "divide")) return (int)(some / zero);
  if (!strcmp(how, "abort")) abort();
  if (!strcmp(how, "kill")) raise(SIGKILL);
  if (!strcmp(how, "term")) raise(SIGTERM);
  if (!strcmp(how, "handler")) {
    signal(SIGSEGV, OnSegv);
    *nowhere = 1;
  }
  fprintf(stderr, "still alive after %s\n", how);
  return 99;
}
