// A thread faults while the main thread waits for it.
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>

__attribute__((noinline)) static void* fault(void* argument) {
  *(volatile int*)argument = 1;
  return argument;
}

int main(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, fault, (void*)(uintptr_t)64);
  pthread_join(thread, NULL);
  puts("not reached");
  return 0;
}
