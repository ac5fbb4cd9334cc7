/* Thread cancellation. musl compares the interrupted program counter with an
 * assembly routine that makes the call; wasm has no program counter, so a
 * thread says by itself when it is at a cancellation point:
 *
 *   begin   at_point = 1, then look at self->cancel: a request that came
 *           before is acted on here;
 *   signal  SIGCANCEL while at_point: act on it from the handler. The call has
 *           not begun, or was interrupted before it had an effect;
 *   end     at_point = 0; -EINTR with a request pending is the request.
 *
 * PTHREAD_CANCEL_MASKED (musl's own use, in condition variables) wants
 * -ECANCELED as the result of the call instead of an exit, which a handler
 * cannot arrange: it relies on the -EINTR, so SIGCANCEL has no SA_RESTART.
 */
#define _GNU_SOURCE
#include <string.h>
#include "pthread_impl.h"
#include "syscall.h"

static _Thread_local int at_point;

/* Only handlers of this thread look, so program order is enough. */
static inline void set_at_point(int value)
{
	at_point = value;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
}

hidden long __cancel(void)
{
	pthread_t self = __pthread_self();
	set_at_point(0);
	if (self->canceldisable == PTHREAD_CANCEL_ENABLE || self->cancelasync)
		pthread_exit(PTHREAD_CANCELED);
	self->canceldisable = PTHREAD_CANCEL_DISABLE;
	return -ECANCELED;
}

static int may_cancel(pthread_t self, long n)
{
	return self->canceldisable == PTHREAD_CANCEL_ENABLE
	    || (self->canceldisable == PTHREAD_CANCEL_MASKED && n != SYS_close);
}

long __slipway_cancel_begin(long n)
{
	pthread_t self = __pthread_self();
	if (!may_cancel(self, n)) return 0;
	set_at_point(1);
	return self->cancel ? __cancel() : 0;
}

long __slipway_cancel_end(long n, long r)
{
	pthread_t self = __pthread_self();
	set_at_point(0);
	if (r == -EINTR && n != SYS_close && self->cancel
	    && self->canceldisable != PTHREAD_CANCEL_DISABLE)
		r = __cancel();
	return r;
}

static void cancel_handler(int sig, siginfo_t *si, void *context)
{
	pthread_t self = __pthread_self();
	ucontext_t *uc = context;

	a_barrier();
	if (!self->cancel || self->canceldisable == PTHREAD_CANCEL_DISABLE)
		return;
	if (self->cancelasync
	    || (at_point && self->canceldisable == PTHREAD_CANCEL_ENABLE)) {
		sigaddset(&uc->uc_sigmask, SIGCANCEL);
		pthread_sigmask(SIG_SETMASK, &uc->uc_sigmask, 0);
		__cancel();
	}
}

void __testcancel(void)
{
	pthread_t self = __pthread_self();
	if (self->cancel && !self->canceldisable) __cancel();
}

static void init_cancellation(void)
{
	struct sigaction sa = {
		.sa_flags = SA_SIGINFO | SA_ONSTACK,
		.sa_sigaction = cancel_handler,
	};
	memset(&sa.sa_mask, -1, _NSIG/8);
	__libc_sigaction(SIGCANCEL, &sa, 0);
}

int pthread_cancel(pthread_t t)
{
	static int init;
	if (!init) {
		init_cancellation();
		init = 1;
	}
	a_store(&t->cancel, 1);
	if (t == pthread_self()) {
		if (t->canceldisable == PTHREAD_CANCEL_ENABLE && t->cancelasync)
			pthread_exit(PTHREAD_CANCELED);
		return 0;
	}
	return pthread_kill(t, SIGCANCEL);
}
