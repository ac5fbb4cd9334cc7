// Times rows on demand, as a process that compare.py talks to:
//
//   PROGRAM          reads "ROW COUNT" lines; answers each with
//                    "NANOSECONDS PROCESSOR_NANOSECONDS" for COUNT operations
//   PROGRAM --list   prints the names of the rows
//
// Processor time is that of all threads and waited-for children.

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "tests/bench/rows/row.h"

static long long now(clockid_t clock) {
  struct timespec t;
  MUST(clock_gettime(clock, &t) == 0);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static long long nanoseconds(struct timeval t) {
  return t.tv_sec * 1000000000LL + t.tv_usec * 1000LL;
}

static long long processor_time(void) {
  struct rusage children;
  MUST(getrusage(RUSAGE_CHILDREN, &children) == 0);
  return now(CLOCK_PROCESS_CPUTIME_ID) + nanoseconds(children.ru_utime) +
         nanoseconds(children.ru_stime);
}

static const struct row* find(const char* name) {
  for (const struct row* const* group = row_groups; *group; ++group) {
    for (const struct row* row = *group; row->name; ++row) {
      if (strcmp(row->name, name) == 0) return row;
    }
  }
  fprintf(stderr, "there is no row \"%s\"; see --list\n", name);
  exit(1);
}

static void measure(const struct row* row, long count) {
  if (row->set_up) row->set_up();
  const long long processor = processor_time();
  const long long start = now(CLOCK_MONOTONIC);
  row->run(count);
  const long long elapsed = now(CLOCK_MONOTONIC) - start;
  printf("%lld %lld\n", elapsed, processor_time() - processor);
  fflush(stdout);
  if (row->tear_down) row->tear_down();
}

static void list(void) {
  for (const struct row* const* group = row_groups; *group; ++group) {
    for (const struct row* row = *group; row->name; ++row) puts(row->name);
  }
}

int main(int argc, char** argv) {
  if (argc == 2 && strcmp(argv[1], "--list") == 0) {
    list();
    return 0;
  }
  if (argc != 1) {
    fprintf(stderr, "expected no argument or --list\n");
    return 2;
  }
  char name[64];
  long count;
  while (scanf("%63s %ld", name, &count) == 2) measure(find(name), count);
  return 0;
}
