// Recurses without end.
__attribute__((noinline)) static int deeper(volatile int* up) {
  volatile int here[16];
  here[0] = *up + 1;
  return deeper(here) + here[0];
}

int main(void) {
  volatile int start = 0;
  return deeper(&start);
}
