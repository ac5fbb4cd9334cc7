// A timer's handler leaves by siglongjmp, hundreds of times, out of loops and
// out of calls; stack, mask and later signals must stay right.
#include <setjmp.h>
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include "check.h"

enum { kEscapes = 400 };

static sigjmp_buf escape;
static volatile sig_atomic_t armed;
static volatile unsigned long work;

static void on_alarm(int signal) {
  (void)signal;
  if (!armed) return;
  armed = 0;
  siglongjmp(escape, 1);
}

static void compute(void) {
  for (;;) work = work * 31 + 7;
}
static void make_calls(void) {
  for (;;) getppid();
}
static void block(void) {
  for (;;) pause();
}

static int recurse(int depth, void (*body)(void)) {
  volatile char frame[100];
  frame[depth % 100] = (char)depth;
  if (depth == 0) {
    body();
    return 0;
  }
  return recurse(depth - 1, body) + frame[depth % 100];
}

int main(void) {
  void (*const bodies[])(void) = {compute, make_calls, block};
  CHECK(signal(SIGALRM, on_alarm) != SIG_ERR);
  const struct itimerval every = {{0, 1000}, {0, 1000}};
  CHECK(setitimer(ITIMER_REAL, &every, NULL) == 0);
  for (volatile int i = 0; i < kEscapes; i++) {
    volatile int canary = i * 3;
    if (sigsetjmp(escape, 1) == 0) {
      armed = 1;
      recurse(i % 50, bodies[i % 3]);
    }
    CHECK(canary == i * 3);
  }
  const struct itimerval none = {{0, 0}, {0, 0}};
  CHECK(setitimer(ITIMER_REAL, &none, NULL) == 0);
  sigset_t mask;
  CHECK(sigprocmask(SIG_SETMASK, NULL, &mask) == 0 &&
        !sigismember(&mask, SIGALRM));
  puts("escapes ok");
  return 0;
}
