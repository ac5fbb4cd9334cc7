// _FORTIFY_SOURCE: calls that would overrun an object of known size end the
// process; all others work as ever.
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "check.h"

static volatile size_t length;
static const char* volatile text = "0123456789abcdef";
static char sink[64];

static void overrun_memcpy(void) {
  char buffer[8];
  memcpy(buffer, text, length);
  memcpy(sink, buffer, 8);
}
static void overrun_memset(void) {
  char buffer[8];
  memset(buffer, 1, length);
  memcpy(sink, buffer, 8);
}
static void overrun_strcpy(void) {
  char buffer[8];
  strcpy(buffer, text + 16 - length);
  memcpy(sink, buffer, 8);
}
static void overrun_strcat(void) {
  char buffer[8] = "";
  strcat(buffer, text + 16 - length);
  memcpy(sink, buffer, 8);
}
static void overrun_sprintf(void) {
  char buffer[8];
  sprintf(buffer, "%s", text + 16 - length);
  memcpy(sink, buffer, 8);
}
static void overrun_snprintf(void) {
  char buffer[8];
  snprintf(buffer, length, "%s", text);
  memcpy(sink, buffer, 8);
}
static void format_list(const char* format, ...) {
  char buffer[8];
  va_list list;
  va_start(list, format);
  vsprintf(buffer, format, list);
  va_end(list);
  memcpy(sink, buffer, 8);
}
static void overrun_vsprintf(void) { format_list("%s", text + 16 - length); }
static void overrun_read(void) {
  char buffer[8];
  const int fd = open("/dev/zero", O_RDONLY);
  CHECK(read(fd, buffer, length) == (ssize_t)length);
  memcpy(sink, buffer, 8);
}
static void overrun_fgets(void) {
  char buffer[8];
  FILE* stream = fopen("/dev/zero", "r");
  CHECK(fgets(buffer, (int)length, stream) == buffer);
  memcpy(sink, buffer, 8);
}
static void overrun_fread(void) {
  char buffer[8];
  FILE* stream = fopen("/dev/zero", "r");
  CHECK(fread(buffer, 1, length, stream) == length);
  memcpy(sink, buffer, 8);
}

// How a child that runs `function` ends.
static int run(void (*function)(void), size_t of_length) {
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    close(2);
    length = of_length;
    function();
    _exit(0);
  }
  int status;
  CHECK(waitpid(child, &status, 0) == child);
  return status;
}

static void check(void (*function)(void), size_t fits, size_t beyond) {
  const int fine = run(function, fits), over = run(function, beyond);
  CHECK(WIFEXITED(fine) && WEXITSTATUS(fine) == 0);
  CHECK(WIFSIGNALED(over) && WTERMSIG(over) == SIGABRT);
}

static void copies_are_checked(void) {
  check(overrun_memcpy, 8, 9);
  check(overrun_memset, 8, 9);
  check(overrun_strcpy, 7, 8);
  check(overrun_strcat, 7, 8);
}

static void formatted_text_is_checked(void) {
  check(overrun_sprintf, 7, 8);
  check(overrun_snprintf, 8, 9);
  check(overrun_vsprintf, 7, 8);
}

static void reading_is_checked(void) {
  check(overrun_fread, 8, 9);
#ifdef __slipway__
  // clang does not inline these two from glibc's headers.
  check(overrun_read, 8, 9);
  check(overrun_fgets, 8, 9);
#else
  (void)overrun_read;
  (void)overrun_fgets;
#endif
}

static void the_rest_works(void) {
  char buffer[32];
  CHECK(snprintf(buffer, sizeof(buffer), "%d-%s-%ld", 7, "x", -1L) == 6);
  CHECK(!strcmp(buffer, "7-x--1") && sprintf(buffer, "plain") == 5);
  char* heap = malloc(length + 16);
  CHECK(strcpy(heap, "0123456789") == heap && strncpy(heap, "ab", 3) == heap);
  CHECK(!strcmp(strncat(heap, "cdef", 2), "abcd"));
  CHECK(memmove(heap + 1, heap, 5) == heap + 1 && !strcmp(heap, "aabcd"));
  CHECK((char*)mempcpy(heap, "xy", 2) == heap + 2);
  free(heap);
  int (*by_pointer)(char*, size_t, const char*, ...) = snprintf;
  CHECK(by_pointer(buffer, 3, "%s", "longer") == 6 && !strcmp(buffer, "lo"));
}

int main(void) {
  CASE(copies_are_checked);
  CASE(formatted_text_is_checked);
  CASE(reading_is_checked);
  CASE(the_rest_works);
  return 0;
}
