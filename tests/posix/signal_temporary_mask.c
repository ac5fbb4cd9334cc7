// The masks that sigsuspend, ppoll, pselect and epoll_pwait wait with: which
// signals they let in, what the handler finds blocked, what is restored.
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#include "check.h"

static sigset_t seen;   // blocked while the handler ran
static sigset_t saved;  // what the handler's frame restores
static int order[4];
static int handled;

static void note(int signal, siginfo_t* info, void* context) {
  (void)info;
  sigprocmask(SIG_BLOCK, NULL, &seen);
  memcpy(&saved, &((ucontext_t*)context)->uc_sigmask, 8);
  if (handled < 4) order[handled] = signal;
  ++handled;
}

static void handle(int signal, int also_blocked) {
  struct sigaction action = {.sa_sigaction = note, .sa_flags = SA_SIGINFO};
  sigemptyset(&action.sa_mask);
  if (also_blocked) sigaddset(&action.sa_mask, also_blocked);
  CHECK(sigaction(signal, &action, NULL) == 0);
}

static sigset_t only(int signal) {
  sigset_t set;
  sigemptyset(&set);
  if (signal) sigaddset(&set, signal);
  return set;
}

// Permanently blocked: SIGUSR1 and SIGUSR2. Temporarily: SIGHUP.
static void prepare(void) {
  sigset_t permanent = only(SIGUSR1);
  sigaddset(&permanent, SIGUSR2);
  CHECK(sigprocmask(SIG_SETMASK, &permanent, NULL) == 0);
  handle(SIGUSR1, SIGTERM);
  handle(SIGUSR2, 0);
  handled = 0;
  sigemptyset(&seen);
}

static void expect_masks(void) {
  CHECK(handled == 1);
  // The temporary mask, the action's, and the signal itself.
  CHECK(sigismember(&seen, SIGHUP) && sigismember(&seen, SIGTERM));
  CHECK(sigismember(&seen, SIGUSR1) && !sigismember(&seen, SIGUSR2));
  CHECK(sigismember(&saved, SIGUSR1) && sigismember(&saved, SIGUSR2));
  CHECK(!sigismember(&saved, SIGHUP) && !sigismember(&saved, SIGTERM));
  sigset_t now;
  CHECK(sigprocmask(SIG_BLOCK, NULL, &now) == 0);
  CHECK(sigismember(&now, SIGUSR1) && sigismember(&now, SIGUSR2));
  CHECK(!sigismember(&now, SIGHUP) && !sigismember(&now, SIGTERM));
}

static void sigsuspend_lets_a_pending_signal_in(void) {
  prepare();
  const sigset_t temporary = only(SIGHUP);
  CHECK(raise(SIGUSR1) == 0 && handled == 0);
  CHECK_ERRNO(EINTR, sigsuspend(&temporary));
  expect_masks();
}

static void sigsuspend_waits_for_a_signal(void) {
  prepare();
  const sigset_t temporary = only(SIGHUP);
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child == 0) {
    usleep(20000);
    _exit(kill(parent, SIGUSR1));
  }
  CHECK_ERRNO(EINTR, sigsuspend(&temporary));
  expect_masks();
  CHECK(waitpid(child, NULL, 0) == child);
}

static void ppoll_lets_a_pending_signal_in(void) {
  prepare();
  const sigset_t temporary = only(SIGHUP);
  raise(SIGUSR1);
  CHECK_ERRNO(EINTR, ppoll(NULL, 0, NULL, &temporary));
  expect_masks();
}

static void pselect_lets_a_pending_signal_in(void) {
  prepare();
  const sigset_t temporary = only(SIGHUP);
  raise(SIGUSR1);
  CHECK_ERRNO(EINTR, pselect(0, NULL, NULL, NULL, NULL, &temporary));
  expect_masks();
}

static void epoll_pwait_lets_a_pending_signal_in(void) {
  prepare();
  const sigset_t temporary = only(SIGHUP);
  struct epoll_event event;
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  raise(SIGUSR1);
  CHECK_ERRNO(EINTR, epoll_pwait(epoll, &event, 1, -1, &temporary));
  expect_masks();
  close(epoll);
}

static void several_pending_signals_nest(void) {
  prepare();
  handle(SIGUSR1, 0);
  const sigset_t temporary = only(0);
  raise(SIGUSR1);
  raise(SIGUSR2);
  CHECK_ERRNO(EINTR, sigsuspend(&temporary));
  // The second interrupts the first before its first instruction.
  CHECK(handled == 2 && order[0] == SIGUSR2 && order[1] == SIGUSR1);
}

static void unblocking_runs_handlers_in_the_same_order(void) {
  prepare();
  handle(SIGUSR1, 0);
  raise(SIGUSR1);
  raise(SIGUSR2);
  const sigset_t none = only(0);
  CHECK(sigprocmask(SIG_SETMASK, &none, NULL) == 0);
  CHECK(handled == 2 && order[0] == SIGUSR2 && order[1] == SIGUSR1);
}

static void real_time_signals_nest_and_queue(void) {
  prepare();
  handle(SIGRTMIN + 1, 0);
  const sigset_t blocked = only(SIGRTMIN + 1);
  sigprocmask(SIG_BLOCK, &blocked, NULL);
  raise(SIGRTMIN + 1);
  raise(SIGRTMIN + 1);
  raise(SIGRTMIN + 1);
  CHECK(sigprocmask(SIG_UNBLOCK, &blocked, NULL) == 0);
  CHECK(handled == 3);
}

static void a_blocked_signal_does_not_end_the_wait(void) {
  prepare();
  sigset_t temporary = only(SIGUSR2);
  sigaddset(&temporary, SIGUSR1);
  raise(SIGUSR1);
  const struct timespec limit = {0, 20000000};
  CHECK(ppoll(NULL, 0, &limit, &temporary) == 0);
  CHECK(handled == 0);
}

static void a_ready_descriptor_wins_over_the_signal(void) {
  prepare();
  int ends[2];
  CHECK(pipe(ends) == 0 && write(ends[1], "x", 1) == 1);
  struct pollfd readable = {.fd = ends[0], .events = POLLIN};
  const sigset_t temporary = only(0);
  raise(SIGUSR1);
  CHECK(ppoll(&readable, 1, NULL, &temporary) == 1);
  CHECK(handled == 0);  // still pending, and blocked again
  sigset_t pending;
  CHECK(sigpending(&pending) == 0 && sigismember(&pending, SIGUSR1));
  CHECK_ERRNO(EINTR, sigsuspend(&temporary));
  close(ends[0]);
  close(ends[1]);
}

static void a_fault_signal_that_was_sent_is_let_in(void) {
  prepare();
  handle(SIGSEGV, 0);
  const sigset_t blocked = only(SIGSEGV);
  sigprocmask(SIG_BLOCK, &blocked, NULL);
  raise(SIGSEGV);
  CHECK(handled == 0);
  const sigset_t temporary = only(0);
  CHECK_ERRNO(EINTR, sigsuspend(&temporary));
  CHECK(handled == 1 && order[0] == SIGSEGV);
  sigprocmask(SIG_UNBLOCK, &blocked, NULL);
}

static void bad_arguments_are_refused(void) {
  struct epoll_event event;
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  const sigset_t none = only(0);
  CHECK_ERRNO(EINVAL, epoll_pwait(epoll, &event, 0, 0, &none));
  CHECK_ERRNO(EINVAL, ppoll(NULL, 0, &(struct timespec){0, -1}, &none));
  close(epoll);
}

int main(void) {
  CASE(sigsuspend_lets_a_pending_signal_in);
  CASE(sigsuspend_waits_for_a_signal);
  CASE(ppoll_lets_a_pending_signal_in);
  CASE(pselect_lets_a_pending_signal_in);
  CASE(epoll_pwait_lets_a_pending_signal_in);
  CASE(several_pending_signals_nest);
  CASE(unblocking_runs_handlers_in_the_same_order);
  CASE(real_time_signals_nest_and_queue);
  CASE(a_blocked_signal_does_not_end_the_wait);
  CASE(a_ready_descriptor_wins_over_the_signal);
  CASE(a_fault_signal_that_was_sent_is_let_in);
  CASE(bad_arguments_are_refused);
  return 0;
}
