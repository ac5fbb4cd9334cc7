// Functions that are called by another type than they have: what C leaves
// undefined and programs for Linux do all the time.

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/posix/check.h"

static volatile int calls;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void handler_without_parameters() { ++calls; }

static void a_handler_needs_no_parameters(void) {
  CHECK(signal(SIGUSR1, handler_without_parameters) != SIG_ERR);
  CHECK(raise(SIGUSR1) == 0 && calls == 1);
  struct sigaction action = {.sa_flags = SA_SIGINFO};
  action.sa_sigaction =
      (void (*)(int, siginfo_t*, void*))(void*)handler_without_parameters;
  CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
  CHECK(raise(SIGUSR1) == 0 && calls == 2);
}

static void* locks(void* argument) {
  CHECK(pthread_mutex_lock(&mutex) == 0);
  pthread_cleanup_push((void (*)(void*))(void*)pthread_mutex_unlock, &mutex);
  pthread_exit(argument);
  pthread_cleanup_pop(1);
  return NULL;
}

static void a_cleanup_handler_may_return_something(void) {
  pthread_t thread;
  CHECK(pthread_create(&thread, NULL, locks, NULL) == 0);
  CHECK(pthread_join(thread, NULL) == 0);
  CHECK(pthread_mutex_trylock(&mutex) == 0);
}

static void thread_without_result(long value) { calls = (int)value; }

static void a_thread_may_return_nothing(void) {
  pthread_t thread;
  CHECK(pthread_create(&thread, NULL,
                       (void* (*)(void*))(void*)thread_without_result,
                       (void*)77) == 0);
  CHECK(pthread_join(thread, NULL) == 0 && calls == 77);
}

static int compare(const char** a, const char** b) { return strcmp(*a, *b); }
static long three_way(const int* a, const int* b) {
  return (*a > *b) - (*a < *b);
}

static void comparisons_take_their_own_types(void) {
  const char* words[] = {"b", "c", "a"};
  qsort(words, 3, sizeof(*words), (int (*)(const void*, const void*))compare);
  CHECK(words[0][0] == 'a' && words[2][0] == 'c');
  int numbers[] = {3, 1, 2};
  qsort(numbers, 3, sizeof(*numbers),
        (int (*)(const void*, const void*))(void*)three_way);
  CHECK(numbers[0] == 1 && numbers[2] == 3);
}

static int nullary(void) { return 5; }
static long unary(int a) { return a + 1; }
static double mixed(int a, double x, int b) { return a * x + b; }

static void missing_arguments_do_not_matter(void) {
  int (*volatile more)(int, int) = (int (*)(int, int))(void*)nullary;
  CHECK(more(1, 2) == 5);
  int (*volatile two)(int, const char*) =
      (int (*)(int, const char*))(void*)unary;
  CHECK(two(41, "unused") == 42);
}

static void integers_and_floats_are_counted_apart(void) {
  double (*volatile other)(double, int, int) =
      (double (*)(double, int, int))(void*)mixed;
  CHECK(other(0.5, 4, 3) == 5.0);
}

static long seven(long a, long b, long c, long d, long e, long f, long g) {
  return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g;
}

static void arguments_beyond_the_registers_arrive(void) {
  void (*volatile nothing)(long, long, long, long, long, long, long, long) =
      (void (*)(long, long, long, long, long, long, long, long))(void*)seven;
  nothing(1, 2, 3, 4, 5, 6, 7, 8);
  long (*volatile eight)(long, long, long, long, long, long, long, long) =
      (long (*)(long, long, long, long, long, long, long, long))(void*)seven;
  CHECK(eight(1, 1, 1, 1, 1, 1, 1, 99) == 28);
}

static jmp_buf environment;
static int jumps(void) { longjmp(environment, 3); }

static void such_a_call_can_be_left_by_longjmp(void) {
  void (*volatile jump)(void*) = (void (*)(void*))(void*)jumps;
  const int value = setjmp(environment);
  if (value == 0) jump(&environment);
  CHECK(value == 3);
}

int main(void) {
  CASE(a_handler_needs_no_parameters);
  CASE(a_cleanup_handler_may_return_something);
  CASE(a_thread_may_return_nothing);
  CASE(comparisons_take_their_own_types);
  CASE(missing_arguments_do_not_matter);
  CASE(integers_and_floats_are_counted_apart);
  CASE(arguments_beyond_the_registers_arrive);
  CASE(such_a_call_can_be_left_by_longjmp);
  return 0;
}
