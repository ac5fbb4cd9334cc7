// alarm, setitimer and POSIX timers by signal and by thread.
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static volatile sig_atomic_t ticks, value;
static atomic_int notified;

static void on_alarm(int signal) {
  (void)signal;
  ticks++;
}
static void on_timer(int signal, siginfo_t* info, void* context) {
  (void)signal, (void)context;
  CHECK(info->si_code == SI_TIMER);
  value = info->si_value.sival_int;
}
static void on_thread(union sigval argument) {
  atomic_fetch_add(&notified, argument.sival_int);
}

static void wait_for(volatile sig_atomic_t* flag, int count) {
  for (int i = 0; i < 2000 && *flag < count; i++) usleep(5000);
  CHECK(*flag >= count);
}

int main(void) {
  CHECK(signal(SIGALRM, on_alarm) != SIG_ERR);
  struct itimerval setting = {{0, 5000}, {0, 5000}}, left;
  CHECK(setitimer(ITIMER_REAL, &setting, NULL) == 0);
  CHECK(getitimer(ITIMER_REAL, &left) == 0);
  CHECK(left.it_interval.tv_usec == 5000 && left.it_value.tv_sec == 0);
  wait_for(&ticks, 5);
  setting = (struct itimerval){{0, 0}, {0, 0}};
  CHECK(setitimer(ITIMER_REAL, &setting, NULL) == 0);
  CHECK(alarm(100) == 0 && alarm(0) >= 99);

  struct sigaction action = {.sa_sigaction = on_timer, .sa_flags = SA_SIGINFO};
  CHECK(sigaction(SIGRTMIN + 1, &action, NULL) == 0);
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL,
                           .sigev_signo = SIGRTMIN + 1,
                           .sigev_value.sival_int = 4711};
  timer_t timer;
  CHECK(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
  struct itimerspec once = {{0, 0}, {0, 5000000}}, rest;
  CHECK(timer_settime(timer, 0, &once, NULL) == 0);
  wait_for(&value, 4711);
  CHECK(timer_gettime(timer, &rest) == 0 && rest.it_value.tv_nsec == 0);
  CHECK(timer_getoverrun(timer) == 0);
  CHECK(timer_delete(timer) == 0);

  event = (struct sigevent){.sigev_notify = SIGEV_THREAD,
                            .sigev_notify_function = on_thread,
                            .sigev_value.sival_int = 3};
  CHECK(timer_create(CLOCK_REALTIME, &event, &timer) == 0);
  CHECK(timer_settime(timer, 0, &once, NULL) == 0);
  for (int i = 0; i < 2000 && atomic_load(&notified) == 0; i++) usleep(5000);
  CHECK(atomic_load(&notified) == 3);
  CHECK(timer_delete(timer) == 0);
  puts("timers ok");
  return 0;
}
