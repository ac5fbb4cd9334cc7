// Processes: waiting in every way, groups and sessions, limits, priorities,
// usage, identities, prctl.
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/times.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

static pid_t child_that_waits(void) {
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    for (;;) pause();
  }
  return child;
}
static pid_t child_that_exits(int status) {
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) _exit(status);
  return child;
}

static void waiting_for_anybody(void) {
  int status;
  const pid_t one = child_that_exits(1), two = child_that_exits(2);
  int sum = 0;
  for (int i = 0; i < 2; ++i) {
    const pid_t got = wait(&status);
    CHECK(got == one || got == two);
    sum += WEXITSTATUS(status);
  }
  CHECK(sum == 3);
  CHECK_ERRNO(ECHILD, wait(&status));
  CHECK_ERRNO(ECHILD, waitpid(getppid(), &status, 0));
  CHECK_ERRNO(EINVAL, waitpid(-1, &status, 1 << 20));
}

static void waiting_without_blocking(void) {
  const pid_t child = child_that_waits();
  int status;
  CHECK(waitpid(child, &status, WNOHANG) == 0);
  CHECK(kill(child, SIGKILL) == 0 && waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void stopping_and_continuing_are_reported(void) {
  const pid_t child = child_that_waits();
  int status;
  CHECK(kill(child, SIGSTOP) == 0);
  CHECK(waitpid(child, &status, WUNTRACED) == child);
  CHECK(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
  CHECK(kill(child, SIGCONT) == 0);
  CHECK(waitpid(child, &status, WCONTINUED) == child && WIFCONTINUED(status));
  CHECK(kill(child, SIGTERM) == 0 && waitpid(child, &status, 0) == child);
  CHECK(WTERMSIG(status) == SIGTERM);
}

static void waitid_tells_and_may_leave(void) {
  const pid_t child = child_that_exits(5);
  siginfo_t info = {0};
  CHECK(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT) == 0);
  CHECK(info.si_pid == child && info.si_code == CLD_EXITED &&
        info.si_status == 5);
  CHECK(waitid(P_ALL, 0, &info, WEXITED) == 0 && info.si_pid == child);
  CHECK_ERRNO(ECHILD, waitid(P_ALL, 0, &info, WEXITED));
  CHECK_ERRNO(EINVAL, waitid(P_ALL, 0, &info, 0));
}

static void groups_are_made_and_waited_for(void) {
  const pid_t child = child_that_waits();
  CHECK(getpgid(child) == getpgrp() && setpgid(child, child) == 0);
  CHECK(getpgid(child) == child && getsid(child) == getsid(0));
  int status;
  CHECK(kill(-child, SIGTERM) == 0 && waitpid(-child, &status, 0) == child);
  CHECK_ERRNO(ESRCH, kill(-child, 0));
  CHECK_ERRNO(EINVAL, setpgid(0, -1));
}

static void sessions_are_started_once(void) {
  const pid_t child = fork();
  if (child == 0) {
    const pid_t session = setsid();
    if (session != getpid() || getpgrp() != session || getsid(0) != session)
      _exit(1);
    _exit(setsid() == -1 && errno == EPERM ? 0 : 2);
  }
  int status;
  CHECK(waitpid(child, &status, 0) == child && status == 0);
}

static void daemons_leave(void) {
  int ends[2];
  CHECK(pipe(ends) == 0);
  const pid_t child = fork();
  if (child == 0) {
    if (daemon(1, 1) != 0) _exit(1);
    const char own = getsid(0) == getpgrp() ? 'y' : 'n';
    _exit(write(ends[1], &own, 1) != 1);
  }
  int status;
  char byte;
  CHECK(waitpid(child, &status, 0) == child && status == 0);
  CHECK(read(ends[0], &byte, 1) == 1 && byte == 'y');
  close(ends[0]);
  close(ends[1]);
}

static void orphans_go_to_the_subreaper(void) {
  CHECK(prctl(PR_SET_CHILD_SUBREAPER, 1L) == 0);
  const pid_t child = fork();
  if (child == 0) {
    if (fork() == 0) {
      usleep(20000);
      _exit(6);
    }
    _exit(0);
  }
  int status;
  CHECK(waitpid(child, &status, 0) == child);
  CHECK(wait(&status) > 0 && WEXITSTATUS(status) == 6);
  CHECK(prctl(PR_SET_CHILD_SUBREAPER, 0L) == 0);
}

static void a_parents_death_can_signal(void) {
  int ends[2];
  CHECK(pipe(ends) == 0);
  const pid_t child = fork();
  if (child == 0) {
    const pid_t grandchild = fork();
    if (grandchild == 0) {
      prctl(PR_SET_PDEATHSIG, (long)SIGKILL);
      if (write(ends[1], "x", 1) != 1) _exit(1);
      for (;;) pause();
    }
    char byte;
    _exit(read(ends[0], &byte, 1) != 1);
  }
  close(ends[1]);
  CHECK(waitpid(child, NULL, 0) == child);
  char byte;
  CHECK(read(ends[0], &byte, 1) == 0);  // the last writer is gone
  close(ends[0]);
}

static void usage_is_counted(void) {
  struct rusage own, children;
  struct tms tms;
  for (volatile long i = 0; i < 20000000; ++i) {
  }
  CHECK(getrusage(RUSAGE_SELF, &own) == 0 && own.ru_maxrss > 0);
  CHECK(own.ru_utime.tv_sec * 1000000 + own.ru_utime.tv_usec > 0);
  CHECK(getrusage(RUSAGE_CHILDREN, &children) == 0);
  CHECK(getrusage(RUSAGE_THREAD, &own) == 0);
  CHECK(times(&tms) != (clock_t)-1);
  CHECK_ERRNO(EINVAL, getrusage(99, &own));
  struct rusage waited;
  const pid_t child = child_that_exits(0);
  CHECK(wait4(child, NULL, 0, &waited) == child && waited.ru_maxrss > 0);
}

static void limits_are_lowered(void) {
  struct rlimit limit, again;
  CHECK(getrlimit(RLIMIT_CORE, &limit) == 0);
  limit.rlim_cur = 0;
  CHECK(setrlimit(RLIMIT_CORE, &limit) == 0 &&
        getrlimit(RLIMIT_CORE, &again) == 0);
  CHECK(again.rlim_cur == 0);
  limit = (struct rlimit){10, 5};
  CHECK_ERRNO(EINVAL, setrlimit(RLIMIT_NOFILE, &limit));
  CHECK_ERRNO(EINVAL, getrlimit(999, &limit));
  CHECK(prlimit(0, RLIMIT_CORE, NULL, &again) == 0 && again.rlim_cur == 0);
}

static void file_sizes_are_limited(void) {
  const pid_t child = fork();
  if (child == 0) {
    const struct rlimit limit = {100, 100};
    setrlimit(RLIMIT_FSIZE, &limit);
    signal(SIGXFSZ, SIG_IGN);
    const int fd = open("limited", O_WRONLY | O_CREAT, 0600);
    char block[200] = "";
    if (write(fd, block, 200) != 100) _exit(1);
    if (write(fd, block, 1) != -1 || errno != EFBIG) _exit(2);
    signal(SIGXFSZ, SIG_DFL);
    (void)!write(fd, block, 1);
    _exit(3);
  }
  int status;
  CHECK(waitpid(child, &status, 0) == child && (status & 0x7f) == SIGXFSZ);
}

static void priorities_are_lowered(void) {
  const pid_t child = fork();
  if (child == 0) {
    const int before = getpriority(PRIO_PROCESS, 0);
    if (setpriority(PRIO_PROCESS, 0, before + 3) != 0) _exit(1);
    errno = 0;
    if (nice(1) != before + 4 || errno != 0) _exit(2);
    _exit(getpriority(PRIO_PROCESS, 0) == before + 4 ? 0 : 3);
  }
  int status;
  CHECK(waitpid(child, &status, 0) == child && status == 0);
  CHECK_ERRNO(EINVAL, getpriority(99, 0));
}

static void scheduling_is_told(void) {
  struct sched_param param;
  CHECK((int)syscall(SYS_sched_getscheduler, 0L) == SCHED_OTHER);
  CHECK(syscall(SYS_sched_getparam, 0L, &param) == 0 &&
        param.sched_priority == 0);
  CHECK(sched_get_priority_min(SCHED_FIFO) == 1);
  CHECK(sched_get_priority_max(SCHED_FIFO) == 99);
  CHECK(syscall(SYS_sched_setscheduler, 0L, (long)SCHED_BATCH, &param) == 0);
  CHECK((int)syscall(SYS_sched_getscheduler, 0L) == SCHED_BATCH);
  CHECK(syscall(SYS_sched_setparam, 0L, &param) == 0);
  param.sched_priority = 1;
  CHECK_ERRNO(EINVAL, (int)syscall(SYS_sched_setparam, 0L, &param));
  struct timespec slice;
  CHECK(sched_rr_get_interval(0, &slice) == 0 && sched_yield() == 0);
}

static void threads_choose_their_processors(void) {
  cpu_set_t set, one;
  CHECK(sched_getaffinity(0, sizeof(set), &set) == 0 && CPU_COUNT(&set) > 0);
  int first = 0;
  while (!CPU_ISSET(first, &set)) ++first;
  CPU_ZERO(&one);
  CPU_SET(first, &one);
  CHECK(sched_setaffinity(0, sizeof(one), &one) == 0 &&
        sched_getcpu() == first);
  CHECK(sched_setaffinity(0, sizeof(set), &set) == 0);
  CPU_ZERO(&one);
  CHECK_ERRNO(EINVAL, sched_setaffinity(0, sizeof(one), &one));
}

static void identities_are_consistent(void) {
  uid_t real, effective, saved;
  CHECK(getresuid(&real, &effective, &saved) == 0);
  CHECK(real == getuid() && effective == geteuid() && saved == effective);
  gid_t groups[3];
  CHECK(getresgid(&groups[0], &groups[1], &groups[2]) == 0);
  CHECK(groups[0] == getgid() && groups[1] == getegid());
  CHECK(setuid(getuid()) == 0 && setgid(getgid()) == 0);
  CHECK(setreuid(-1, geteuid()) == 0 && setregid(-1, getegid()) == 0);
  CHECK(setresuid(-1, -1, -1) == 0 && setresgid(-1, -1, -1) == 0);
  CHECK(syscall(SYS_setfsuid, (long)geteuid()) == (long)geteuid());
  CHECK(syscall(SYS_setfsgid, (long)getegid()) == (long)getegid());
  CHECK(getgroups(0, NULL) >= 0);
  CHECK_ERRNO(EINVAL, getgroups(-1, NULL));
}

static void a_process_can_be_made_smaller(void) {
  CHECK(prctl(PR_SET_DUMPABLE, 1L) == 0 && prctl(PR_GET_DUMPABLE) == 1);
  CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) == 0);
  CHECK(prctl(PR_GET_NO_NEW_PRIVS, 0L, 0L, 0L, 0L) == 1);
  CHECK(prctl(PR_SET_TIMERSLACK, 70000L) == 0 &&
        prctl(PR_GET_TIMERSLACK) == 70000);
  int signal = -1;
  CHECK(prctl(PR_GET_PDEATHSIG, &signal) == 0 && signal == 0);
  CHECK_ERRNO(EINVAL, prctl(12345));
}

int main(void) {
  CASE(waiting_for_anybody);
  CASE(waiting_without_blocking);
  CASE(stopping_and_continuing_are_reported);
  CASE(waitid_tells_and_may_leave);
  CASE(groups_are_made_and_waited_for);
  CASE(sessions_are_started_once);
  CASE(daemons_leave);
  CASE(orphans_go_to_the_subreaper);
  CASE(a_parents_death_can_signal);
  CASE(usage_is_counted);
  CASE(limits_are_lowered);
  CASE(file_sizes_are_limited);
  CASE(priorities_are_lowered);
  CASE(scheduling_is_told);
  CASE(threads_choose_their_processors);
  CASE(identities_are_consistent);
  CASE(a_process_can_be_made_smaller);
  return 0;
}
