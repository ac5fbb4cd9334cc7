// Runs kernels on demand, as a process that compare.py talks to:
//
//   PROGRAM         reads lines "NAME N"; answers each with
//                   "NANOSECONDS RESULT": the processor time of the timed part,
//                   and a hash of what it computed
//   PROGRAM --list  prints "NAME FAMILY SIZE TINY" of each kernel

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/bench/engine/kernel.h"

#define ROW(name) extern const struct kernel kernel_##name;
#include "tests/bench/engine/kernels.inc"
#undef ROW

static const struct kernel* const kernels[] = {
#define ROW(name) &kernel_##name,
#include "tests/bench/engine/kernels.inc"
#undef ROW
};
enum { KERNELS = sizeof kernels / sizeof *kernels };

static _Noreturn void fail(const char* what, const char* name) {
  fprintf(stderr, "%s: %s\n", name, what);
  exit(1);
}

static long long processor_time(void) {
  struct timespec t;
  if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t) != 0) {
    fail("no clock", "clock_gettime");
  }
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

// FNV-1a.
static uint64_t hash(const unsigned char* bytes, size_t count) {
  uint64_t hash = 0xcbf29ce484222325ULL;
  for (size_t i = 0; i < count; ++i) {
    hash = (hash ^ bytes[i]) * 0x100000001b3ULL;
  }
  return hash;
}

static const struct kernel* find(const char* name) {
  for (int i = 0; i < KERNELS; ++i) {
    if (strcmp(kernels[i]->name, name) == 0) return kernels[i];
  }
  fail("there is no such kernel; see --list", name);
}

static void measure(const struct kernel* kernel, int n) {
  if (n < 1 || n > kernel->size) fail("n is out of range", kernel->name);
  // Page by page the same on both sides.
  char* data;
  if (posix_memalign((void**)&data, 4096, kernel->bytes) != 0) {
    fail("not enough memory", kernel->name);
  }
  memset(data, 0, kernel->bytes);
  kernel->init(data, n);
  const long long start = processor_time();
  kernel->run(data, n);
  const long long spent = processor_time() - start;
  printf("%lld %016llx\n", spent,
         (unsigned long long)hash((unsigned char*)data + kernel->result_offset,
                                  kernel->result_bytes));
  fflush(stdout);
  free(data);
}

int main(int argc, char** argv) {
  if (argc == 2 && strcmp(argv[1], "--list") == 0) {
    for (int i = 0; i < KERNELS; ++i) {
      const struct kernel* const k = kernels[i];
      printf("%s %s %d %d\n", k->name, k->family, k->size, k->tiny);
    }
    return 0;
  }
  if (argc != 1) {
    fprintf(stderr, "expected no argument or --list\n");
    return 2;
  }
  char name[64];
  int n;
  while (scanf("%63s %d", name, &n) == 2) measure(find(name), n);
  return 0;
}
