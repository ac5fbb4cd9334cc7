/* The outermost call of a thread in a program that has C++'s runtime: instead
 * of libc's (src/thread/outermost.c). An exception that gets there ends the
 * program as the standard says, and pthread_exit destroys what is on the
 * thread's stack on its way there: for code with exceptions a jump is one, too,
 * and cleanups are done on its way. */
#include <pthread.h>
#include <setjmp.h>

_Noreturn void __pthread_exit(void*);
int __slipway_call_or_terminate(int (*)(void*), void*);

static _Thread_local struct {
  jmp_buf place;
  void* result;
  int set;
} end;

int __slipway_outermost(int (*function)(void*), void* argument) {
  if (setjmp(end.place)) __pthread_exit(end.result);
  end.set = 1;
  return __slipway_call_or_terminate(function, argument);
}

void __slipway_unwind_thread(void* result) {
  if (!end.set) return;
  end.set = 0; /* a destructor may call pthread_exit */
  end.result = result;
  longjmp(end.place, 1);
}
