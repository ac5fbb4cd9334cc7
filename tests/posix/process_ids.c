// Identities, groups, sessions, limits that a process sees of itself.
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

int main(void) {
  const pid_t self = getpid();
  CHECK(self > 0 && getppid() > 0 && gettid() == self);
  CHECK(getuid() == geteuid() && getgid() == getegid());
  CHECK(getpgid(0) == getpgrp());
  const pid_t child = fork();
  if (child == 0) {
    CHECK(getppid() == self && getpid() != self && gettid() == getpid());
    CHECK(setpgid(0, 0) == 0 && getpgrp() == getpid());
    _exit(0);
  }
  int status;
  CHECK(waitpid(child, &status, 0) == child && status == 0);
  const pid_t second = fork();
  if (second == 0) {
    CHECK(setsid() == getpid() && getsid(0) == getpid());
    CHECK(setsid() == -1 && errno == EPERM);
    _exit(0);
  }
  CHECK(waitpid(second, &status, 0) == second && status == 0);
  puts("ids ok");
  return 0;
}
