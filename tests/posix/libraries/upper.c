// Needs base.c.
#include <stdio.h>

extern int base_value;
int base_add(int x);
int* upper_pointer = &base_value;
int (*upper_function)(int) = base_add;

int upper(void) { return base_add(2) + (upper_pointer == &base_value); }
__attribute__((constructor)) static void construct(void) {
  printf("upper: constructed, %d\n", upper());
}
__attribute__((destructor)) static void destruct(void) {
  printf("upper: destructed, %d\n", upper());
}
