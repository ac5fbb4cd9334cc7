/* musl's, except that whoever waits for a robust mutex that processes share looks
 * now and then whether its owner still lives: pthread_mutex_trylock.c. */
#include <stddef.h>
#include <time.h>
#include "pthread_impl.h"

#define LOOK_AGAIN_NS 20000000

static int is_later(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec > b->tv_sec ||
	       (a->tv_sec == b->tv_sec && a->tv_nsec > b->tv_nsec);
}

/* Waits until `at` as __timedwait does, or answers 0 before, which the caller
 * takes for a spurious wake-up. */
static int wait_and_look(volatile int *lock, int value, clockid_t clock,
                         const struct timespec *at, int priv)
{
	const pthread_mutex_t *m = (const void *)((char *)lock -
		offsetof(pthread_mutex_t, __u.__i[1]));
	struct timespec soon;
	if (priv || !(m->_m_type & 4) || __clock_gettime(clock, &soon))
		return __timedwait(lock, value, clock, at, priv);
	if ((soon.tv_nsec += LOOK_AGAIN_NS) >= 1000000000) {
		soon.tv_nsec -= 1000000000;
		soon.tv_sec++;
	}
	if (at && !is_later(at, &soon))
		return __timedwait(lock, value, clock, at, priv);
	int r = __timedwait(lock, value, clock, &soon, priv);
	return r == ETIMEDOUT ? 0 : r;
}

#define __timedwait wait_and_look
#include "musl/src/thread/pthread_mutex_timedlock.c"
