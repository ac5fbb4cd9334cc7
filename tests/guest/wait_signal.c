// A signal handler runs while its thread is in memory.atomic.wait, which then
// goes on waiting; and may leave it by siglongjmp.
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>

static int word;
static volatile sig_atomic_t alarms;
static sigjmp_buf away;

static void notify_after_three(int signal) {
  if (++alarms == 3) __builtin_wasm_memory_atomic_notify(&word, 1);
}

static void jump(int signal) { siglongjmp(away, 1); }

// A call, so that a longjmp can leave it.
__attribute__((noinline)) static int wait_for_ever(void) {
  return __builtin_wasm_memory_atomic_wait32(&word, 0, -1);
}

static void every_millisecond(void (*handler)(int)) {
  const struct sigaction action = {.sa_handler = handler};
  sigaction(SIGALRM, &action, NULL);
  const struct itimerval timer = {{0, 1000}, {0, 1000}};
  setitimer(ITIMER_REAL, &timer, NULL);
}

int main(void) {
  every_millisecond(notify_after_three);
  const int woken = wait_for_ever();
  printf("woken %d after %s\n", woken, alarms >= 3 ? "three" : "too few");

  if (sigsetjmp(away, 1) == 0) {
    every_millisecond(jump);
    wait_for_ever();
    printf("not reached\n");
  }
  const struct itimerval off = {{0, 0}, {0, 0}};
  setitimer(ITIMER_REAL, &off, NULL);
  printf("jumped, %d left waiting\n",
         __builtin_wasm_memory_atomic_notify(&word, 1));
  return 0;
}
