// Calls a function through a pointer of another type.
__attribute__((noinline)) static double half(double x) { return x / 2; }

__attribute__((noinline)) static void call(void (*volatile* function)(int)) {
  (*function)(1);
}

int main(void) {
  void (*volatile function)(int) = (void (*)(int))(void*)half;
  call(&function);
  return 0;
}
