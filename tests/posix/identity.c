// Giving up privileges, as servers do that are started by root. What is
// possible depends on who runs the test; natively and as a guest it is the
// same.

#include <grp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/fsuid.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/posix/check.h"

enum { kOther = 65534 };

// Runs it in a child, whose ids it may change.
static void in_a_child(void (*body)(void)) {
  CHECK(fflush(stdout) == 0);
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    body();
    exit(fflush(stdout) != 0);
  }
  int status = 0;
  CHECK(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void say(const char* call, int result) {
  printf("%s: %s\n", call, result == 0 ? "done" : strerror(errno));
}

static void* user_of_thread(void* unused) {
  (void)unused;
  return (void*)(long)geteuid();
}

static void drop(void) {
  say("setgroups", setgroups(0, NULL));
  say("setgid", setgid(kOther));
  const int dropped = setuid(kOther);
  say("setuid", dropped);
  if (dropped != 0) return;
  CHECK(getuid() == kOther && geteuid() == kOther);
  CHECK_ERRNO(EPERM, setuid(0));
  pthread_t thread;
  void* user = NULL;
  CHECK(pthread_create(&thread, NULL, user_of_thread, NULL) == 0);
  CHECK(pthread_join(thread, &user) == 0 && (long)user == kOther);
}

static void a_server_drops_its_privileges(void) { in_a_child(drop); }

static void* waiting_user(void* barrier) {
  pthread_barrier_wait(barrier);
  pthread_barrier_wait(barrier);
  return (void*)(long)geteuid();
}

static void drop_with_a_thread(void) {
  pthread_barrier_t barrier;
  CHECK(pthread_barrier_init(&barrier, NULL, 2) == 0);
  pthread_t thread;
  void* user = NULL;
  CHECK(pthread_create(&thread, NULL, waiting_user, &barrier) == 0);
  pthread_barrier_wait(&barrier);
  say("setuid", setuid(kOther));
  pthread_barrier_wait(&barrier);
  CHECK(pthread_join(thread, &user) == 0);
  CHECK((uid_t)(long)user == geteuid());
}

static void all_threads_change(void) { in_a_child(drop_with_a_thread); }

static void for_a_while(void) {
  const uid_t before = geteuid();
  const int changed = seteuid(kOther);
  say("seteuid", changed);
  if (changed == 0) CHECK(geteuid() == kOther && seteuid(before) == 0);
  CHECK(geteuid() == before);
  CHECK((uid_t)setfsuid(before) == before);
  CHECK((gid_t)setfsgid(getegid()) == getegid());
}

static void an_effective_id_can_be_taken_back(void) { in_a_child(for_a_while); }

int main(void) {
  CASE(a_server_drops_its_privileges);
  CASE(all_threads_change);
  CASE(an_effective_id_can_be_taken_back);
  return 0;
}
