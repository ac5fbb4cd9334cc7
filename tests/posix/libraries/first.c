// Needs second.c, and the program that is linked to it.
#include <stdio.h>
#include <string.h>

#include "linked.h"

int* first_pointer = &second_table[2];
int (*first_function)(int) = second_add;

int in_both(void) { return 1; }
int first_sum(void) { return second_add(1) + *first_pointer; }
int first_in_both(void) { return in_both(); }
int first_next_of_thread(void) { return second_per_thread++; }
int first_calls_program(int x) { return program_twice(x) + program_value; }
int (*first_address(const char* name))(int) {
  return strcmp(name, "second_add") == 0 ? second_add : program_twice;
}
int first_program_thread_local(void) { return ++program_per_thread; }

__attribute__((constructor)) static void construct(void) { step('1'); }
__attribute__((destructor)) static void destruct(void) {
  puts("first: destructed");
}
