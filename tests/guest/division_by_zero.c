// Divides by a zero the compiler cannot see.
__attribute__((noinline)) static int divide(volatile int* by) {
  return 100 / *by;
}

int main(void) {
  volatile int zero = 0;
  return divide(&zero);
}
