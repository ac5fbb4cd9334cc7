/* Eight bytes at a time; in big-endian order words compare as their bytes do. */
#include <string.h>
#include "copy_small.h"

static int compare_words(uint64_t a, uint64_t b)
{
	a = __builtin_bswap64(a);
	b = __builtin_bswap64(b);
	return (a > b) - (a < b);
}

int memcmp(const void *left, const void *right, size_t n)
{
	const unsigned char *l = left, *r = right;
	for (; n >= 8; n -= 8, l += 8, r += 8) {
		const uint64_t a = load64(l), b = load64(r);
		if (a != b) return compare_words(a, b);
	}
	for (; n && *l == *r; n--, l++, r++);
	return n ? *l - *r : 0;
}
