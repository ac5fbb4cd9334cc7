// Libraries that come and go, alone and in a circle, while threads run, open
// others, and fork.
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

static void* symbol(void* library, const char* name) {
  void* const address = dlsym(library, name);
  CHECK(address != NULL);
  return address;
}

static int call(void* library, const char* name) {
  return ((int (*)(void))symbol(library, name))();
}

static int destructed, exited;

static void open_and_close(void) {
  void* const library = dlopen("./libagain.so", RTLD_NOW);
  if (library == NULL) puts(dlerror());
  CHECK(library != NULL);
  CHECK(call(library, "again_use") == 2 + 3 + 3 + 1 + 1 + 40);
  CHECK(call(library, "again_use") == 3 + 4 + 4 + 2 + 1 + 40);
  *(int**)symbol(library, "again_destructed") = &destructed;
  *(int**)symbol(library, "again_exited") = &exited;
  CHECK(dlclose(library) == 0);
}

static void everything_is_new_each_time(void) {
  for (int i = 1; i <= 10; ++i) {
    open_and_close();
    CHECK(destructed == i && exited == i);
  }
}

static void pointers_do_not_change_while_it_is_open(void) {
  void* const library = dlopen("./libagain.so", RTLD_NOW);
  void* const function = symbol(library, "again_use");
  CHECK(dlopen("./libagain.so", RTLD_NOW) == library);
  CHECK(dlclose(library) == 0);
  CHECK(symbol(library, "again_use") == function);
  CHECK(dlclose(library) == 0);
}

static long resident_pages(void) {
  long size = 0, resident = 0;
  FILE* const file = fopen("/proc/self/statm", "r");
  CHECK(file != NULL && fscanf(file, "%ld %ld", &size, &resident) == 2);
  CHECK(fclose(file) == 0);
  return resident;
}

static void two_thousand_times_take_no_memory(void) {
  for (int i = 0; i < 100; ++i) open_and_close();
  const long before = resident_pages();
  for (int i = 0; i < 2000; ++i) open_and_close();
  CHECK(resident_pages() - before < 128);
}

static void libraries_may_need_each_other(void) {
  for (int i = 0; i < 3; ++i) {
    void* const one = dlopen("./libcircle_one.so", RTLD_NOW);
    if (one == NULL) puts(dlerror());
    CHECK(one != NULL);
    CHECK(((int (*)(int))symbol(one, "one"))(3) == 23);
    CHECK(((int (*)(int))symbol(one, "two"))(3) == 13);
    CHECK(call(one, "one_sum") == 20 + 13 + 200);
    CHECK(call(one, "two_sum") == 10 + 23 + 100);
    *(int*)symbol(one, "one_value") = 0;
    void* const two = dlopen("./libcircle_two.so", RTLD_NOW | RTLD_NOLOAD);
    CHECK(two != NULL && symbol(two, "one") == symbol(one, "one"));
    CHECK(dlclose(one) == 0 && call(two, "two_sum") == 0 + 23 + 100);
    CHECK(dlclose(two) == 0);
    CHECK(dlopen("./libcircle_two.so", RTLD_NOW | RTLD_NOLOAD) == NULL);
  }
}

static atomic_bool stop;
static atomic_int signals;

static void* open_others(void* argument) {
  const char* const path = argument;
  while (!stop) {
    void* const library = dlopen(path, RTLD_NOW);
    CHECK(library != NULL && dlclose(library) == 0);
    usleep(200);  // glibc's lock is not fair: others would wait for minutes
  }
  return NULL;
}

static void* compute(void* argument) {
  (void)argument;
  volatile unsigned sum = 0;
  while (!stop) sum = sum * 3 + 1;
  return NULL;
}

static void on_signal(int signal) {
  (void)signal;
  ++signals;
}

// A child of a process with threads that opens libraries: a lock of glibc's
// that another thread held stays held there, so that only the guest's may.
static int open_in_child(void) {
#ifdef __wasm__
  open_and_close();
  void* const one = dlopen("./libcircle_one.so", RTLD_NOW);
  CHECK(one != NULL && call(one, "one_sum") == 233);
#endif
  return 0;
}

static void threads_signals_and_forks(void) {
  pthread_t threads[4];
  const struct itimerval often = {{0, 2000}, {0, 2000}},
                         never = {{0, 0}, {0, 0}};
  CHECK(signal(SIGALRM, on_signal) != SIG_ERR);
  CHECK(setitimer(ITIMER_REAL, &often, NULL) == 0);
  CHECK(pthread_create(&threads[0], NULL, open_others, "./libplain.so") == 0);
  CHECK(pthread_create(&threads[1], NULL, open_others, "./libcircle_one.so") ==
        0);
  CHECK(pthread_create(&threads[2], NULL, compute, NULL) == 0);
  CHECK(pthread_create(&threads[3], NULL, open_others, "./libcircle_two.so") ==
        0);
  for (int i = 0; i < 20; ++i) {
    open_and_close();
    const pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) _exit(open_in_child());
    int status = -1;
    while (waitpid(child, &status, 0) < 0) CHECK(errno == EINTR);
    CHECK(status == 0);
  }
  stop = true;
  for (int i = 0; i < 4; ++i) CHECK(pthread_join(threads[i], NULL) == 0);
  CHECK(setitimer(ITIMER_REAL, &never, NULL) == 0);
  CHECK(signals > 0);
}

static void what_is_linked_with_nodelete_stays(void) {
  void* const library = dlopen("./libstays.so", RTLD_NOW);
  CHECK(library != NULL);
  int (*const next)(void) = (int (*)(void))symbol(library, "stays_next");
  CHECK(next() == 1);
  CHECK(dlclose(library) == 0);
  CHECK(next() == 2);
  void* const again = dlopen("./libstays.so", RTLD_NOW | RTLD_NOLOAD);
  CHECK(again == library && call(again, "stays_next") == 3);
  CHECK(dlclose(again) == 0 && next() == 4);
}

static void* expect_error(void* argument) {
  CHECK(dlerror() == NULL);
  CHECK(dlsym(RTLD_DEFAULT, argument) == NULL);
  CHECK(strstr(dlerror(), argument) != NULL && dlerror() == NULL);
  return NULL;
}

static void errors_are_each_threads_own(void) {
  CHECK(dlopen("./nosuch.so", RTLD_NOW) == NULL);
  pthread_t thread;
  CHECK(pthread_create(&thread, NULL, expect_error, "no_such_symbol") == 0);
  CHECK(pthread_join(thread, NULL) == 0);
  CHECK(strstr(dlerror(), "./nosuch.so") != NULL && dlerror() == NULL);
}

int main(void) {
  CASE(everything_is_new_each_time);
  CASE(pointers_do_not_change_while_it_is_open);
  CASE(libraries_may_need_each_other);
  CASE(errors_are_each_threads_own);
  CASE(what_is_linked_with_nodelete_stays);
  CASE(two_thousand_times_take_no_memory);
  CASE(threads_signals_and_forks);
  return 0;
}
