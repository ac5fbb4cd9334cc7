// Linked with -z nodelete: closing it leaves it, until the program ends.
#include <stdio.h>

static int calls;
int stays_next(void) { return ++calls; }

__attribute__((destructor)) static void destruct(void) {
  printf("stays: destructed after %d calls\n", calls);
}
