// -fstack-protector-strong: a function that wrote beyond its array does not
// return. The process ends by SIGABRT and says why.
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "check.h"

// The compiler must not know the length.
static volatile size_t length;

__attribute__((noinline)) static void copy(char* to, char byte, size_t count) {
  volatile char* at = to;
  for (size_t i = 0; i < count; ++i) at[i] = byte;
}

__attribute__((noinline)) static int overrun_bytes(void) {
  char buffer[16];
  copy(buffer, 'x', length);
  return buffer[3];
}

__attribute__((noinline)) static long overrun_words(void) {
  long words[4] = {0};
  volatile long* at = words;
  for (size_t i = 0; i < length; ++i) at[i] = -1;
  return words[1];
}

// How a child that runs `function` ends; what it says goes to `text`.
static int run(long (*function)(void), char* text, size_t size) {
  int ends[2];
  CHECK(pipe(ends) == 0);
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    dup2(ends[1], 2);
    function();
    _exit(7);
  }
  close(ends[1]);
  size_t used = 0;
  ssize_t got;
  while ((got = read(ends[0], text + used, size - 1 - used)) > 0) used += got;
  text[used] = '\0';
  close(ends[0]);
  int status;
  CHECK(waitpid(child, &status, 0) == child);
  return status;
}

static long bytes(void) { return overrun_bytes(); }

static void arrays_within_their_size_are_fine(void) {
  char text[256];
  length = 16;
  const int status = run(bytes, text, sizeof(text));
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7 && text[0] == '\0');
}

static void an_overrun_is_detected(void) {
  char text[256];
  length = 32;
  const int status = run(bytes, text, sizeof(text));
  CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
  CHECK(strstr(text, "stack smashing detected") != NULL);
}

static void an_overrun_of_any_array_is_detected(void) {
  char text[256];
  length = 8;
  const int status = run(overrun_words, text, sizeof(text));
  CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static void handle(int signal) {
  const char said[] = "handled";
  (void)!write(2, said, sizeof(said) - 1);
  _exit(signal == SIGABRT ? 3 : 4);
}

static long handled(void) {
  signal(SIGABRT, handle);
  return overrun_bytes();
}

static void the_signal_can_be_handled(void) {
  char text[256];
  length = 32;
  const int status = run(handled, text, sizeof(text));
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 3);
  CHECK(strstr(text, "handled") != NULL);
}

extern uintptr_t __stack_chk_guard __attribute__((weak));

static void the_guard_is_random(void) {
#ifdef __slipway__
  CHECK(__stack_chk_guard != 0 && ((__stack_chk_guard >> 8) & 0xff) == 0);
#endif
}

int main(void) {
  CASE(arrays_within_their_size_are_fine);
  CASE(an_overrun_is_detected);
  CASE(an_overrun_of_any_array_is_detected);
  CASE(the_signal_can_be_handled);
  CASE(the_guard_is_random);
  return 0;
}
