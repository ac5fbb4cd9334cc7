// A program without a library for source_lines_test.cc, which names its lines.

static int square(int value) {
  return value * value;  // square: inlined
}

__attribute__((noinline)) int sum(const int* values, int count) {
  int total = 0;
  for (int i = 0; i < count; ++i) {
    total += square(values[i]);  // sum: call
  }
  return total;
}

__attribute__((noinline)) int divide(int a, int b) {
  return a / b;  // divide
}

int start(int* values, int count) {
  values[0] = divide(values[1], count);  // start: first
  return sum(values, count);             // start: second
}
