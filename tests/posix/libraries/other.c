// Has a symbol that base.c has too, and asks for the next one.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

int which(void) { return 2; }
int next_which(void) {
  int (*const next)(void) = (int (*)(void))dlsym(RTLD_NEXT, "which");
  return next ? next() : -1;
}
__attribute__((weak)) int optional(void);
extern __attribute__((weak)) int optional_data;
int has_optional(void) { return optional != 0 || &optional_data != 0; }

static void at_exit(void) { printf("other: atexit\n"); }
__attribute__((constructor)) static void construct(void) { atexit(at_exit); }
