// Needed by upper.c.
#include <stdio.h>

int base_value = 40;
int which(void) { return 1; }
int base_add(int x) { return base_value + x; }
__attribute__((constructor)) static void construct(void) {
  printf("base: constructed\n");
}
__attribute__((destructor)) static void destruct(void) {
  printf("base: destructed\n");
}
