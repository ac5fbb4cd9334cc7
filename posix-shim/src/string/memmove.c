/* As memcpy: everything is loaded before anything is stored, in both ways. */
#include <string.h>
#include "copy_small.h"

void *memmove(void *dest, const void *src, size_t n)
{
	if (n <= SMALL_MAX)
		copy_small(dest, src, n);
	else
		__builtin_memmove(dest, src, n);
	return dest;
}
