// A storm of signals while a thread copies memory and then waits: a wait ends
// with EINTR only when a handler ran during it, and never because of a signal
// whose handler was over before the wait began.
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static atomic_int handled;
static atomic_int stop;
static pthread_t target;

static void on_signal(int signal) {
  (void)signal;
  ++handled;
}

static void* disturb(void* unused) {
  (void)unused;
  while (!stop) {
    pthread_kill(target, SIGUSR1);
    usleep(300);
  }
  return NULL;
}

int main(void) {
  enum { kSize = 1 << 20, kRounds = 300 };
  char *from = malloc(kSize), *to = malloc(kSize);
  struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
  CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
  target = pthread_self();
  pthread_t sender;
  CHECK(pthread_create(&sender, NULL, disturb, NULL) == 0);
  int spurious = 0;
  for (int i = 0; i < kRounds; ++i) {
    memset(from, i, kSize);
    memmove(to, from, kSize);
    CHECK(to[kSize - 1] == (char)i);
    const int before = handled;
    const struct timespec wait = {0, 500000};
    const int slept = i % 2 ? nanosleep(&wait, NULL) : poll(NULL, 0, 1);
    if (slept != 0) {
      CHECK(errno == EINTR);
      spurious += handled == before;
    }
  }
  stop = 1;
  CHECK(pthread_join(sender, NULL) == 0);
  CHECK(spurious == 0 && handled > 0);
  puts("pass every_eintr_had_its_handler");
  return 0;
}
