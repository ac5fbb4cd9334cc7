// Needs circle_one.c, which needs this.
int one(int n);
extern int one_value;
extern __thread int one_per_thread;
int two_value = 20;
__thread int two_per_thread = 200;
int* two_pointer = &one_value;
int (*two_function)(int) = one;

int two(int n) { return n == 0 ? two_value : one(n - 1) + 1; }
int two_sum(void) { return *two_pointer + two_function(3) + one_per_thread; }
