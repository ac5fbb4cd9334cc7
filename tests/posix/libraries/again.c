// Opened and closed many times: everything must be as at first each time.
// Needs plain.c.
#include <stdlib.h>

int base_add(int x);

int again_count = 1;
int* again_pointer = &again_count;
int (*again_function)(int) = base_add;
__thread int again_per_thread = 3;
_Alignas(128) __thread long again_large[64] = {1, 2, 3};
static char zeroes[100000];
static int constructed;
// Where the caller wants to know of the end.
int* again_destructed;
int* again_exited;

int again_use(void) {
  zeroes[99999]++;
  return ++*again_pointer + again_per_thread++ + (int)again_large[2]++ +
         zeroes[99999] + constructed + again_function(0);
}

static void at_exit(void) {
  if (again_exited) ++*again_exited;
}
__attribute__((constructor)) static void construct(void) {
  ++constructed;
  atexit(at_exit);
}
__attribute__((destructor)) static void destruct(void) {
  if (again_destructed) ++*again_destructed;
}
