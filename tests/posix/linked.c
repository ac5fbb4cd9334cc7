// A program that is linked to libraries: libfirst.so, which needs libsecond.so,
// and libsecond.so.
#include "libraries/linked.h"

#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#include "check.h"

int program_value = 5;
__thread int program_per_thread = 50;
int program_twice(int x) { return 2 * x; }
// libsecond.so has one, too.
int replaced(void) { return 9; }

// Addresses in the program's data that only the libraries know.
static int* const table_end = &second_table[3];
static int (*const functions[])(int) = {second_add, program_twice};
static struct {
  const char* text;
  int* value;
} named = {second_text, &second_value};

extern __attribute__((weak)) int nowhere(void);
extern __attribute__((weak)) int in_both(void);

static void functions_and_data_of_libraries() {
  CHECK(second_add(2) == 22 && first_sum() == 24);
  second_value = 30;
  CHECK(second_add(2) == 32 && first_sum() == 34);
  second_value = 20;
  CHECK(strcmp(second_text, "second") == 0);
  ++second_table[2];
  CHECK(*first_pointer == 4 && --*first_pointer == 3);
}

static void addresses_in_the_programs_data() {
  CHECK(*table_end == 4 && table_end == &second_table[3]);
  CHECK(functions[0](1) == 21 && functions[1](4) == 8);
  CHECK(strcmp(named.text, "second") == 0 && *named.value == 20);
}

static void libraries_use_the_program() {
  CHECK(first_calls_program(4) == 13);
  program_value = 6;
  CHECK(first_calls_program(4) == 14);
  program_value = 5;
}

static void functions_have_one_address() {
  CHECK(first_address("second_add") == second_add);
  CHECK(first_function == second_add && functions[0] == second_add);
  CHECK(first_address("program_twice") == program_twice);
  CHECK(dlsym(RTLD_DEFAULT, "second_add") == (void*)second_add);
  CHECK(address_of_replaced() == replaced);
}

// The program comes first, then libraries in their order.
static void the_first_definition_counts() {
  CHECK(replaced() == 9 && call_replaced() == 90);
  CHECK(in_both() == 1 && first_in_both() == 1);
  int (*const next)(void) = (int (*)(void))dlsym(RTLD_NEXT, "replaced");
  CHECK(next != NULL && next() == 2);
}

static void weak_symbols_may_be_missing() {
  CHECK(nowhere == NULL && in_both != NULL);
}

static void constructed_in_order() {
  CHECK(strcmp(steps_so_far(), "21p") == 0);
}

static void* use_thread_locals(void* argument) {
  (void)argument;
  CHECK(second_per_thread == 200 &&
        &second_per_thread == address_of_thread_local());
  CHECK(next_of_thread() == 200 && first_next_of_thread() == 201);
  CHECK(second_per_thread == 202);
  CHECK(program_per_thread == 50 && first_program_thread_local() == 51);
  CHECK(++program_per_thread == 52);
  CHECK((uintptr_t)second_aligned % 64 == 0 && second_aligned[2] == 9);
  CHECK(dlsym(RTLD_DEFAULT, "second_per_thread") == &second_per_thread);
  return NULL;
}

static void thread_local_variables_of_libraries() {
  use_thread_locals(NULL);
  pthread_t threads[4];
  for (int i = 0; i < 4; ++i) {
    CHECK(pthread_create(&threads[i], NULL, use_thread_locals, NULL) == 0);
  }
  for (int i = 0; i < 4; ++i) CHECK(pthread_join(threads[i], NULL) == 0);
  CHECK(second_per_thread == 202);
}

static void known_to_dladdr() {
  Dl_info info;
  CHECK(dladdr((void*)second_add, &info) != 0);
  CHECK(strcmp(info.dli_sname, "second_add") == 0);
  CHECK(strcmp(strrchr(info.dli_fname, '/'), "/libsecond.so") == 0);
  CHECK(dladdr(&second_table[1], &info) != 0);
  CHECK(strcmp(info.dli_sname, "second_table") == 0);
}

static int count_libraries(struct dl_phdr_info* info, size_t size, void* data) {
  (void)size;
  const char* const slash = strrchr(info->dlpi_name, '/');
  if (slash != NULL && (strcmp(slash, "/libfirst.so") == 0 ||
                        strcmp(slash, "/libsecond.so") == 0)) {
    ++*(int*)data;
  }
  return 0;
}

static void opening_what_is_there() {
  int found = 0;
  CHECK(dl_iterate_phdr(count_libraries, &found) == 0 && found == 2);
  void* const second = dlopen("libsecond.so", RTLD_NOW | RTLD_NOLOAD);
  CHECK(second != NULL && dlsym(second, "second_add") == second_add);
  CHECK(dlclose(second) == 0 && second_add(1) == 21);
  void* const self = dlopen(NULL, RTLD_NOW);
  CHECK(dlsym(self, "second_value") == &second_value);
  CHECK(dlsym(self, "no_such_symbol") == NULL && dlerror() != NULL);
}

static void at_exit(void) { puts("program: atexit"); }
__attribute__((constructor)) static void construct(void) { step('p'); }
__attribute__((destructor)) static void destruct(void) {
  puts("program: destructed");
}

int main(void) {
  CASE(constructed_in_order);
  CASE(functions_and_data_of_libraries);
  CASE(addresses_in_the_programs_data);
  CASE(libraries_use_the_program);
  CASE(functions_have_one_address);
  CASE(the_first_definition_counts);
  CASE(weak_symbols_may_be_missing);
  CASE(thread_local_variables_of_libraries);
  CASE(known_to_dladdr);
  CASE(opening_what_is_there);
  // Then, in this order: handlers, destructors of the program, of libraries.
  atexit(at_exit);
  return 0;
}
