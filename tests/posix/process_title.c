// argv as memory: contiguous with the environment, and what other processes
// read of it.
#include <fcntl.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "check.h"

extern char** environ;
static char** arguments;
static int count;

static size_t read_file(const char* path, char* text, size_t size) {
  const int fd = open(path, O_RDONLY);
  CHECK(fd >= 0);
  const ssize_t got = read(fd, text, size - 1);
  CHECK(got >= 0 && close(fd) == 0);
  text[got] = 0;
  return (size_t)got;
}

static void strings_follow_each_other(void) {
  const char* next = arguments[0];
  for (int i = 0; i < count; ++i) {
    CHECK(arguments[i] == next);
    next += strlen(next) + 1;
  }
  for (char** entry = environ; *entry; ++entry) {
    CHECK(*entry == next);
    next += strlen(next) + 1;
  }
}

static void cmdline_shows_the_arguments(void) {
  char text[4096];
  const size_t size = read_file("/proc/self/cmdline", text, sizeof(text));
  CHECK(size == (size_t)(arguments[count - 1] - arguments[0]) +
                    strlen(arguments[count - 1]) + 1);
  CHECK(memcmp(text, arguments[0], size) == 0);
}

static void cmdline_shows_a_new_title(void) {
  char text[4096], path[64];
  strcpy(arguments[0], "title");
  read_file("/proc/self/cmdline", text, sizeof(text));
  CHECK(strcmp(text, "title") == 0);
  snprintf(path, sizeof(path), "/proc/%d/cmdline", getpid());
  read_file(path, text, sizeof(text));
  CHECK(strcmp(text, "title") == 0);
}

static void the_name_is_the_threads(void) {
  char name[16], text[64];
  CHECK(prctl(PR_SET_NAME, "a name that is too long") == 0);
  CHECK(prctl(PR_GET_NAME, name) == 0 && !strcmp(name, "a name that is "));
  read_file("/proc/self/comm", text, sizeof(text));
  CHECK(strcmp(text, "a name that is \n") == 0);
  read_file("/proc/self/stat", text, sizeof(text));
  CHECK(strstr(text, " (a name that is ) ") != NULL);
}

int main(int argc, char** argv) {
  arguments = argv;
  count = argc;
  CHECK(argc == 3 && strlen(argv[0]) > 5);
  CASE(strings_follow_each_other);
  CASE(cmdline_shows_the_arguments);
  CASE(cmdline_shows_a_new_title);
  CASE(the_name_is_the_threads);
  return 0;
}
