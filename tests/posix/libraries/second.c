// Needed by first.c and by linked.c: data, thread-local variables, and symbols
// that others have, too.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "linked.h"

int second_value = 20;
const char second_text[] = "second";
int second_table[4] = {1, 2, 3, 4};
__thread int second_per_thread = 200;
_Alignas(64) __thread char second_aligned[3] = {7, 8, 9};
static char steps[64];

void step(char letter) {
  const size_t length = strlen(steps);
  if (length + 1 < sizeof(steps)) steps[length] = letter;
}
const char* steps_so_far(void) { return steps; }

int in_both(void) { return 2; }
// Not inlined.
static volatile int two = 2;
__attribute__((noinline)) int replaced(void) { return two; }
int call_replaced(void) { return replaced() * 10; }
int (*address_of_replaced(void))(void) { return replaced; }
int second_add(int x) { return x + second_value; }
int next_of_thread(void) { return second_per_thread++; }
int* address_of_thread_local(void) { return &second_per_thread; }

static void at_exit(void) { puts("second: atexit"); }
__attribute__((constructor)) static void construct(void) {
  step('2');
  atexit(at_exit);
}
__attribute__((destructor)) static void destruct(void) {
  puts("second: destructed");
}
