#include <string.h>
#include "string_block.h"

size_t strlen(const char *s)
{
	const block_type *block = block_of(s);
	unsigned found = from(bits_of(*block == 0), s);
	while (!found) found = bits_of(*++block == 0);
	return first(block, found) - s;
}
