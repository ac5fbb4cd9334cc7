// A signal that came before a call does not interrupt it, however shortly
// before. Each case makes calls while a timer sends signals, to a handler
// without SA_RESTART, at any instruction.
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "check.h"

enum { kSignals = 1500, kMicroseconds = 50 };

static volatile sig_atomic_t failures;
static volatile sig_atomic_t handled;

static void send_every(long microseconds) {
  const struct itimerval timer = {{0, microseconds}, {0, microseconds}};
  CHECK(setitimer(ITIMER_REAL, &timer, NULL) == 0);
}

// Makes `call` again and again until there were enough signals.
static void under_signals(void (*handler)(int, siginfo_t*, void*),
                          void (*call)(void)) {
  const struct sigaction action = {.sa_sigaction = handler,
                                   .sa_flags = SA_SIGINFO};
  CHECK(sigaction(SIGALRM, &action, NULL) == 0);
  handled = 0;
  failures = 0;
  send_every(kMicroseconds);
  while (handled < kSignals) call();
  send_every(0);
  CHECK(failures == 0);
}

static void counts(int signal, siginfo_t* info, void* context) {
  (void)signal, (void)info, (void)context;
  ++handled;
}

static char path[] = "uninterrupted.XXXXXX";

static void uses_a_file(void) {
  char text[8];
  const int fd = open(path, O_RDWR | O_CLOEXEC);
  CHECK(fd >= 0);
  CHECK(pwrite(fd, "abcdefgh", 8, 0) == 8);
  CHECK(read(fd, text, 4) == 4);
  CHECK(pread(fd, text, 8, 0) == 8);
  CHECK(lseek(fd, 0, SEEK_SET) == 0);
  CHECK(write(fd, "ABCD", 4) == 4);
  struct stat status;
  CHECK(fstat(fd, &status) == 0 && stat(path, &status) == 0);
  CHECK(ftruncate(fd, 8) == 0);
  CHECK(close(fd) == 0);
}

static void files_are_read_and_written(void) {
  const int fd = mkstemp(path);
  CHECK(fd >= 0 && close(fd) == 0);
  under_signals(counts, uses_a_file);
  CHECK(unlink(path) == 0);
}

static void syncs_and_asks(void) {
  static char* page;
  unsigned char bytes[16], resident;
  if (page == NULL) {
    page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                -1, 0);
    CHECK(page != MAP_FAILED);
  }
  CHECK(msync(page, 4096, MS_ASYNC) == 0);
  CHECK(mincore(page, 4096, &resident) == 0);
  CHECK(getrandom(bytes, sizeof(bytes), 0) == sizeof(bytes));
  sigset_t pending;
  CHECK(sigpending(&pending) == 0);
}

static void what_never_waits_is_answered(void) {
  under_signals(counts, syncs_and_asks);
}

// What was interrupted cannot have blocked the signal.
static void looks_at_its_mask(int signal, siginfo_t* info, void* context) {
  (void)info;
  const ucontext_t* const interrupted = context;
  if (sigismember(&interrupted->uc_sigmask, signal) != 0) {
    ++failures;
  }
  ++handled;
}

static void blocks_and_unblocks(void) {
  sigset_t alarm_only;
  sigemptyset(&alarm_only);
  sigaddset(&alarm_only, SIGALRM);
  CHECK(sigprocmask(SIG_BLOCK, &alarm_only, NULL) == 0);
  const int before = handled;
  CHECK(sigprocmask(SIG_BLOCK, NULL, NULL) == 0);
  CHECK(handled == before);
  CHECK(sigprocmask(SIG_UNBLOCK, &alarm_only, NULL) == 0);
}

static void a_handler_interrupts_what_did_not_block_it(void) {
  under_signals(looks_at_its_mask, blocks_and_unblocks);
}

static void sleeps(void) {
  struct timespec left = {0, 0};
  const struct timespec request = {0, 100000000};
  if (nanosleep(&request, &left) == 0) return;
  CHECK(errno == EINTR);
  CHECK(left.tv_sec == 0 && left.tv_nsec > 0);
}

static void an_interrupted_sleep_tells_what_remains(void) {
  under_signals(counts, sleeps);
}

// Whoever posts a semaphore does not look for EINTR.
static void wakes(int signal, siginfo_t* info, void* context) {
  static int word;
  (void)signal, (void)info, (void)context;
  if (syscall(SYS_futex, &word, 1L /* FUTEX_WAKE */, 1L, 0L, 0L, 0L) != 0) {
    ++failures;
  }
  ++handled;
}

static void nothing(void) { getppid(); }

static void handlers_wake(void) { under_signals(wakes, nothing); }

int main(void) {
  CASE(files_are_read_and_written);
  CASE(what_never_waits_is_answered);
  CASE(a_handler_interrupts_what_did_not_block_it);
  CASE(an_interrupted_sleep_tells_what_remains);
  CASE(handlers_wake);
  return 0;
}
