/* musl's keys, and the destructors of thread-local variables: both are run when
 * a thread ends, the variables' first. */
#define __pthread_tsd_run_dtors __pthread_run_key_destructors
#include "musl/src/thread/pthread_key_create.c"
#undef __pthread_tsd_run_dtors
#include <stdlib.h>

#define malloc __libc_malloc
#define free __libc_free

struct destructor {
	struct destructor *next;
	void (*function)(void *);
	void *object;
};

static _Thread_local struct destructor *destructors; /* the last one first */

/* What C++'s runtime calls for a variable with a destructor. */
int __cxa_thread_atexit_impl(void (*function)(void *), void *object, void *dso)
{
	struct destructor *entry = malloc(sizeof *entry);
	if (!entry) return -1;
	*entry = (struct destructor){destructors, function, object};
	destructors = entry;
	return 0;
}

hidden void __run_thread_destructors(void)
{
	while (destructors) {
		struct destructor entry = *destructors;
		free(destructors);
		destructors = entry.next;
		entry.function(entry.object);
	}
}

hidden void __pthread_tsd_run_dtors(void)
{
	__run_thread_destructors();
	__pthread_run_key_destructors();
}
