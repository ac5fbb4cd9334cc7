// Child processes of behaviour tests.

#ifndef SLIPWAY_TESTS_POSIX_CHILDREN_H_
#define SLIPWAY_TESTS_POSIX_CHILDREN_H_

#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

// As fork(2), which must succeed.
static inline pid_t start(void) {
  const pid_t pid = fork();
  CHECK(pid >= 0);
  return pid;
}

// The wait status of a child.
static inline int wait_for(pid_t pid) {
  int status;
  CHECK(waitpid(pid, &status, 0) == pid);
  return status;
}

// A child that waits for signals.
static inline pid_t waiting_child(void) {
  const pid_t child = start();
  if (child == 0) {
    for (;;) pause();
  }
  return child;
}

#endif  // SLIPWAY_TESTS_POSIX_CHILDREN_H_
