// SIGCHLD, SIGPIPE, signals as a cause of death, ignored signals.
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

static volatile sig_atomic_t children, pipes;
static volatile int child_status, child_code;
static volatile pid_t child_pid;

static void on_child(int signal, siginfo_t* info, void* context) {
  (void)signal, (void)context;
  children++;
  child_pid = info->si_pid;
  child_status = info->si_status;
  child_code = info->si_code;
}
static void on_pipe(int signal) { pipes += signal == SIGPIPE; }
static void on_term(int signal) { _exit(signal == SIGTERM ? 33 : 1); }

static int status_of(pid_t child) {
  int status;
  while (waitpid(child, &status, 0) != child) CHECK(errno == EINTR);
  return status;
}

// Runs body in a child that is killed by `signal` after it said it is ready.
static int killed_by(int signal, void (*prepare)(void)) {
  int ready[2];
  CHECK(pipe(ready) == 0);
  const pid_t child = fork();
  if (child == 0) {
    if (prepare != NULL) prepare();
    if (write(ready[1], "r", 1) != 1) _exit(1);
    for (;;) pause();
  }
  char byte;
  CHECK(read(ready[0], &byte, 1) == 1);
  CHECK(kill(child, signal) == 0);
  close(ready[0]), close(ready[1]);
  return status_of(child);
}

static void handle_term(void) { signal(SIGTERM, on_term); }
static void ignore_int_and_die(void) {
  signal(SIGINT, SIG_IGN);
  raise(SIGINT);
}

int main(void) {
  struct sigaction action = {.sa_sigaction = on_child, .sa_flags = SA_SIGINFO};
  CHECK(sigaction(SIGCHLD, &action, NULL) == 0);
  pid_t child = fork();
  if (child == 0) _exit(7);
  while (children == 0) usleep(1000);
  CHECK(child_pid == child && child_status == 7 && child_code == CLD_EXITED);
  int status = status_of(child);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
  CHECK(signal(SIGCHLD, SIG_DFL) != SIG_ERR);

  status = killed_by(SIGTERM, NULL);
  CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
  status = killed_by(SIGKILL, NULL);
  CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  status = killed_by(SIGTERM, handle_term);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 33);
  status = killed_by(SIGQUIT, ignore_int_and_die);
  CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGQUIT);
  child = fork();
  if (child == 0) abort();
  status = status_of(child);
  CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);

  int ends[2];
  CHECK(pipe(ends) == 0 && close(ends[0]) == 0);
  CHECK(signal(SIGPIPE, on_pipe) != SIG_ERR);
  CHECK_ERRNO(EPIPE, write(ends[1], "x", 1));
  CHECK(pipes == 1);
  child = fork();
  if (child == 0) {
    signal(SIGPIPE, SIG_DFL);
    if (write(ends[1], "x", 1) < 0) _exit(1);
    _exit(0);
  }
  status = status_of(child);
  CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE);
  CHECK_ERRNO(ESRCH, kill(child, 0));
  puts("children ok");
  return 0;
}
