/* The end of a detached thread: the host frees the stack that this runs on. */
#include "pthread_impl.h"

void __unmapself(void *base, size_t size)
{
	for (;;) __syscall(SYS_thread_exit_unmap, base, size);
}
