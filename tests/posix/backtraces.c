// backtrace(3) and _Unwind_Backtrace: where a program is, in its own words.
#include <execinfo.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <ucontext.h>
#include <unwind.h>

#include "check.h"

#define FRAMES 32

static void* frames[FRAMES];
static int count;
static volatile int sink;

// Not static: natively only exported functions have names.
__attribute__((noinline)) void innermost_function(void) {
  count = backtrace(frames, FRAMES);
  ++sink;
}
__attribute__((noinline)) void middle_function(void) {
  innermost_function();
  ++sink;
}
__attribute__((noinline)) void outermost_function(void) {
  middle_function();
  ++sink;
}

static int index_of(char** lines, const char* name) {
  for (int i = 0; i < count; ++i) {
    if (strstr(lines[i], name)) return i;
  }
  return -1;
}

static void frames_have_names_in_order(void) {
  outermost_function();
  CHECK(count >= 4);
  char** lines = backtrace_symbols(frames, count);
  CHECK(lines != NULL);
  const int inner = index_of(lines, "innermost_function");
  CHECK(inner == 0);
  CHECK(index_of(lines, "middle_function") == 1);
  CHECK(index_of(lines, "outermost_function") == 2);
  for (int i = 0; i < count; ++i) {
    CHECK(strchr(lines[i], '(') && strstr(lines[i], ") [0x"));
  }
  free(lines);
}

static void a_short_array_gets_the_innermost(void) {
  void* two[2];
  CHECK(backtrace(two, 2) == 2 && two[0] != NULL && two[1] != NULL);
  CHECK(backtrace(two, 0) == 0);
}

static void names_are_written_without_allocating(void) {
  outermost_function();
  const int fd = open("names", O_RDWR | O_CREAT | O_TRUNC, 0600);
  CHECK(fd >= 0);
  backtrace_symbols_fd(frames, 3, fd);
  char text[4096] = "";
  CHECK(pread(fd, text, sizeof(text) - 1, 0) > 0);
  const char* inner = strstr(text, "innermost_function+0x");
  const char* outer = strstr(text, "outermost_function+0x");
  CHECK(inner != NULL && outer != NULL && inner < outer);
  int lines = 0;
  for (const char* at = text; (at = strchr(at, '\n')); ++at) ++lines;
  CHECK(lines == 3);
  close(fd);
}

static void handle(int signal) {
  count = backtrace(frames, FRAMES);
  sink += signal;
}
__attribute__((noinline)) void interrupted_function(void) {
  raise(SIGUSR1);
  ++sink;
}

static void handlers_see_what_they_interrupt(void) {
  CHECK(signal(SIGUSR1, handle) != SIG_ERR);
  interrupted_function();
  char** lines = backtrace_symbols(frames, count);
  CHECK(lines != NULL && index_of(lines, "interrupted_function") > 0);
  free(lines);
}

static void* where;
static sigjmp_buf after_fault;

static void note_where(int signal, siginfo_t* info, void* context) {
  (void)info;
  where = (void*)((ucontext_t*)context)->uc_mcontext.gregs[REG_RIP];
  if (signal == SIGSEGV) siglongjmp(after_fault, 1);
}
__attribute__((noinline)) void faulting_function(volatile int* nowhere) {
  *nowhere = 1;
  ++sink;
}

static void a_signal_says_where_the_program_was(void) {
  const struct sigaction action = {.sa_sigaction = note_where,
                                   .sa_flags = SA_SIGINFO};
  CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
  CHECK(sigaction(SIGSEGV, &action, NULL) == 0);
  CHECK(raise(SIGUSR1) == 0 && where != NULL);
  if (sigsetjmp(after_fault, 1) == 0) faulting_function((int*)8);
  char** lines = backtrace_symbols(&where, 1);
  CHECK(lines != NULL && strstr(lines[0], "faulting_function") != NULL);
  free(lines);
}

static _Unwind_Reason_Code visit(struct _Unwind_Context* context, void* data) {
  int* visited = data;
  CHECK(_Unwind_GetIP(context) != 0);
  return ++*visited == 3 ? _URC_END_OF_STACK : _URC_NO_REASON;
}
__attribute__((noinline)) void unwinding_function(int* visited) {
  _Unwind_Backtrace(visit, visited);
  ++sink;
}

static void the_unwinder_walks(void) {
  int visited = 0;
  unwinding_function(&visited);
  CHECK(visited == 3);
}

int main(void) {
  CASE(frames_have_names_in_order);
  CASE(a_short_array_gets_the_innermost);
  CASE(names_are_written_without_allocating);
  CASE(handlers_see_what_they_interrupt);
  CASE(a_signal_says_where_the_program_was);
  CASE(the_unwinder_walks);
  return 0;
}
