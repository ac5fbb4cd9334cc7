// vfork: the parent goes on once its child has executed a program or ended.
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static _Atomic int* shared;

static void sleep_ms(long milliseconds) {
  const struct timespec time = {0, milliseconds * 1000000};
  nanosleep(&time, NULL);
}

static void the_parent_waits_for_the_end(void) {
  *shared = 0;
  const pid_t child = vfork();
  if (child == 0) {
    sleep_ms(50);
    *shared = 1;
    _exit(9);
  }
  CHECK(child > 0 && *shared == 1);
  int status;
  CHECK(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 9);
}

static void or_for_a_signal_that_ends_it(void) {
  *shared = 0;
  const pid_t child = vfork();
  if (child == 0) {
    sleep_ms(20);
    *shared = 1;
    kill(getpid(), SIGKILL);
  }
  CHECK(child > 0 && *shared == 1);
  int status;
  CHECK(waitpid(child, &status, 0) == child && WTERMSIG(status) == SIGKILL);
}

// Executed by the test below.
static int executed(void) {
  sleep_ms(100);
  return 5;
}

static void it_goes_on_when_a_program_runs(void) {
  const pid_t child = vfork();
  if (child == 0) {
    execl("/proc/self/exe", "vfork", "child", (char*)NULL);
    _exit(1);
  }
  int status;
  CHECK(waitpid(child, &status, WNOHANG) == 0);  // it sleeps by now
  CHECK(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 5);
}

// A descriptor that the child passes on does not keep the parent waiting.
static void grandchildren_do_not_hold_it(void) {
  int ends[2];
  CHECK(pipe(ends) == 0);
  const pid_t child = vfork();
  if (child == 0) {
    if (fork() == 0) {
      char byte;
      close(ends[1]);
      if (read(ends[0], &byte, 1) == 0) *shared = 3;
      _exit(0);
    }
    _exit(0);
  }
  *shared = 2;
  CHECK(waitpid(child, NULL, 0) == child);
  CHECK(close(ends[1]) == 0 && close(ends[0]) == 0);
  for (int i = 0; i < 1000 && *shared != 3; ++i) sleep_ms(5);
  CHECK(*shared == 3);
}

static volatile sig_atomic_t handled;
static void on_alarm(int signal) { handled = signal; }

static void signals_wait(void) {
  signal(SIGALRM, on_alarm);
  handled = 0;
  *shared = 0;
  const struct itimerval soon = {.it_value = {0, 10000}};
  CHECK(setitimer(ITIMER_REAL, &soon, NULL) == 0);
  const pid_t child = vfork();
  if (child == 0) {
    sleep_ms(60);
    *shared = 1;
    _exit(0);
  }
  CHECK(*shared == 1 && handled == SIGALRM);
  CHECK(waitpid(child, NULL, 0) == child);
}

int main(int argc, char** argv) {
  if (argc > 1 && !strcmp(argv[1], "child")) return executed();
  shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                -1, 0);
  CHECK(shared != MAP_FAILED);
  CASE(the_parent_waits_for_the_end);
  CASE(or_for_a_signal_that_ends_it);
  CASE(it_goes_on_when_a_program_runs);
  CASE(grandchildren_do_not_hold_it);
  CASE(signals_wait);
  return 0;
}
