/* memory.copy is the host's memmove; below a few words, its checks cost more
 * than the copy, so that is done in two overlapping halves. */
#include <string.h>
#include "copy_small.h"

void *memcpy(void *restrict dest, const void *restrict src, size_t n)
{
	if (n <= SMALL_MAX)
		copy_small(dest, src, n);
	else
		__builtin_memcpy(dest, src, n);
	return dest;
}
