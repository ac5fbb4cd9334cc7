// Signals: the mask, and delivery to a handler of one's own.

#include <signal.h>
#include <unistd.h>

#include "tests/bench/calls/calls.h"

static volatile sig_atomic_t handled;

static void on_signal(int signal) {
  (void)signal;
  ++handled;
}

static void install(void) {
  struct sigaction action = {.sa_handler = on_signal};
  MUST(sigaction(SIGUSR1, &action, NULL) == 0);
}

static void uninstall(void) { signal(SIGUSR1, SIG_DFL); }

static void run_sigprocmask(long n) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR2);
  while (n-- > 0) {
    MUST(sigprocmask(n % 2 ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL) == 0);
  }
}

static void run_kill(long n) {
  const pid_t self = getpid();
  const long expected = handled + n;
  while (n-- > 0) MUST(kill(self, SIGUSR1) == 0);
  MUST(handled == (sig_atomic_t)expected);
}

const struct row signal_rows[] = {
    {"sigprocmask", NULL, run_sigprocmask, NULL},
    {"kill-self+handler", install, run_kill, uninstall},
    {NULL, NULL, NULL, NULL},
};
