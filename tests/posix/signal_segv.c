// SIGSEGV handlers: si_addr on a read-only page, repair and go on, leave by
// siglongjmp, run on an alternate stack.
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "check.h"

static char* page;
static volatile sig_atomic_t repairs;
static sigjmp_buf escape;
static void* volatile fault_address;
static char* alternate;
static volatile int on_alternate;

static void repair(int signal, siginfo_t* info, void* context) {
  (void)context;
  CHECK(signal == SIGSEGV && info->si_addr == page + 100);
  CHECK(info->si_code == SEGV_ACCERR);
  CHECK(mprotect(page, 4096, PROT_READ | PROT_WRITE) == 0);
  repairs++;
}

static void leave(int signal, siginfo_t* info, void* context) {
  (void)signal, (void)context;
  char here;
  on_alternate = &here >= alternate && &here < alternate + 65536;
  fault_address = info->si_addr;
  siglongjmp(escape, 1);
}

static void expect_fault(volatile char* address, int write) {
  fault_address = NULL;
  if (sigsetjmp(escape, 1) == 0) {
    if (write)
      *address = 1;
    else
      (void)*address;
    CHECK(!"no fault");
  }
  CHECK(fault_address == address);
}

int main(void) {
  page = mmap(NULL, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(page != MAP_FAILED);
  struct sigaction action = {.sa_sigaction = repair, .sa_flags = SA_SIGINFO};
  CHECK(sigaction(SIGSEGV, &action, NULL) == 0);
  page[100] = 'x';
  CHECK(repairs == 1 && page[100] == 'x');

  alternate = malloc(65536);
  const stack_t stack = {.ss_sp = alternate, .ss_size = 65536};
  CHECK(sigaltstack(&stack, NULL) == 0);
  action = (struct sigaction){.sa_sigaction = leave,
                              .sa_flags = SA_SIGINFO | SA_ONSTACK};
  CHECK(sigaction(SIGSEGV, &action, NULL) == 0);
  expect_fault(page + 4096 + 5, 1);
  CHECK(on_alternate);
  expect_fault((volatile char*)(uintptr_t)24, 0);
  expect_fault((volatile char*)(uintptr_t)32, 1);
  CHECK(munmap(page, 8192) == 0);
  for (int i = 0; i < 100; i++) expect_fault(page + i, i % 2);
  sigset_t mask;
  CHECK(sigprocmask(SIG_SETMASK, NULL, &mask) == 0);
  CHECK(!sigismember(&mask, SIGSEGV));  // siglongjmp restored it
  puts("segv ok");
  return 0;
}
