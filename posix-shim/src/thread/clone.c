/* __clone for its two users in musl: pthread_create, which becomes
 * posix1.thread_spawn, and posix_spawn, which asks for a vfork child on a stack
 * of its own. The latter gets a forked child instead: it reports over a pipe
 * and never through memory, so it cannot tell. */
#define _GNU_SOURCE
#include <sched.h>
#include <stdarg.h>
#include "pthread_impl.h"
#include "syscall.h"

static int spawn_process(int (*func)(void *), void *arg)
{
	int pid = __syscall(SYS_fork);
	if (pid) return pid;
	int status = func(arg);
	for (;;) __syscall(SYS_exit_group, status);
}

int __clone(int (*func)(void *), void *stack, int flags, void *arg, ...)
{
	if (!(flags & CLONE_THREAD)) return spawn_process(func, arg);

	va_list ap;
	va_start(ap, arg);
	int *ptid = va_arg(ap, int *);
	void *tls = va_arg(ap, void *);
	volatile int *ctid = va_arg(ap, volatile int *);
	va_end(ap);
	void *top = (void *)((uintptr_t)stack & -16);
	return __syscall7(SYS_thread_spawn, (long)func, (long)top, flags,
	                  (long)arg, (long)ptid, (long)tls, (long)ctid);
}
