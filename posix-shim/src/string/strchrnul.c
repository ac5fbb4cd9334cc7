#include <string.h>
#include "string_block.h"

static inline half_type matches(half_type half, half_type wanted)
{
	return (half == wanted) | (half == 0);
}

static inline unsigned where(const block_type *block, half_type wanted)
{
	return bits_of(matches(block->low, wanted),
	               matches(block->high, wanted));
}

char *__strchrnul(const char *s, int c)
{
	const half_type wanted = splat(c);
	const block_type *block = block_of(s);
	unsigned found = from(where(block, wanted), s);
	while (!found) found = where(++block, wanted);
	return (char *)first(block, found);
}

weak_alias(__strchrnul, strchrnul);
