/* Decimal digits of binary fractions, exactly, in integers of 128 bits: what
 * printf needs for most numbers, those that 64 bits can hold around the point. */
#ifndef INTERNAL_DECIMAL_H
#define INTERNAL_DECIMAL_H

#include <stdint.h>

/* mantissa / 2^shift. */
struct fraction {
	uint64_t mantissa;
	int shift; /* 0 to 127 */
};

#define DECIMAL_MAX_PLACES 19

static const uint64_t decimal_power[DECIMAL_MAX_PLACES + 1] = {
	1u, 10u, 100u, 1000u, 10000u, 100000u, 1000000u, 10000000u, 100000000u,
	1000000000u, 10000000000u, 100000000000u, 1000000000000u, 10000000000000u,
	100000000000000u, 1000000000000000u, 10000000000000000u,
	100000000000000000u, 1000000000000000000u, 10000000000000000000u,
};

/* How many digits it has; 1 for 0. */
static inline int decimal_length(uint64_t number)
{
	int bits = 64 - __builtin_clzll(number | 1);
	int length = bits * 1233 >> 12; /* of log10(2) */
	return length + (number >= decimal_power[length]) + !number;
}

/* A finite number that is not negative and not too big or fine. */
static inline int to_fraction(long double number, struct fraction *fraction)
{
	union { long double number; uint64_t half[2]; } bits = { number };
	int exponent = bits.half[1] >> 48;
	uint64_t mantissa = bits.half[1] << 16 >> 4 | bits.half[0] >> 52;
	if (!exponent && !mantissa && !bits.half[0]) {
		*fraction = (struct fraction){ 0, 0 };
		return 1;
	}
	/* Subnormal numbers, and more bits than here are. */
	if (!exponent || bits.half[0] << 12) return 0;
	mantissa |= 1ull << 60;
	int shift = 60 + 0x3fff - exponent;
	int zeros = __builtin_ctzll(mantissa);
	mantissa >>= zeros;
	shift -= zeros;
	if (shift < 0) {
		if (-shift > __builtin_clzll(mantissa)) return 0;
		mantissa <<= -shift;
		shift = 0;
	}
	*fraction = (struct fraction){ mantissa, shift };
	return shift < 128;
}

/* whole and rest / 2^64 and, if sticky, a little more; to the nearest, ties to
 * even. */
static inline uint64_t decimal_round(uint64_t whole, uint64_t rest, int sticky)
{
	const uint64_t half = 1ull << 63;
	return whole + (rest > half || (rest == half && (sticky || (whole & 1))));
}

/* fraction * 10^places, rounded likewise. False if that is more than 64 bits.
 * places: 0 to DECIMAL_MAX_PLACES. */
static inline int decimal_scale(struct fraction fraction, int places, uint64_t *result)
{
	unsigned __int128 product =
		(unsigned __int128)fraction.mantissa * decimal_power[places];
	uint64_t high = product >> 64, low = product;
	int shift = fraction.shift;
	if (!shift || shift == 64) {
		*result = shift ? decimal_round(high, low, 0) : low;
		return shift || !high;
	}
	if (shift > 64) {
		shift -= 64;
		*result = decimal_round(high >> shift, high << (64 - shift), low != 0);
		return 1;
	}
	*result = decimal_round(high << (64 - shift) | low >> shift, low << (64 - shift), 0);
	/* Not exact where rounding makes 2^64 of it. */
	return !(high >> shift) && *result;
}

/* fraction / 10^places, rounded likewise. places: 1 to DECIMAL_MAX_PLACES. */
static inline uint64_t decimal_reduce(struct fraction fraction, int places)
{
	uint64_t integer = fraction.shift < 64 ? fraction.mantissa >> fraction.shift : 0;
	int sticky = fraction.shift && (fraction.shift > 63 ||
		fraction.mantissa << (64 - fraction.shift));
	uint64_t whole = integer / decimal_power[places];
	uint64_t rest = integer % decimal_power[places];
	uint64_t half = decimal_power[places] / 2;
	return whole + (rest > half || (rest == half && (sticky || (whole & 1))));
}

/* The exponent of its first digit; 0 for 0. False when it is far below 1. */
static inline int decimal_exponent(struct fraction fraction, int *exponent)
{
	uint64_t integer = fraction.shift < 64 ? fraction.mantissa >> fraction.shift : 0;
	if (integer || !fraction.mantissa) {
		*exponent = decimal_length(integer) - 1;
		return 1;
	}
	/* 10^places * fraction >= 1 for the least such number of places. */
	int bits = fraction.shift - (64 - __builtin_clzll(fraction.mantissa));
	int places = (bits * 1233 >> 12) + 1;
	if (places > DECIMAL_MAX_PLACES) return 0;
	unsigned __int128 product =
		(unsigned __int128)fraction.mantissa * decimal_power[places];
	uint64_t high = product >> 64, low = product;
	int reached = fraction.shift > 63 ? high >> (fraction.shift - 64) != 0
		: high || low >> fraction.shift;
	*exponent = -places - !reached;
	return 1;
}

/* Writes `count` digits of number, with zeros in front, that end at `end`;
 * returns where they begin. */
static inline char *decimal_write(uint64_t number, int count, char *end)
{
	for (; count-- > 0; number /= 10) *--end = '0' + number % 10;
	return end;
}

#endif
