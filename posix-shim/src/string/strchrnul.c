#include <string.h>
#include "string_block.h"

static inline unsigned where(block_type block, block_type wanted)
{
	return bits_of((block == wanted) | (block == 0));
}

char *__strchrnul(const char *s, int c)
{
	const block_type wanted = splat(c);
	const block_type *block = block_of(s);
	unsigned found = from(where(*block, wanted), s);
	while (!found) found = where(*++block, wanted);
	return (char *)first(block, found);
}

weak_alias(__strchrnul, strchrnul);
