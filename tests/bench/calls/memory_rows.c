// Mapping memory: one page and 1 MiB, with every page written or none.

#include <string.h>
#include <sys/mman.h>

#include "tests/bench/calls/calls.h"

enum { PAGE = 4096, MANY = 1 << 20 };

static char* area;

static void map_and_unmap(long n, size_t size, size_t touched) {
  while (n-- > 0) {
    volatile char* const at = mmap(NULL, size, PROT_READ | PROT_WRITE,
                                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    MUST(at != MAP_FAILED);
    for (size_t i = 0; i < touched; i += PAGE) at[i] = 1;
    MUST(munmap((void*)at, size) == 0);
  }
}

static void run_page(long n) { map_and_unmap(n, PAGE, 0); }
static void run_page_touched(long n) { map_and_unmap(n, PAGE, PAGE); }
static void run_many(long n) { map_and_unmap(n, MANY, 0); }
static void run_many_touched(long n) { map_and_unmap(n, MANY, MANY); }

static void map_area(void) {
  area = mmap(NULL, MANY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
              -1, 0);
  MUST(area != MAP_FAILED);
  // The kernel keeps more about memory that was ever written to.
  memset(area, 1, MANY);
}

static void unmap_area(void) { munmap(area, MANY); }

static void run_mprotect(long n) {
  while (n-- > 0) {
    const int protection = n % 2 ? PROT_READ : PROT_READ | PROT_WRITE;
    MUST(mprotect(area + MANY / 2, PAGE, protection) == 0);
  }
}

const struct row memory_rows[] = {
    {"mmap+munmap-4K", NULL, run_page, NULL},
    {"mmap+munmap-4K-touched", NULL, run_page_touched, NULL},
    {"mmap+munmap-1M", NULL, run_many, NULL},
    {"mmap+munmap-1M-touched", NULL, run_many_touched, NULL},
    {"mprotect-4K", map_area, run_mprotect, unmap_area},
    {NULL, NULL, NULL, NULL},
};
