// Counts primes; gdb_test.py stops it.

#include <stdio.h>
#include <stdlib.h>

__attribute__((noinline)) static int is_prime(int number) {
  for (int divisor = 2; divisor * divisor <= number; ++divisor) {
    if (number % divisor == 0) return 0;  // divisible
  }
  return number > 1;
}

__attribute__((noinline)) static int count_primes(int limit) {
  int count = 0;
  for (int number = 0; number < limit; ++number) {
    if (is_prime(number)) ++count;  // the call
  }
  return count;
}

int main(int argc, char** argv) {
  if (argc < 2) abort();
  printf("%d primes\n", count_primes(atoi(argv[1])));  // main
  return 0;
}
