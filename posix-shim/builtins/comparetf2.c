/* Comparisons of binary128, which LLVM calls for long double. They take the
 * place of those in Debian's compiler-rt for wasm64, which return 64 bits where
 * LLVM expects an int: the linker refuses such a call.
 *
 * Results, as libgcc defines them: __letf2 and its synonyms are negative, 0 or
 * positive, and 1 when either is a NaN; __getf2 and __gttf2 the same but -1 for
 * a NaN; __unordtf2 is non-zero when either is a NaN.
 */
typedef __int128 i128;
typedef unsigned __int128 u128;

union bits {
	long double value;
	i128 bits;
};

#define SIGN ((i128)((u128)1 << 127))
#define INFINITE ((i128)0x7fff << 112)

static i128 bits_of(long double x)
{
	return (union bits){ .value = x }.bits;
}

static int is_nan(i128 x)
{
	return (x & ~SIGN) > INFINITE;
}

/* Maps the bits of numbers to integers in the same order, both zeroes to 0. */
static i128 order(i128 x)
{
	return x < 0 ? -(x & ~SIGN) : x;
}

static int compare(long double a, long double b, int unordered)
{
	const i128 x = bits_of(a), y = bits_of(b);
	if (is_nan(x) || is_nan(y)) return unordered;
	const i128 p = order(x), q = order(y);
	return (p > q) - (p < q);
}

int __letf2(long double a, long double b) { return compare(a, b, 1); }
int __lttf2(long double a, long double b) { return compare(a, b, 1); }
int __eqtf2(long double a, long double b) { return compare(a, b, 1); }
int __netf2(long double a, long double b) { return compare(a, b, 1); }
int __getf2(long double a, long double b) { return compare(a, b, -1); }
int __gttf2(long double a, long double b) { return compare(a, b, -1); }

int __unordtf2(long double a, long double b)
{
	return is_nan(bits_of(a)) || is_nan(bits_of(b));
}
