/* musl's, but plain decimal numbers of few digits are read by one multiplication
 * or division of doubles, which rounds as it must when both operands are exact
 * (Clinger, "How to read floating point numbers accurately", 1990). musl's own
 * way computes in long double, for which no processor of ours has instructions. */
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>

#define strtod __strtod_any
static double __strtod_any(const char *restrict s, char **restrict p);
#include "musl/src/stdlib/strtod.c"
#undef strtod

/* So many digits are in 64 bits whatever they are. */
#define MAX_DIGITS 19

struct decimal {
	uint64_t digits;
	int exponent; /* of ten */
	int count;    /* of digits */
};

static const char *read_digits(const char *s, struct decimal *decimal)
{
	for (; isdigit(*s) && decimal->count < MAX_DIGITS; s++, decimal->count++)
		decimal->digits = decimal->digits * 10 + (*s - '0');
	return s;
}

/* Returns where the exponent ends, or s when it is none. */
static const char *read_exponent(const char *s, struct decimal *decimal)
{
	const char *at = s;
	if ((*at | 32) != 'e') return s;
	int negative = *++at == '-';
	if (*at == '-' || *at == '+') at++;
	if (!isdigit(*at)) return s;
	int exponent = 0;
	for (int i = 0; isdigit(*at) && i < 4; i++) exponent = exponent * 10 + (*at++ - '0');
	decimal->exponent += negative ? -exponent : exponent;
	return at;
}

/* Returns its end, or NULL when it is none, or not a plain one. */
static const char *read_decimal(const char *s, struct decimal *decimal)
{
	const char *at = read_digits(s, decimal);
	/* Maybe hexadecimal. */
	if (at == s + 1 && *s == '0' && (*at | 32) == 'x') return NULL;
	if (*at == '.') {
		const int before = decimal->count;
		at = read_digits(at + 1, decimal);
		decimal->exponent = before - decimal->count;
	}
	if (!decimal->count || isdigit(*at)) return NULL;
	at = read_exponent(at, decimal);
	return isdigit(*at) ? NULL : at;
}

/* The powers of ten that are doubles. */
static const double powers[] = {
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
};
#define MAX_EXPONENT 22

double strtod(const char *restrict s, char **restrict p)
{
	const char *at = s;
	struct decimal decimal = { 0 };
	while (isspace(*at)) at++;
	const int negative = *at == '-';
	if (*at == '-' || *at == '+') at++;
	const char *end = read_decimal(at, &decimal);
	if (!end || decimal.digits >> 53 || decimal.exponent < -MAX_EXPONENT ||
	    decimal.exponent > MAX_EXPONENT)
		return __strtod_any(s, p);
	if (p) *p = (char *)end;
	const double digits = decimal.digits;
	const double number = decimal.exponent < 0
		? digits / powers[-decimal.exponent] : digits * powers[decimal.exponent];
	return negative ? -number : number;
}
