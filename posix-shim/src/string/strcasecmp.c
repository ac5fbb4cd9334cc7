/* A block at a time where both strings have as many on their pages. The
 * case of bytes is ASCII's, as in all of musl's locales. */
#include <strings.h>
#include <locale.h>
#include "string_block.h"

enum { PAGE = 4096 };

static inline int lower(unsigned char c)
{
	return c - 'A' < 26u ? c | 32 : c;
}

typedef unsigned char unsigned_half __attribute__((__vector_size__(16)));

static inline half_type lower_half(half_type c)
{
	const half_type upper = (unsigned_half)(c - 'A') < 26;
	return c | (upper & 32);
}

struct unaligned_block {
	half_type low, high;
} __attribute__((__packed__, __may_alias__));

static inline int has_block(const void *p)
{
	return (uintptr_t)p % PAGE <= PAGE - BLOCK;
}

/* Where the strings differ or the left one ends. */
static inline half_type decided(half_type l, half_type r)
{
	return (lower_half(l) != lower_half(r)) | (l == 0);
}

static inline unsigned where_decided(const void *left, const void *right)
{
	const struct unaligned_block *l = left, *r = right;
	return bits_of(decided(l->low, r->low), decided(l->high, r->high));
}

int strcasecmp(const char *left, const char *right)
{
	const unsigned char *l = (void *)left, *r = (void *)right;
	for (;;) {
		if (has_block(l) && has_block(r)) {
			const unsigned bits = where_decided(l, r);
			if (bits) {
				const int i = __builtin_ctz(bits);
				return lower(l[i]) - lower(r[i]);
			}
			l += BLOCK;
			r += BLOCK;
		} else {
			if (!*l || lower(*l) != lower(*r)) {
				return lower(*l) - lower(*r);
			}
			l++;
			r++;
		}
	}
}

int __strcasecmp_l(const char *l, const char *r, locale_t loc)
{
	return strcasecmp(l, r);
}

weak_alias(__strcasecmp_l, strcasecmp_l);
