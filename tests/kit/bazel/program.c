#include <stdio.h>

int main(void) {
  puts("a C program");
  return 0;
}
