/* Unaligned words, and copies of up to SMALL_MAX bytes that load all before
 * they store any, so that the ranges may overlap. The struct types tell the
 * compiler that the addresses are unaligned and may alias anything. */
#include <stddef.h>
#include <stdint.h>

enum { SMALL_MAX = 32 };

#define UNALIGNED __attribute__((__packed__, __may_alias__))
struct UNALIGNED word64 { uint64_t v; };
struct UNALIGNED word32 { uint32_t v; };
struct UNALIGNED word16 { uint16_t v; };

static inline uint64_t load64(const void *p)
{
	return ((const struct word64 *)p)->v;
}

static inline uint32_t load32(const void *p)
{
	return ((const struct word32 *)p)->v;
}

static inline uint16_t load16(const void *p)
{
	return ((const struct word16 *)p)->v;
}

static inline void store64(void *p, uint64_t v)
{
	((struct word64 *)p)->v = v;
}

static inline void store32(void *p, uint32_t v)
{
	((struct word32 *)p)->v = v;
}

static inline void store16(void *p, uint16_t v)
{
	((struct word16 *)p)->v = v;
}

static inline void copy_small(void *dest, const void *src, size_t n)
{
	unsigned char *d = dest;
	const unsigned char *s = src;
	if (n >= 16) {
		const uint64_t a = load64(s), b = load64(s + 8);
		const uint64_t y = load64(s + n - 16), z = load64(s + n - 8);
		store64(d, a);
		store64(d + 8, b);
		store64(d + n - 16, y);
		store64(d + n - 8, z);
	} else if (n >= 8) {
		const uint64_t a = load64(s), z = load64(s + n - 8);
		store64(d, a);
		store64(d + n - 8, z);
	} else if (n >= 4) {
		const uint32_t a = load32(s), z = load32(s + n - 4);
		store32(d, a);
		store32(d + n - 4, z);
	} else if (n >= 2) {
		const uint16_t a = load16(s), z = load16(s + n - 2);
		store16(d, a);
		store16(d + n - 2, z);
	} else if (n) {
		*d = *s;
	}
}
