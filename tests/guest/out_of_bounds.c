// Reads far outside of everything, but inside the address space.
#include <stdint.h>

__attribute__((noinline)) static int load(volatile int* address) {
  return *address;
}

int main(void) { return load((volatile int*)(uintptr_t)0x7fffffff0000); }
