#include <string.h>
#include "string_block.h"

static inline unsigned ends(const block_type *block)
{
	return bits_of(block->low == 0, block->high == 0);
}

size_t strlen(const char *s)
{
	const block_type *block = block_of(s);
	unsigned found = from(ends(block), s);
	while (!found) found = ends(++block);
	return first(block, found) - s;
}
