/* The allocator: upstream's mimalloc, unmodified, over the operating system
 * layer in os.h. Why this one: docs/design.md, "The allocator".
 *
 * The names of malloc(3) are weak, so a program may define them itself, all or
 * none of malloc, calloc, realloc, free, aligned_alloc, memalign,
 * posix_memalign and malloc_usable_size. libc's own memory then still comes
 * from here. build_libc.sh renames mimalloc's symbols, so a program may also
 * bring a mimalloc of its own.
 *
 * Nothing runs at start-up: the first allocation initialises. No locks: a child
 * of fork finds its own thread's heap whole, and what other threads had is
 * not used any more. */
#define _BSD_SOURCE
#include <errno.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <time.h>
#include "atomic.h"
#include "dynlink.h"
#include "libc.h"
#include "syscall.h"

#undef weak
#undef hidden

/* The branches for systems without an interface of their own: no key for the
 * end of a thread, no realpath. */
#define __wasi__ 1
#define sched_yield a_spin /* waits for a few instructions of a thread */
#define constructor unused     /* see above */
#define atexit(function) 0

#include "os.h"

#include "mimalloc/src/bitmap.c"
#include "mimalloc/src/arena.c"
#include "mimalloc/src/segment-cache.c"
#include "mimalloc/src/segment.c"
#include "mimalloc/src/page.c"
#include "mimalloc/src/heap.c"
#include "mimalloc/src/alloc.c"
#include "mimalloc/src/alloc-aligned.c"
#include "mimalloc/src/init.c"

#define WEAK __attribute__((__weak__))
#define HIDDEN __attribute__((__visibility__("hidden")))
#define SAME_AS(name) __attribute__((__alias__(#name)))

/* Every block is aligned to 16 bytes, as on x86-64: mimalloc does that from 9
 * bytes on. */
static inline size_t at_least(size_t size)
{
	return size < 16 ? 16 : size;
}

HIDDEN void *__libc_malloc(size_t size)
{
	return mi_malloc(at_least(size));
}

HIDDEN void *__libc_calloc(size_t count, size_t size)
{
	size_t total;
	if (__builtin_mul_overflow(count, size, &total)) {
		errno = ENOMEM;
		return NULL;
	}
	return mi_zalloc(at_least(total));
}

HIDDEN void *__libc_realloc(void *p, size_t size)
{
	return mi_realloc(p, at_least(size));
}

HIDDEN void __libc_free(void *p)
{
	mi_free(p);
}

/* Not mi_malloc_aligned: for blocks of 256 to 1024 bytes that relies on an
 * alignment that mimalloc 2.0.9 does not give them. */
static void *aligned(size_t size, size_t alignment)
{
	return mi_malloc_aligned_at(at_least(size), alignment, 0);
}

WEAK void *memalign(size_t alignment, size_t size)
{
	if (!alignment || alignment & (alignment - 1)) {
		errno = EINVAL;
		return NULL;
	}
	return aligned(size, alignment);
}

WEAK void *aligned_alloc(size_t, size_t) SAME_AS(memalign);

WEAK int posix_memalign(void **result, size_t alignment, size_t size)
{
	const int saved = errno;
	if (alignment < sizeof(void *) || alignment & (alignment - 1))
		return EINVAL;
	void *const p = aligned(size, alignment);
	errno = saved;
	if (!p) return ENOMEM;
	*result = p;
	return 0;
}

WEAK size_t malloc_usable_size(void *p)
{
	return mi_usable_size(p);
}

WEAK void *malloc(size_t) SAME_AS(__libc_malloc);
WEAK void *calloc(size_t, size_t) SAME_AS(__libc_calloc);
WEAK void *realloc(void *, size_t) SAME_AS(__libc_realloc);
WEAK void free(void *) SAME_AS(__libc_free);

static void dummy(void) {}
extern __typeof(dummy) __dlerror_thread_cleanup WEAK SAME_AS(dummy);

/* A thread's last use of the heap: its pages become everybody's. */
HIDDEN void __dl_thread_cleanup(void)
{
	__dlerror_thread_cleanup();
	if (mi_heap_is_initialized(mi_get_default_heap())) mi_thread_done();
}
