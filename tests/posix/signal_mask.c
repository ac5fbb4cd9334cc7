// Masks, pending signals, sigsuspend, sigwait, queued values, actions.
#include <pthread.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static volatile sig_atomic_t count, order[8], blocked_inside;

static void on_signal(int signal, siginfo_t* info, void* context) {
  (void)info, (void)context;
  order[count++] = signal;
  sigset_t mask;
  sigprocmask(SIG_SETMASK, NULL, &mask);
  blocked_inside = sigismember(&mask, signal) && sigismember(&mask, SIGUSR2);
}

static void* kills_main(void* main_thread) {
  usleep(20000);
  pthread_kill(*(pthread_t*)main_thread, SIGUSR1);
  return NULL;
}

int main(void) {
  struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
  struct sigaction old;
  sigaddset(&action.sa_mask, SIGUSR2);
  CHECK(sigaction(SIGUSR1, &action, &old) == 0 && old.sa_handler == SIG_DFL);
  CHECK(sigaction(SIGUSR1, NULL, &old) == 0 && old.sa_sigaction == on_signal);
  CHECK(sigismember(&old.sa_mask, SIGUSR2) && (old.sa_flags & SA_SIGINFO));
  CHECK_ERRNO(EINVAL, sigaction(SIGKILL, &action, NULL));

  sigset_t block, before, pending;
  sigemptyset(&block);
  sigaddset(&block, SIGUSR1);
  CHECK(sigprocmask(SIG_BLOCK, &block, &before) == 0);
  CHECK(!sigismember(&before, SIGUSR1));
  raise(SIGUSR1);
  raise(SIGUSR1);
  CHECK(count == 0 && sigpending(&pending) == 0 &&
        sigismember(&pending, SIGUSR1));
  CHECK(sigprocmask(SIG_UNBLOCK, &block, NULL) == 0);
  CHECK(count == 1 && blocked_inside);  // ordinary signals do not queue

  CHECK(sigprocmask(SIG_BLOCK, &block, NULL) == 0);
  pthread_t self = pthread_self(), thread;
  CHECK(pthread_create(&thread, NULL, kills_main, &self) == 0);
  CHECK_ERRNO(EINTR, sigsuspend(&before));
  CHECK(count == 2 && pthread_join(thread, NULL) == 0);

  int signal = 0;
  CHECK(pthread_create(&thread, NULL, kills_main, &self) == 0);
  CHECK(sigwait(&block, &signal) == 0 && signal == SIGUSR1 && count == 2);
  CHECK(pthread_join(thread, NULL) == 0);

  sigset_t queued;
  sigemptyset(&queued);
  sigaddset(&queued, SIGRTMIN + 2);
  CHECK(sigprocmask(SIG_BLOCK, &queued, NULL) == 0);
  for (int i = 1; i <= 3; i++) {
    CHECK(sigqueue(getpid(), SIGRTMIN + 2,
                   (union sigval){.sival_int = i * 11}) == 0);
  }
  siginfo_t info;
  for (int i = 1; i <= 3; i++) {
    CHECK(sigwaitinfo(&queued, &info) == SIGRTMIN + 2);
    CHECK(info.si_value.sival_int == i * 11 && info.si_pid == getpid());
  }
  CHECK_ERRNO(EAGAIN,
              sigtimedwait(&queued, &info, &(struct timespec){0, 1000000}));

  const int fd = signalfd(-1, &block, SFD_CLOEXEC);
  raise(SIGUSR1);
  struct signalfd_siginfo event;
  CHECK(read(fd, &event, sizeof(event)) == sizeof(event));
  CHECK(event.ssi_signo == SIGUSR1 && count == 2);
  CHECK(close(fd) == 0);

  action.sa_flags = SA_SIGINFO | SA_RESETHAND;
  CHECK(sigaction(SIGUSR2, &action, NULL) == 0);
  raise(SIGUSR2);
  CHECK(sigaction(SIGUSR2, NULL, &old) == 0 && old.sa_handler == SIG_DFL);
  CHECK(order[0] == SIGUSR1 && order[2] == SIGUSR2);
  puts("masks ok");
  return 0;
}
