#define _GNU_SOURCE
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static _Thread_local int tls = 41;
static jmp_buf env;
static volatile int got;
static void on(int s) { got = s; }
static int cmp(const void* a, const void* b) { return *(int*)a - *(int*)b; }
static void* th(void* p) {
  tls++;
  printf("thread %d arg %s\n", tls, (char*)p);
  return &tls;
}
static void jump(int n) {
  if (n) jump(n - 1);
  longjmp(env, 7);
}
int main(int argc, char** argv) {
  printf("hello %s %d\n", argv[0], argc);
  long double x = 1.0L / 3;
  printf("%.30Lg %d\n", x, x < 1.0L);
  int* a = malloc(5 * sizeof *a);
  for (int i = 0; i < 5; i++) a[i] = 5 - i;
  qsort(a, 5, sizeof *a, cmp);
  for (int i = 0; i < 5; i++) printf("%d ", a[i]);
  puts("");
  pthread_t t;
  int r = pthread_create(&t, 0, th, "x");
  if (r)
    printf("create %s\n", strerror(r));
  else
    pthread_join(t, 0);
  printf("tls %d\n", tls);
  int v = setjmp(env);
  if (!v) jump(3);
  printf("setjmp %d\n", v);
  sigjmp_buf sb;
  v = sigsetjmp(sb, 1);
  if (!v) siglongjmp(sb, 3);
  printf("sigsetjmp %d\n", v);
  struct sigaction sa = {.sa_handler = on};
  sigaction(SIGUSR1, &sa, 0);
  raise(SIGUSR1);
  printf("sig %d\n", got);
  printf("%f %g\n", sqrt(argc + 1.0), strtod("1.5e300", 0));
  return 0;
}
