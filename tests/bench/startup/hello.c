// The smallest program that uses the C library. With an argument it waits for
// the end of its input, so that somebody can look at it.
#include <stdio.h>

int main(int argc, char** argv) {
  (void)argv;
  if (puts("hello") < 0 || fflush(stdout) != 0) return 1;
  while (argc > 1 && getchar() != EOF) {
  }
  return 0;
}
