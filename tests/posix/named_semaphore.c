// Named semaphores between processes: sem_overview(7). The second program is
// this one, executed with an argument.

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>

#include "check.h"
#include "children.h"

static char name[32];

static sem_t* make(unsigned value) {
  sem_t* const semaphore = sem_open(name, O_CREAT | O_EXCL, 0600, value);
  CHECK(semaphore != SEM_FAILED);
  return semaphore;
}

static void finish(sem_t* semaphore) {
  CHECK(sem_close(semaphore) == 0);
  CHECK(sem_unlink(name) == 0);
}

static int value(sem_t* semaphore) {
  int result;
  CHECK(sem_getvalue(semaphore, &result) == 0);
  return result;
}

static void semaphore_exists_until_unlinked(void) {
  errno = 0;
  CHECK(sem_open(name, 0) == SEM_FAILED && errno == ENOENT);
  sem_t* const semaphore = make(3);
  CHECK(value(semaphore) == 3);
  errno = 0;
  CHECK(sem_open(name, O_CREAT | O_EXCL, 0600, 1) == SEM_FAILED);
  CHECK(errno == EEXIST);
  CHECK(sem_unlink(name) == 0);
  CHECK_ERRNO(ENOENT, sem_unlink(name));
  CHECK(sem_open(name, 0) == SEM_FAILED && errno == ENOENT);
  CHECK(sem_post(semaphore) == 0 && value(semaphore) == 4);
  CHECK(sem_close(semaphore) == 0);
}

static void opening_again_gives_the_same_semaphore(void) {
  sem_t* const one = make(0);
  sem_t* const two = sem_open(name, O_CREAT, 0600, 77);
  CHECK(two == one && value(two) == 0);
  CHECK(sem_post(two) == 0);
  CHECK(sem_trywait(one) == 0);
  CHECK_ERRNO(EAGAIN, sem_trywait(one));
  CHECK(sem_close(two) == 0);
  CHECK(value(one) == 0);
  finish(one);
}

static void child_uses_the_inherited_semaphore(void) {
  sem_t* const semaphore = make(0);
  const pid_t pid = fork();
  CHECK(pid >= 0);
  if (pid == 0) _exit(sem_post(semaphore));
  CHECK(sem_wait(semaphore) == 0);
  CHECK(wait_for(pid) == 0);
  CHECK(value(semaphore) == 0);
  finish(semaphore);
}

static void child_opens_by_name(void) {
  sem_t* const semaphore = make(0);
  const pid_t pid = fork();
  CHECK(pid >= 0);
  if (pid == 0) {
    CHECK(sem_close(semaphore) == 0);
    sem_t* const own = sem_open(name, 0);
    CHECK(own != SEM_FAILED);
    CHECK(sem_wait(own) == 0);
    _exit(0);
  }
  usleep(10000);
  CHECK(sem_post(semaphore) == 0);
  CHECK(wait_for(pid) == 0);
  finish(semaphore);
}

static void executed_program_opens_by_name(void) {
  sem_t* const semaphore = make(0);
  const pid_t pid = fork();
  CHECK(pid >= 0);
  if (pid == 0) {
    execl("/proc/self/exe", "self", name, NULL);
    _exit(9);
  }
  CHECK(sem_wait(semaphore) == 0);
  CHECK(wait_for(pid) == 0);
  finish(semaphore);
}

static void semaphore_of_a_dead_process_stays(void) {
  const pid_t pid = fork();
  CHECK(pid >= 0);
  if (pid == 0) {
    make(5);
    kill(getpid(), SIGKILL);
  }
  CHECK(WTERMSIG(wait_for(pid)) == SIGKILL);
  sem_t* const semaphore = sem_open(name, 0);
  CHECK(semaphore != SEM_FAILED && value(semaphore) == 5);
  finish(semaphore);
}

static void timed_wait_gives_up(void) {
  sem_t* const semaphore = make(0);
  struct timespec deadline;
  CHECK(clock_gettime(CLOCK_REALTIME, &deadline) == 0);
  deadline.tv_nsec += 20000000;
  deadline.tv_sec += deadline.tv_nsec / 1000000000;
  deadline.tv_nsec %= 1000000000;
  CHECK_ERRNO(ETIMEDOUT, sem_timedwait(semaphore, &deadline));
  finish(semaphore);
}

static void on_signal(int signal) { (void)signal; }

static void signal_interrupts_waiting(void) {
  sem_t* const semaphore = make(0);
  const struct sigaction action = {.sa_handler = on_signal};
  CHECK(sigaction(SIGALRM, &action, NULL) == 0);
  const struct itimerval often = {{0, 10000}, {0, 10000}};
  const struct itimerval never = {{0, 0}, {0, 0}};
  CHECK(setitimer(ITIMER_REAL, &often, NULL) == 0);
  CHECK_ERRNO(EINTR, sem_wait(semaphore));
  CHECK(setitimer(ITIMER_REAL, &never, NULL) == 0);
  finish(semaphore);
}

static void semaphore_excludes_processes(void) {
  enum { kProcesses = 4, kRounds = 500 };
  sem_t* const semaphore = make(1);
  volatile int* const counter = mmap(NULL, sizeof(int), PROT_READ | PROT_WRITE,
                                     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  CHECK(counter != MAP_FAILED);
  pid_t pids[kProcesses];
  for (int i = 0; i < kProcesses; ++i) {
    pids[i] = fork();
    CHECK(pids[i] >= 0);
    if (pids[i] != 0) continue;
    for (int round = 0; round < kRounds; ++round) {
      CHECK(sem_wait(semaphore) == 0);
      const int seen = *counter;
      if (round % 50 == 0) usleep(10);
      *counter = seen + 1;
      CHECK(sem_post(semaphore) == 0);
    }
    _exit(0);
  }
  for (int i = 0; i < kProcesses; ++i) CHECK(wait_for(pids[i]) == 0);
  CHECK(*counter == kProcesses * kRounds);
  finish(semaphore);
}

static void bad_names_and_values_are_refused(void) {
  char long_name[NAME_MAX + 3] = "/";
  memset(long_name + 1, 'n', NAME_MAX + 1);
  errno = 0;
  CHECK(sem_open(long_name, O_CREAT, 0600, 0) == SEM_FAILED);
  CHECK(errno == ENAMETOOLONG || errno == EINVAL);
  CHECK(sem_open("/one/two", O_CREAT, 0600, 0) == SEM_FAILED);
  CHECK(errno == EINVAL);
  CHECK(sem_open(name, O_CREAT, 0600, (unsigned)SEM_VALUE_MAX + 1) ==
        SEM_FAILED);
  CHECK(errno == EINVAL);
}

int main(int argc, char** argv) {
  if (argc > 1) {
    sem_t* const semaphore = sem_open(argv[1], 0);
    CHECK(semaphore != SEM_FAILED);
    CHECK(sem_post(semaphore) == 0);
    return 0;
  }
  snprintf(name, sizeof(name), "/slipway-test-%d", getpid());
  CASE(semaphore_exists_until_unlinked);
  CASE(opening_again_gives_the_same_semaphore);
  CASE(child_uses_the_inherited_semaphore);
  CASE(child_opens_by_name);
  CASE(executed_program_opens_by_name);
  CASE(semaphore_of_a_dead_process_stays);
  CASE(timed_wait_gives_up);
  CASE(signal_interrupts_waiting);
  CASE(semaphore_excludes_processes);
  CASE(bad_names_and_values_are_refused);
  return 0;
}
