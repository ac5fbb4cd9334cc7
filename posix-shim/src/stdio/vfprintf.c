/* musl's, but numbers of moderate size are printed by integers of 64 and 128
 * bits. musl's own way, which is for all numbers, computes in long double, for
 * which no processor of ours has instructions. The digits are the same. */
#include "decimal.h"
#include <math.h>
#include <stdio.h>

static int print_decimal(FILE *f, long double y, int w, int p, int fl, int t,
	const char *prefix, int pl);

/* fmt_fp calls frexpl where it has dealt with signs and what is not finite.
 * These are its variables. */
#define frexpl(number, exponent) ({ \
	int printed = print_decimal(f, number, w, p, fl, t, prefix, pl); \
	if (printed >= 0) return printed; \
	frexpl(number, exponent); \
})
#include "musl/src/stdio/vfprintf.c"
#undef frexpl

/* Digits and where the point is. */
struct decimal {
	uint64_t digits;
	int places;   /* digits behind the point */
	int exponent; /* of the first digit */
};

/* Rounded to `count` digits, 1 to 18. */
static int round_to_digits(struct fraction fraction, int count, struct decimal *decimal)
{
	if (!decimal_exponent(fraction, &decimal->exponent)) return 0;
	int places = count - 1 - decimal->exponent;
	if (places > DECIMAL_MAX_PLACES) return 0;
	if (places < 0) decimal->digits = decimal_reduce(fraction, -places);
	else if (!decimal_scale(fraction, places, &decimal->digits)) return 0;
	if (decimal->digits == decimal_power[count]) {
		decimal->digits /= 10;
		decimal->exponent++;
	}
	decimal->places = count - 1;
	return 1;
}

static void strip_zeros(struct decimal *decimal)
{
	while (decimal->places > 0 && decimal->digits % 10 == 0) {
		decimal->digits /= 10;
		decimal->places--;
	}
}

/* The text is at most 20 digits, a point and an exponent of 4 characters. */
#define TEXT_MAX 32

static char *write_point(struct decimal decimal, int alt, char *end)
{
	int length = decimal_length(decimal.digits);
	char *at = decimal_write(decimal.digits % decimal_power[decimal.places],
		decimal.places, end);
	if (decimal.places || alt) *--at = '.';
	int whole = length - decimal.places;
	return decimal_write(decimal.digits / decimal_power[decimal.places],
		whole > 0 ? whole : 1, at);
}

static char *write_exponent(struct decimal decimal, int alt, int letter, char *end)
{
	int e = decimal.exponent;
	unsigned size = e < 0 ? -e : e; /* at most 38 */
	char *at = decimal_write(size, 2, end);
	*--at = e < 0 ? '-' : '+';
	*--at = letter;
	return write_point(decimal, alt, at);
}

/* For %g: in which of the two forms, 'f' or 'e', and the digits of that. */
static int choose_form(int p, int alt, struct decimal *decimal)
{
	int form = p > decimal->exponent && decimal->exponent >= -4 ? 'f' : 'e';
	if (form == 'f') decimal->places = p - 1 - decimal->exponent;
	if (!alt) strip_zeros(decimal);
	return form;
}

/* fmt_fp for what is not negative and finite, with its arguments, the sign and
 * the length of that. -1, and nothing is printed, for numbers that are too big
 * or too small and for more digits than fit. */
static int print_decimal(FILE *f, long double y, int w, int p, int fl, int t,
	const char *prefix, int pl)
{
	char text[TEXT_MAX], *end = text + sizeof text, *at;
	int alt = (fl & ALT_FORM) != 0, form = t | 32;
	struct fraction fraction;
	struct decimal decimal;

	if (form == 'a' || p > DECIMAL_MAX_PLACES - 2 || !to_fraction(y, &fraction)) return -1;
	if (p < 0) p = 6;
	if (form == 'f') {
		decimal.places = p;
		if (!decimal_scale(fraction, p, &decimal.digits)) return -1;
	} else if (form == 'e') {
		if (!round_to_digits(fraction, p + 1, &decimal)) return -1;
	} else {
		if (!p) p = 1;
		if (!round_to_digits(fraction, p, &decimal)) return -1;
		form = choose_form(p, alt, &decimal);
	}
	at = form == 'f' ? write_point(decimal, alt, end)
		: write_exponent(decimal, alt, (t & 32) | 'E', end);

	int l = end - at;
	pad(f, ' ', w, pl + l, fl);
	out(f, prefix, pl);
	pad(f, '0', w, pl + l, fl ^ ZERO_PAD);
	out(f, at, l);
	pad(f, ' ', w, pl + l, fl ^ LEFT_ADJ);
	return MAX(w, pl + l);
}
