/* musl's, with robust mutexes that processes share. The kernel releases those of
 * a thread that dies by a list of native addresses, which a guest has not. The
 * host does it when a thread ends by itself; when a signal kills its process,
 * whoever wants the mutex next finds out here. */
#include "pthread_impl.h"

/* Its weak alias names __pthread_mutex_trylock in a string: ours. */
#define __pthread_mutex_trylock __musl_mutex_trylock
#include "musl/src/thread/pthread_mutex_trylock.c"
#undef __pthread_mutex_trylock

int __pthread_mutex_trylock(pthread_mutex_t *m)
{
	int r = __musl_mutex_trylock(m);
	/* 4 robust, 8 inheriting priorities (the kernel's), 128 shared */
	if (r != EBUSY || (m->_m_type & (4 | 8 | 128)) != (4 | 128)) return r;
	if (!__syscall(SYS_robust_release, &m->_m_lock)) return EBUSY;
	return __musl_mutex_trylock(m);
}
