// A library with all that one has: functions, data with addresses in it,
// constructors, destructors, thread-local variables, and calls into libc.
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

static int twice(int x) { return 2 * x; }
int thrice(int x) { return 3 * x; }

int count = 5;
int* count_address = &count;
int (*const functions[])(int) = {twice, thrice};
const char* const names[] = {"twice", "thrice"};
__thread int per_thread = 7;
static __thread int hidden_per_thread[4] = {1, 2, 3, 4};
static char large[1 << 20];

int next(void) { return ++*count_address; }
int next_per_thread(void) { return per_thread++ + hidden_per_thread[3]++; }
void* thrice_here(void) { return (void*)thrice; }

// Leaves a function of the caller's.
void jump(jmp_buf* where, int value) { longjmp(*where, value); }
// Is left by a function of the caller's.
int jumped(void (*function)(jmp_buf*)) {
  jmp_buf here;
  const int value = setjmp(here);
  if (value == 0) function(&here);
  return value;
}

int use_libc(void) {
  char* text = malloc(64);
  const int length = snprintf(text, 64, "%d %s %.2f", count, names[1], 2.5);
  large[sizeof(large) - 1] = text[length - 1];
  fprintf(stdout, "library: %s\n", text);
  free(text);
  return large[sizeof(large) - 1];
}

__attribute__((constructor)) static void construct(void) {
  printf("counter: constructed\n");
}
__attribute__((destructor)) static void destruct(void) {
  printf("counter: destructed with %d\n", count);
}
