// system() and popen() with a shell that was granted: a program of the host.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

static void system_runs_commands(void) {
  CHECK(system(NULL) != 0);
  CHECK(system("exit 3") == 3 << 8);
  CHECK(system("kill -TERM $$") == SIGTERM);
  CHECK(system("test -n \"$PPID\"") == 0);
}

static void the_environment_is_passed(void) {
  CHECK(setenv("GREETING", "hello", 1) == 0);
  CHECK(system("test \"$GREETING\" = hello") == 0);
  CHECK(system("test -z \"$SLIPWAY_EXEC\"") == 0);
}

static void descriptors_are_passed(void) {
  int ends[2];
  CHECK(pipe(ends) == 0 && dup2(ends[1], 9) == 9);
  CHECK(system("echo through >&9") == 0);
  char text[16] = "";
  CHECK(read(ends[0], text, sizeof(text)) == 8 && !strcmp(text, "through\n"));
  close(9);
}

static void the_working_directory_is_passed(void) {
  CHECK(system("echo made > made-by-shell") == 0);
  FILE* file = fopen("made-by-shell", "r");
  char text[16] = "";
  CHECK(file && fgets(text, sizeof(text), file) && !strcmp(text, "made\n"));
  fclose(file);
}

static void popen_reads(void) {
  FILE* pipe = popen("printf 'a\\nb\\n'; exit 5", "r");
  char line[16];
  CHECK(pipe != NULL);
  CHECK(fgets(line, sizeof(line), pipe) && !strcmp(line, "a\n"));
  CHECK(fgets(line, sizeof(line), pipe) && !strcmp(line, "b\n"));
  CHECK(fgets(line, sizeof(line), pipe) == NULL);
  CHECK(pclose(pipe) == 5 << 8);
}

static void popen_writes(void) {
  FILE* pipe = popen("read word; test \"$word\" = sent", "w");
  CHECK(pipe != NULL && fputs("sent\n", pipe) >= 0);
  CHECK(pclose(pipe) == 0);
}

static void scripts_find_their_interpreter(void) {
  FILE* script = fopen("script", "w");
  fputs("#!/bin/sh -e\necho \"$0: $1\"\nexit 4\n", script);
  fclose(script);
  fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    chmod("script", 0700);
    execl("./script", "script", "argument", NULL);
    _exit(99);
  }
  int status;
  CHECK(waitpid(child, &status, 0) == child && status == 4 << 8);
}

static void a_granted_program_is_seen_and_not_read(void) {
  CHECK(access("/bin/sh", X_OK) == 0);
  CHECK_ERRNO(ENOENT, execl("/bin/no-such-program", "x", NULL));
}

int main(void) {
  CASE(system_runs_commands);
  CASE(the_environment_is_passed);
  CASE(descriptors_are_passed);
  CASE(the_working_directory_is_passed);
  CASE(popen_reads);
  CASE(popen_writes);
  CASE(scripts_find_their_interpreter);
  CASE(a_granted_program_is_seen_and_not_read);
  return 0;
}
