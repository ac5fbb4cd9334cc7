// Protection is real: a child that breaks it dies by SIGSEGV.
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

static char* page;
static void write_page(void) { *(volatile char*)page = 1; }
static void read_page(void) { (void)*(volatile char*)page; }
static void write_null(void) { *(volatile int*)(uintptr_t)8 = 1; }

static void expect(int dies, void (*body)(void)) {
  const pid_t child = fork();
  if (child == 0) {
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    if (dies && freopen("/dev/null", "w", stderr) == NULL) close(2);
    body();
    _exit(0);
  }
  int status;
  CHECK(waitpid(child, &status, 0) == child);
  if (dies) {
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
  } else {
    CHECK(status == 0);
  }
}

int main(void) {
  page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
              -1, 0);
  CHECK(page != MAP_FAILED);
  page[0] = 5;
  expect(0, write_page);
  CHECK(mprotect(page, 4096, PROT_READ) == 0 && page[0] == 5);
  expect(1, write_page);
  expect(0, read_page);
  CHECK(mprotect(page, 4096, PROT_NONE) == 0);
  expect(1, read_page);
  CHECK_ERRNO(EFAULT, write(1, page, 1));
  CHECK(mprotect(page, 4096, PROT_READ | PROT_WRITE) == 0 && page[0] == 5);
  CHECK(munmap(page, 8192) == 0);
  expect(1, read_page);
  CHECK_ERRNO(ENOMEM, mprotect(page, 4096, PROT_READ));
  expect(1, write_null);
  puts("mprotect ok");
  return 0;
}
