// posix_spawn: file actions, attributes, errors, status. The program spawns
// itself.
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

extern char** environ;
static char self[4096];

static int be_spawned(char** argv) {
  if (!strcmp(argv[1], "exit")) return atoi(argv[2]);
  if (!strcmp(argv[1], "copy")) {
    char text[64];
    const ssize_t size = read(0, text, sizeof(text));
    return write(1, text, size) != size;
  }
  if (!strcmp(argv[1], "group")) return getpgrp() != getpid();
  if (!strcmp(argv[1], "session")) return getsid(0) != getpid();
  if (!strcmp(argv[1], "closed")) return fcntl(atoi(argv[2]), F_GETFD) != -1;
  if (!strcmp(argv[1], "directory")) {
    char path[4096];
    return strcmp(strrchr(getcwd(path, sizeof(path)), '/'), argv[2]) != 0;
  }
  struct sigaction action;  // "signals"
  sigset_t mask;
  sigprocmask(SIG_BLOCK, NULL, &mask);
  sigaction(SIGUSR2, NULL, &action);
  return !(sigismember(&mask, SIGUSR1) && action.sa_handler == SIG_DFL);
}

static int finish(pid_t child) {
  int status;
  CHECK(waitpid(child, &status, 0) == child);
  return status;
}

static int spawn(const posix_spawn_file_actions_t* actions,
                 const posix_spawnattr_t* attributes, const char* mode,
                 const char* argument) {
  char* const argv[] = {"self", (char*)mode, (char*)argument, NULL};
  pid_t child;
  CHECK(posix_spawn(&child, self, actions, attributes, argv, environ) == 0);
  return finish(child);
}

static void the_status_is_the_programs(void) {
  CHECK(spawn(NULL, NULL, "exit", "0") == 0);
  CHECK(spawn(NULL, NULL, "exit", "42") == 42 << 8);
}

static void errors_are_returned(void) {
  char* const argv[] = {"x", NULL};
  pid_t child;
  CHECK(posix_spawn(&child, "/missing", NULL, NULL, argv, environ) == ENOENT);
  CHECK(posix_spawn(&child, ".", NULL, NULL, argv, environ) == EACCES);
  CHECK_ERRNO(ECHILD, waitpid(-1, NULL, WNOHANG));
}

static void the_path_is_searched(void) {
  CHECK(symlink(self, "found") == 0);
  CHECK(setenv("PATH", "/nowhere:.", 1) == 0);
  char* const argv[] = {"found", "exit", "3", NULL};
  pid_t child;
  CHECK(posix_spawnp(&child, "found", NULL, NULL, argv, environ) == 0);
  CHECK(finish(child) == 3 << 8);
}

static void files_are_opened_and_duplicated(void) {
  posix_spawn_file_actions_t actions;
  CHECK(posix_spawn_file_actions_init(&actions) == 0);
  const int in = open("in", O_RDWR | O_CREAT, 0600);
  CHECK(write(in, "through", 7) == 7 && lseek(in, 0, SEEK_SET) == 0);
  CHECK(posix_spawn_file_actions_adddup2(&actions, in, 0) == 0);
  CHECK(posix_spawn_file_actions_addopen(&actions, 1, "out", O_WRONLY | O_CREAT,
                                         0600) == 0);
  CHECK(spawn(&actions, NULL, "copy", NULL) == 0);
  char text[16] = "";
  const int out = open("out", O_RDONLY);
  CHECK(read(out, text, sizeof(text)) == 7 && strcmp(text, "through") == 0);
  close(in);
  close(out);
  posix_spawn_file_actions_destroy(&actions);
}

static void descriptors_are_closed(void) {
  posix_spawn_file_actions_t actions;
  CHECK(posix_spawn_file_actions_init(&actions) == 0);
  const int fd = dup(0);
  char text[16];
  snprintf(text, sizeof(text), "%d", fd);
  CHECK(posix_spawn_file_actions_addclose(&actions, fd) == 0);
  CHECK(spawn(&actions, NULL, "closed", text) == 0);
  CHECK(fcntl(fd, F_GETFD) == 0);
  close(fd);
  posix_spawn_file_actions_destroy(&actions);
}

static void a_failing_action_is_an_error(void) {
  posix_spawn_file_actions_t actions;
  CHECK(posix_spawn_file_actions_init(&actions) == 0);
  CHECK(posix_spawn_file_actions_addopen(&actions, 5, "/missing/x", O_RDONLY,
                                         0) == 0);
  char* const argv[] = {"self", "exit", "0", NULL};
  pid_t child;
  CHECK(posix_spawn(&child, self, &actions, NULL, argv, environ) == ENOENT);
  posix_spawn_file_actions_destroy(&actions);
}

static void groups_and_signals_are_set(void) {
  posix_spawnattr_t attributes;
  CHECK(posix_spawnattr_init(&attributes) == 0);
  sigset_t mask, defaults;
  sigemptyset(&mask);
  sigaddset(&mask, SIGUSR1);
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGUSR2);
  signal(SIGUSR2, SIG_IGN);
  CHECK(posix_spawnattr_setsigmask(&attributes, &mask) == 0);
  CHECK(posix_spawnattr_setsigdefault(&attributes, &defaults) == 0);
  CHECK(posix_spawnattr_setpgroup(&attributes, 0) == 0);
  CHECK(posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK |
                                                  POSIX_SPAWN_SETSIGDEF |
                                                  POSIX_SPAWN_SETPGROUP) == 0);
  CHECK(spawn(NULL, &attributes, "signals", NULL) == 0);
  CHECK(spawn(NULL, &attributes, "group", NULL) == 0);
  posix_spawnattr_destroy(&attributes);
}

static void a_session_can_be_started(void) {
  posix_spawnattr_t attributes;
  CHECK(posix_spawnattr_init(&attributes) == 0);
  CHECK(posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID) == 0);
  CHECK(spawn(NULL, &attributes, "session", NULL) == 0);
  posix_spawnattr_destroy(&attributes);
}

int main(int argc, char** argv) {
  const ssize_t size = readlink("/proc/self/exe", self, sizeof(self) - 1);
  CHECK(size > 0);
  if (argc > 1) return be_spawned(argv);
  CASE(the_status_is_the_programs);
  CASE(errors_are_returned);
  CASE(the_path_is_searched);
  CASE(files_are_opened_and_duplicated);
  CASE(descriptors_are_closed);
  CASE(a_failing_action_is_an_error);
  CASE(groups_and_signals_are_set);
  CASE(a_session_can_be_started);
  return 0;
}
