/* Sixteen bytes at a time where both strings have as many on their pages. The
 * case of bytes is ASCII's, as in all of musl's locales. */
#include <strings.h>
#include <locale.h>
#include "string_block.h"

enum { PAGE = 4096 };

static inline int lower(unsigned char c)
{
	return c - 'A' < 26u ? c | 32 : c;
}

typedef unsigned char unsigned_block __attribute__((__vector_size__(16)));

static inline block_type lower_block(block_type c)
{
	const block_type upper = (unsigned_block)(c - 'A') < 26;
	return c | (upper & 32);
}

struct unaligned_block {
	block_type v;
} __attribute__((__packed__, __may_alias__));

static inline int has_block(const void *p)
{
	return (uintptr_t)p % PAGE <= PAGE - BLOCK;
}

/* A bit for each byte where the strings differ or the left one ends. */
static inline unsigned where_decided(const void *l, const void *r)
{
	const block_type a = ((const struct unaligned_block *)l)->v;
	const block_type b = ((const struct unaligned_block *)r)->v;
	return bits_of((lower_block(a) != lower_block(b)) | (a == 0));
}

int strcasecmp(const char *left, const char *right)
{
	const unsigned char *l = (void *)left, *r = (void *)right;
	for (;;) {
		if (has_block(l) && has_block(r)) {
			const unsigned decided = where_decided(l, r);
			if (decided) {
				const int i = __builtin_ctz(decided);
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
