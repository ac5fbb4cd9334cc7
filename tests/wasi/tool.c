// One small thing at a time, for wasi_test.py: tool COMMAND [ARGUMENT…]

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static int fail(const char* what) {
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  return 1;
}

static int cat(const char* path) {
  FILE* const file = fopen(path, "r");
  if (file == NULL) return fail(path);
  for (int c; (c = getc(file)) != EOF;) putchar(c);
  return 0;
}

static int write_to(const char* path, const char* text) {
  FILE* const file = fopen(path, "w");
  if (file == NULL) return fail(path);
  fputs(text, file);
  return fclose(file) == 0 ? 0 : fail(path);
}

static int list(const char* path) {
  DIR* const dir = opendir(path);
  if (dir == NULL) return fail(path);
  for (struct dirent* entry; (entry = readdir(dir)) != NULL;) {
    if (entry->d_name[0] != '.') puts(entry->d_name);
  }
  return 0;
}

// Answers one connection with what it sends, until it ends.
static int serve(int fd) {
  char data[100];
  puts("ready");
  fflush(stdout);
  const int connection = accept(fd, NULL, NULL);
  if (connection < 0) return fail("accept");
  for (ssize_t size; (size = recv(connection, data, sizeof(data), 0)) > 0;) {
    if (send(connection, data, size, 0) != size) return fail("send");
  }
  if (shutdown(connection, SHUT_RDWR) != 0) return fail("shutdown");
  return close(connection);
}

static int fill_output(void) {
  while (write(1, "y\n", 2) == 2) {
  }
  return fail("write");
}

__attribute__((noinline)) static int recurse(volatile int* depth) {
  volatile int deeper = *depth + 1;
  return deeper == 0 ? 0 : recurse(&deeper) + deeper;
}

int main(int argc, char** argv) {
  const char* const command = argc > 1 ? argv[1] : "";
  const char* const first = argc > 2 ? argv[2] : "";
  if (strcmp(command, "exit") == 0) exit(atoi(first));
  if (strcmp(command, "cat") == 0) return cat(first);
  if (strcmp(command, "write") == 0) return write_to(first, argv[3]);
  if (strcmp(command, "list") == 0) return list(first);
  if (strcmp(command, "mkdir") == 0) {
    return mkdir(first, 0777) == 0 ? 0 : fail(first);
  }
  if (strcmp(command, "serve") == 0) return serve(atoi(first));
  if (strcmp(command, "fill") == 0) return fill_output();
  if (strcmp(command, "abort") == 0) abort();
  if (strcmp(command, "recurse") == 0) return recurse(&(volatile int){argc});
  if (strcmp(command, "outside") == 0) return *(volatile char*)0xfffffff0;
  return 2;
}
