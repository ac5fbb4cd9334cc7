// No signal is lost and no call fails when thousands of queued signals arrive
// at threads that compute, lock, and make calls.
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"

enum { kWorkers = 4, kSignals = 3000 };

static atomic_int handled[kWorkers + 1];
static _Thread_local int self;
static atomic_int stop;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static long shared;

static void on_signal(int signal, siginfo_t* info, void* context) {
  (void)context;
  CHECK(info->si_signo == signal && info->si_pid == getpid());
  atomic_fetch_add(&handled[self], 1);
}

// Bytes go round through a pair of sockets; nothing may be lost or repeated.
static void* work(void* argument) {
  self = (int)(long)argument;
  int pair[2];
  CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
  for (unsigned char sent = 0; !atomic_load(&stop); sent++) {
    unsigned char received;
    CHECK(write(pair[0], &sent, 1) == 1);
    CHECK(read(pair[1], &received, 1) == 1 && received == sent);
    CHECK(pthread_mutex_lock(&mutex) == 0);
    const long before = shared;
    for (volatile int i = 0; i < 50; i++) shared++;
    CHECK(shared == before + 50);
    CHECK(pthread_mutex_unlock(&mutex) == 0);
    free(malloc(sent * 10));
  }
  return NULL;
}

int main(void) {
  struct sigaction action = {.sa_sigaction = on_signal,
                             .sa_flags = SA_SIGINFO | SA_RESTART};
  CHECK(sigaction(SIGRTMIN + 3, &action, NULL) == 0);
  pthread_t workers[kWorkers];
  for (long i = 0; i < kWorkers; i++) {
    CHECK(pthread_create(&workers[i], NULL, work, (void*)(i + 1)) == 0);
  }
  usleep(20000);
  for (int n = 0; n < kSignals; n++) {
    for (int i = 0; i < kWorkers; i++) {
      while (pthread_kill(workers[i], SIGRTMIN + 3) != 0) {
        usleep(1000);  // the queue is full
      }
    }
  }
  for (int i = 1; i <= kWorkers; i++) {
    for (int k = 0; k < 5000 && atomic_load(&handled[i]) < kSignals; k++)
      usleep(2000);
    CHECK(atomic_load(&handled[i]) == kSignals);
  }
  atomic_store(&stop, 1);
  for (int i = 0; i < kWorkers; i++) CHECK(pthread_join(workers[i], NULL) == 0);
  CHECK(atomic_load(&handled[0]) == 0);
  puts("every signal was handled once");
  return 0;
}
