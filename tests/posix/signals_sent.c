// Signals: what a handler is told, what flags do, waiting, queues, timers.
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static volatile int count, nested, depth;
static siginfo_t seen;
static char* stack_address;

static void note(int signal, siginfo_t* info, void* context) {
  (void)context;
  char local;
  stack_address = &local;
  seen = *info;
  CHECK(signal == info->si_signo);
  ++count;
}

static void install(int signal, void (*handler)(int, siginfo_t*, void*),
                    int flags) {
  struct sigaction action = {.sa_sigaction = handler,
                             .sa_flags = SA_SIGINFO | flags};
  CHECK(sigaction(signal, &action, NULL) == 0);
  count = 0;
}

static sigset_t set_of(int one, int two) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, one);
  if (two) sigaddset(&set, two);
  return set;
}

static void the_sender_is_told(void) {
  install(SIGUSR1, note, 0);
  CHECK(kill(getpid(), SIGUSR1) == 0 && count == 1);
  CHECK(seen.si_code == SI_USER && seen.si_pid == getpid());
  CHECK(seen.si_uid == getuid());
  const pid_t child = fork();
  if (child == 0) _exit(kill(getppid(), SIGUSR1));
  while (count < 2) usleep(1000);
  CHECK(seen.si_pid == child && waitpid(child, NULL, 0) == child);
}

static void values_are_queued(void) {
  install(SIGRTMIN + 2, note, 0);
  static int object;
  const union sigval value = {.sival_ptr = &object};
  CHECK(sigqueue(getpid(), SIGRTMIN + 2, value) == 0 && count == 1);
  CHECK(seen.si_code == SI_QUEUE && seen.si_value.sival_ptr == &object);
  CHECK_ERRNO(EINVAL, sigqueue(getpid(), 999, value));
}

static void threads_are_told_apart(void) {
  install(SIGUSR1, note, 0);
  CHECK(pthread_kill(pthread_self(), SIGUSR1) == 0 && count == 1);
  CHECK(seen.si_code == SI_TKILL);
  CHECK(syscall(SYS_tgkill, (long)getpid(), syscall(SYS_gettid),
                (long)SIGUSR1) == 0);
  CHECK(syscall(SYS_tkill, syscall(SYS_gettid), (long)SIGUSR1) == 0 &&
        count == 3);
  CHECK_ERRNO(ESRCH,
              (int)syscall(SYS_tgkill, (long)getpid(), 1L, (long)SIGUSR1));
}

static void zero_only_asks(void) {
  CHECK(kill(getpid(), 0) == 0 && kill(0, 0) == 0);
  CHECK_ERRNO(ESRCH, kill(0x7ffffff0, 0));
  CHECK_ERRNO(EINVAL, kill(getpid(), 65));
  CHECK_ERRNO(EINVAL, kill(0, -1));
  CHECK_ERRNO(EINVAL, kill(-getpgrp(), 65));
}

static void nest(int signal, siginfo_t* info, void* context) {
  (void)info;
  (void)context;
  const int mine = ++depth;
  if (mine > nested) nested = mine;
  if (mine < 3 && ++count < 10) raise(signal);
  --depth;
}
static void a_signal_is_blocked_in_its_handler(void) {
  nested = depth = 0;
  install(SIGUSR1, nest, 0);
  // Each run raises one that comes after it, until depth tells them to stop.
  depth = 1;
  CHECK(raise(SIGUSR1) == 0 && nested == 2);
}
static void nodefer_lets_it_nest(void) {
  nested = depth = 0;
  install(SIGUSR1, nest, SA_NODEFER);
  CHECK(raise(SIGUSR1) == 0 && nested == 3);
}

static void resethand_is_for_once(void) {
  install(SIGCHLD, note, SA_RESETHAND);
  CHECK(raise(SIGCHLD) == 0 && count == 1);
  struct sigaction action;
  CHECK(sigaction(SIGCHLD, NULL, &action) == 0 && action.sa_handler == SIG_DFL);
  CHECK(raise(SIGCHLD) == 0 && count == 1);
}

static void handlers_use_the_alternate_stack(void) {
  static char space[1 << 16];
  stack_t stack = {.ss_sp = space, .ss_size = sizeof(space)}, old;
  CHECK(sigaltstack(&stack, &old) == 0 && (old.ss_flags & SS_DISABLE));
  install(SIGUSR1, note, SA_ONSTACK);
  CHECK(raise(SIGUSR1) == 0);
  CHECK(stack_address > space && stack_address < space + sizeof(space));
  install(SIGUSR1, note, 0);
  CHECK(raise(SIGUSR1) == 0);
  CHECK(stack_address < space || stack_address > space + sizeof(space));
  stack.ss_size = 100;
  CHECK_ERRNO(ENOMEM, sigaltstack(&stack, NULL));
  stack = (stack_t){.ss_flags = SS_DISABLE};
  CHECK(sigaltstack(&stack, NULL) == 0);
}

static void ignoring_forgets_what_is_pending(void) {
  sigset_t set = set_of(SIGUSR2, 0), pending;
  sigprocmask(SIG_BLOCK, &set, NULL);
  install(SIGUSR2, note, 0);
  raise(SIGUSR2);
  CHECK(sigpending(&pending) == 0 && sigismember(&pending, SIGUSR2));
  signal(SIGUSR2, SIG_IGN);  // forgets it
  CHECK(sigpending(&pending) == 0 && !sigismember(&pending, SIGUSR2));
  sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static void plain_signals_merge(void) {
  sigset_t set = set_of(SIGUSR1, SIGRTMIN + 2);
  install(SIGRTMIN + 2, note, 0);
  install(SIGUSR1, note, 0);
  sigprocmask(SIG_BLOCK, &set, NULL);
  for (int i = 0; i < 3; ++i) raise(SIGUSR1), raise(SIGRTMIN + 2);
  sigprocmask(SIG_UNBLOCK, &set, NULL);
  CHECK(count == 4);  // one of the first, three of the second
}

static void real_time_signals_come_in_order(void) {
  sigset_t set = set_of(SIGRTMIN + 4, SIGRTMIN + 3);
  sigprocmask(SIG_BLOCK, &set, NULL);
  for (int i = 0; i < 3; ++i) {
    sigqueue(getpid(), SIGRTMIN + 4, (union sigval){.sival_int = i});
    sigqueue(getpid(), SIGRTMIN + 3, (union sigval){.sival_int = i});
  }
  for (int i = 0; i < 6; ++i) {
    siginfo_t info;
    CHECK(sigwaitinfo(&set, &info) == SIGRTMIN + 3 + i / 3);
    CHECK(info.si_value.sival_int == i % 3);
  }
  sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static void waiting_can_time_out(void) {
  sigset_t set = set_of(SIGUSR2, 0);
  sigprocmask(SIG_BLOCK, &set, NULL);
  const struct timespec limit = {0, 10000000}, wrong = {0, -1};
  CHECK_ERRNO(EAGAIN, sigtimedwait(&set, NULL, &limit));
  CHECK_ERRNO(EINVAL, sigtimedwait(&set, NULL, &wrong));
  raise(SIGUSR2);
  int got = 0;
  signal(SIGUSR2, SIG_DFL);
  raise(SIGUSR2);
  CHECK(sigwait(&set, &got) == 0 && got == SIGUSR2);
  sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static void interval_timers_signal(void) {
  install(SIGALRM, note, 0);
  struct itimerval timer = {{0, 2000}, {0, 2000}}, old;
  CHECK(setitimer(ITIMER_REAL, &timer, NULL) == 0);
  while (count < 3) pause();
  timer = (struct itimerval){{0, 0}, {0, 0}};
  CHECK(setitimer(ITIMER_REAL, &timer, &old) == 0);
  CHECK(old.it_interval.tv_usec == 2000);
  CHECK(getitimer(ITIMER_REAL, &old) == 0 && old.it_value.tv_usec == 0);
  CHECK_ERRNO(EINVAL, setitimer(99, &timer, NULL));
  CHECK(alarm(100) == 0 && alarm(0) == 100);
}

static void processor_time_can_be_limited(void) {
  install(SIGVTALRM, note, 0);
  const struct itimerval timer = {{0, 0}, {0, 10000}};
  CHECK(setitimer(ITIMER_VIRTUAL, &timer, NULL) == 0);
  while (count == 0) {
  }
}

static void posix_timers_signal_with_a_value(void) {
  install(SIGRTMIN + 1, note, 0);
  timer_t timer;
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL,
                           .sigev_signo = SIGRTMIN + 1};
  event.sigev_value.sival_int = 77;
  CHECK(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
  struct itimerspec time = {.it_value = {0, 1000000},
                            .it_interval = {0, 1000000}};
  CHECK(timer_settime(timer, 0, &time, NULL) == 0);
  while (count < 3) pause();
  CHECK(seen.si_code == SI_TIMER && seen.si_value.sival_int == 77);
  CHECK(timer_gettime(timer, &time) == 0 &&
        time.it_interval.tv_nsec == 1000000);
  CHECK(timer_getoverrun(timer) >= 0 && timer_delete(timer) == 0);
  CHECK_ERRNO(EINVAL, timer_create(9999, &event, &timer));
}

static void expire(union sigval value) {
  __atomic_add_fetch((int*)value.sival_ptr, 1, __ATOMIC_SEQ_CST);
}
static void posix_timers_call_functions(void) {
  static int calls;
  timer_t timer;
  struct sigevent event = {.sigev_notify = SIGEV_THREAD};
  event.sigev_notify_function = expire;
  event.sigev_value.sival_ptr = &calls;
  CHECK(timer_create(CLOCK_REALTIME, &event, &timer) == 0);
  const struct itimerspec time = {.it_value = {0, 1000000}};
  CHECK(timer_settime(timer, 0, &time, NULL) == 0);
  while (__atomic_load_n(&calls, __ATOMIC_SEQ_CST) == 0) usleep(1000);
  CHECK(timer_delete(timer) == 0);
}

static void children_report(void) {
  install(SIGCHLD, note, SA_NOCLDSTOP);
  const pid_t child = fork();
  if (child == 0) _exit(9);
  while (count == 0) usleep(1000);
  CHECK(seen.si_code == CLD_EXITED && seen.si_status == 9 &&
        seen.si_pid == child);
  CHECK(waitpid(child, NULL, 0) == child);
}

static void children_can_be_left_to_the_kernel(void) {
  install(SIGCHLD, note, SA_NOCLDWAIT);
  const pid_t child = fork();
  if (child == 0) _exit(0);
  CHECK_ERRNO(ECHILD, waitpid(child, NULL, 0));
  signal(SIGCHLD, SIG_DFL);
}

static void unknown_signals_are_refused(void) {
  struct sigaction action = {.sa_handler = SIG_IGN};
  CHECK_ERRNO(EINVAL, sigaction(SIGKILL, &action, NULL));
  CHECK_ERRNO(EINVAL, sigaction(SIGSTOP, &action, NULL));
  CHECK_ERRNO(EINVAL, sigaction(0, &action, NULL));
  CHECK_ERRNO(EINVAL, sigaction(65, &action, NULL));
  sigset_t all, now;
  sigfillset(&all);
  CHECK(sigprocmask(SIG_SETMASK, &all, NULL) == 0);
  CHECK(sigprocmask(SIG_BLOCK, NULL, &now) == 0);
  CHECK(!sigismember(&now, SIGKILL) && !sigismember(&now, SIGSTOP));
  sigemptyset(&all);
  CHECK(sigprocmask(SIG_SETMASK, &all, NULL) == 0);
  CHECK_ERRNO(EINVAL, sigprocmask(99, &all, NULL));
}

int main(void) {
  CASE(the_sender_is_told);
  CASE(values_are_queued);
  CASE(threads_are_told_apart);
  CASE(zero_only_asks);
  CASE(a_signal_is_blocked_in_its_handler);
  CASE(nodefer_lets_it_nest);
  CASE(resethand_is_for_once);
  CASE(handlers_use_the_alternate_stack);
  CASE(ignoring_forgets_what_is_pending);
  CASE(plain_signals_merge);
  CASE(real_time_signals_come_in_order);
  CASE(waiting_can_time_out);
  CASE(interval_timers_signal);
  CASE(processor_time_can_be_limited);
  CASE(posix_timers_signal_with_a_value);
  CASE(posix_timers_call_functions);
  CASE(children_report);
  CASE(children_can_be_left_to_the_kernel);
  CASE(unknown_signals_are_refused);
  return 0;
}
