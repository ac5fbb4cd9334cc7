// Leaving functions by longjmp: values, nesting, repetition, masks.
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>

#include "check.h"

static jmp_buf outer, inner;
static sigjmp_buf masked;

static int depth(int n) {
  volatile char frame[64];
  frame[0] = (char)n;
  if (n == 0) longjmp(outer, 99);
  return depth(n - 1) + frame[0];
}

static void nested(void) {
  const int value = setjmp(inner);
  if (value == 0) longjmp(inner, 5);
  CHECK(value == 5);
  longjmp(outer, 6);
}

static int compare(const void* a, const void* b) {
  if (*(const int*)a == 13 || *(const int*)b == 13) longjmp(outer, 13);
  return *(const int*)a - *(const int*)b;
}

int main(void) {
  volatile int count = 0;
  int value = setjmp(outer);
  count++;
  switch (value) {
    case 0:
      depth(1000);
      break;
    case 99:
      nested();
      break;
    case 6:
      longjmp(outer, 0);
      break;  // arrives as 1
    case 1: {
      int numbers[] = {5, 3, 13, 1, 9};
      qsort(numbers, 5, sizeof(int), compare);  // out of a callback
      break;
    }
    case 13:
      break;
    default:
      CHECK(!"unexpected");
  }
  CHECK(count == 5);

  volatile int rounds = 0;
  while (setjmp(inner) < 100000) longjmp(inner, ++rounds);
  CHECK(rounds == 100000);

  sigset_t mask, now;
  sigemptyset(&mask);
  sigaddset(&mask, SIGUSR1);
  if (sigsetjmp(masked, 1) == 0) {
    CHECK(sigprocmask(SIG_BLOCK, &mask, NULL) == 0);
    siglongjmp(masked, 1);
  }
  CHECK(sigprocmask(SIG_SETMASK, NULL, &now) == 0 &&
        !sigismember(&now, SIGUSR1));
  if (sigsetjmp(masked, 0) == 0) {
    CHECK(sigprocmask(SIG_BLOCK, &mask, NULL) == 0);
    siglongjmp(masked, 1);
  }
  CHECK(sigprocmask(SIG_SETMASK, NULL, &now) == 0 &&
        sigismember(&now, SIGUSR1));
  puts("setjmp ok");
  return 0;
}
