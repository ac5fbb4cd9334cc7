/* musl's, but pthread_exit gives C++'s runtime the occasion to destroy what is on
 * the thread's stack. As there is no order between the two, handlers of
 * pthread_cleanup_push come first: they are in memory of the stack. */
#define pthread_exit __pthread_exit_at_once
#include "musl/src/thread/pthread_create.c"
#undef pthread_exit

void __slipway_unwind_thread(void *result);

_Noreturn void pthread_exit(void *result)
{
	pthread_t self = __pthread_self();
	self->canceldisable = 1;
	self->cancelasync = 0;
	while (self->cancelbuf) {
		struct __ptcb *handler = self->cancelbuf;
		self->cancelbuf = handler->__next;
		handler->__f(handler->__x);
	}
	__slipway_unwind_thread(result);
	__pthread_exit(result);
}
