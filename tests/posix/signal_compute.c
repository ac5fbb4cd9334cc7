// Signals that arrive while the program computes and makes no calls.
#include <signal.h>
#include <stdint.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

static volatile sig_atomic_t usr1, term, alarms;
static volatile pid_t sender;

static void on_signal(int signal, siginfo_t* info, void* context) {
  CHECK(context != NULL && info->si_signo == signal);
  sender = info->si_pid;
  if (signal == SIGUSR1) usr1++;
  if (signal == SIGTERM) term++;
}
static void on_alarm(int signal) { alarms += signal == SIGALRM; }

static volatile uint64_t work;
static volatile double ratio = 1.5;

// Computes with locals, so that a handler that spoils a register is noticed.
static uint64_t compute(volatile sig_atomic_t* until, int count) {
  uint64_t hash = 1469598103934665603u, rounds = 0;
  double sum = 0, check = 0;
  while (*until < count) {
    for (int i = 0; i < 1000; i++) {
      hash = (hash ^ (uint64_t)i) * 1099511628211u;
      sum += ratio;
    }
    rounds++;
    check += ratio * 1000;
    CHECK(sum == check);
  }
  work = hash;
  return rounds;
}

int main(void) {
  struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
  CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
  CHECK(sigaction(SIGTERM, &action, NULL) == 0);
  const pid_t self = getpid();
  const pid_t child = fork();
  if (child == 0) {
    for (int i = 0; i < 5; i++) {
      usleep(20000);
      kill(self, SIGUSR1);
    }
    usleep(20000);
    kill(self, SIGTERM);
    _exit(0);
  }
  compute(&term, 1);
  CHECK(sender == child);
  CHECK(usr1 >= 1 && usr1 <= 5);
  CHECK(waitpid(child, NULL, 0) == child);

  action = (struct sigaction){.sa_handler = on_alarm};
  CHECK(sigaction(SIGALRM, &action, NULL) == 0);
  const struct itimerval every = {{0, 2000}, {0, 2000}};
  CHECK(setitimer(ITIMER_REAL, &every, NULL) == 0);
  compute(&alarms, 50);
  const struct itimerval stop = {{0, 0}, {0, 0}};
  CHECK(setitimer(ITIMER_REAL, &stop, NULL) == 0);

  usr1 = 0;
  CHECK(raise(SIGUSR1) == 0 && usr1 == 1);  // before raise returns
  puts("signals while computing ok");
  return 0;
}
