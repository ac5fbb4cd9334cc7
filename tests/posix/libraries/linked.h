// What first.c, second.c and linked.c have of each other.

#ifndef SLIPWAY_TESTS_POSIX_LIBRARIES_LINKED_H_
#define SLIPWAY_TESTS_POSIX_LIBRARIES_LINKED_H_

// second.c
extern int second_value;
extern const char second_text[];
extern int second_table[4];
extern __thread int second_per_thread;
extern _Alignas(64) __thread char second_aligned[3];
void step(char letter);
const char* steps_so_far(void);
int in_both(void);
int replaced(void);
int call_replaced(void);
int (*address_of_replaced(void))(void);
int second_add(int x);
int next_of_thread(void);
int* address_of_thread_local(void);

// first.c
extern int* first_pointer;
extern int (*first_function)(int);
int first_sum(void);
int first_in_both(void);
int first_next_of_thread(void);
int first_calls_program(int x);
int (*first_address(const char* name))(int);
int first_program_thread_local(void);

// linked.c
extern int program_value;
extern __thread int program_per_thread;
int program_twice(int x);

#endif  // SLIPWAY_TESTS_POSIX_LIBRARIES_LINKED_H_
