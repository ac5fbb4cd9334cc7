/* memory.fill is the host's memset; small fills are stores that overlap. */
#include <string.h>
#include "copy_small.h"

void *memset(void *dest, int c, size_t n)
{
	unsigned char *d = dest;
	const uint64_t word = 0x0101010101010101 * (unsigned char)c;
	if (n > SMALL_MAX) {
		__builtin_memset(dest, c, n);
	} else if (n >= 16) {
		store64(d, word);
		store64(d + 8, word);
		store64(d + n - 16, word);
		store64(d + n - 8, word);
	} else if (n >= 8) {
		store64(d, word);
		store64(d + n - 8, word);
	} else if (n >= 4) {
		store32(d, word);
		store32(d + n - 4, word);
	} else if (n) {
		d[0] = d[n / 2] = d[n - 1] = c;
	}
	return dest;
}
