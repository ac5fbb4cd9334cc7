// Needs circle_two.c, which needs this.
#include <stdio.h>

int two(int n);
extern int two_value;
extern __thread int two_per_thread;
int one_value = 10;
__thread int one_per_thread = 100;
int* one_pointer = &two_value;
int (*one_function)(int) = two;

int one(int n) { return n == 0 ? one_value : two(n - 1) + 1; }
int one_sum(void) { return *one_pointer + one_function(3) + two_per_thread; }
