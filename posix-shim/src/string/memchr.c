#include <string.h>
#include "string_block.h"

static inline unsigned where(const block_type *block, half_type wanted)
{
	return bits_of(block->low == wanted, block->high == wanted);
}

void *memchr(const void *src, int c, size_t n)
{
	if (!n) return 0;
	const half_type wanted = splat(c);
	const block_type *block = block_of(src);
	/* Up to the end of the block; n may be more than there are. */
	size_t looked_at = BLOCK - (uintptr_t)src % BLOCK;
	unsigned found = from(where(block, wanted), src);
	while (!found && looked_at < n) {
		found = where(++block, wanted);
		looked_at += BLOCK;
	}
	if (!found) return 0;
	const char *at = first(block, found);
	return (size_t)(at - (const char *)src) < n ? (void *)at : 0;
}
