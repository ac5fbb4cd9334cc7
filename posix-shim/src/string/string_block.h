/* Strings 32 bytes at a time, as two vectors. Blocks are aligned, so that one
 * that begins before a string or ends behind it is on pages that the string is
 * on. */
#include <stddef.h>
#include <stdint.h>

enum { HALF = 16, BLOCK = 2 * HALF };
typedef signed char half_type
	__attribute__((__vector_size__(16), __may_alias__));
typedef struct {
	half_type low, high;
} __attribute__((__may_alias__)) block_type;

static inline const block_type *block_of(const void *p)
{
	return (const block_type *)((uintptr_t)p & -(uintptr_t)BLOCK);
}

static inline half_type splat(int c)
{
	return (half_type){0} + (signed char)c;
}

/* A bit for each byte that is not zero but -1. */
static inline unsigned bits_of(half_type low, half_type high)
{
	return __builtin_wasm_bitmask_i8x16(low) |
	       (unsigned)__builtin_wasm_bitmask_i8x16(high) << HALF;
}

/* The bits of the bytes from p on, of those of its block. */
static inline unsigned from(unsigned bits, const void *p)
{
	return bits & (~0u << (uintptr_t)p % BLOCK);
}

static inline const char *first(const block_type *block, unsigned bits)
{
	return (const char *)block + __builtin_ctz(bits);
}
