// fork, with little and with much memory in use.

#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/calls/calls.h"

static const size_t kGigabyte = 1 << 30;
static char* resident;

static void run_fork_wait(long n) {
  while (n-- > 0) {
    const pid_t child = fork();
    MUST(child >= 0);
    if (child == 0) _exit(0);
    int status;
    MUST(waitpid(child, &status, 0) == child && status == 0);
  }
}

static void fill_gigabyte(void) {
  resident = mmap(NULL, kGigabyte, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  MUST(resident != MAP_FAILED);
  memset(resident, 1, kGigabyte);
}

static void free_gigabyte(void) { munmap(resident, kGigabyte); }

const struct row process_rows[] = {
    {"fork+wait", NULL, run_fork_wait, NULL},
    {"fork+wait-1G", fill_gigabyte, run_fork_wait, free_gigabyte},
    {NULL, NULL, NULL, NULL},
};
