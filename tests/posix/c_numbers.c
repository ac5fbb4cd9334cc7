// Numbers as text and back, exactly; and what the floating-point environment
// lets a program do.
#include <fenv.h>
#include <float.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>

#include "check.h"

// Prints with `format`; the result is valid until the next call.
#define TEXT(...) (snprintf(text, sizeof(text), __VA_ARGS__), text)
static char text[512];

static void doubles_print_exactly(void) {
  CHECK(!strcmp(TEXT("%.55f", 0.1),
                "0.1000000000000000055511151231257827021181583404541015625"));
  CHECK(!strcmp(TEXT("%.0f", 1e23), "99999999999999991611392"));
  CHECK(!strcmp(TEXT("%.20e", DBL_MIN), "2.22507385850720138309e-308"));
  CHECK(!strcmp(TEXT("%.17g", 5e-324), "4.9406564584124654e-324"));
  CHECK(!strcmp(TEXT("%.0f %.0f %.0f %.0f", 0.5, 1.5, 2.5, -0.5), "0 2 2 -0"));
  CHECK(!strcmp(TEXT("%.3f %.2e", 1.0005, 9.995), "1.000 9.99e+00"));
  CHECK(!strcmp(TEXT("%g %g %g", 1e5, 1e6, 1e-5), "100000 1e+06 1e-05"));
  CHECK(
      !strcmp(TEXT("%#g %G %+.1E", 1.0, 1e-10, 5.0), "1.00000 1E-10 +5.0E+00"));
  CHECK(!strcmp(TEXT("%f %F %6.1f|", INFINITY, INFINITY, -INFINITY),
                "inf INF   -inf|"));
}

// xorshift64 (Marsaglia): the same numbers in both runs.
static uint64_t random_bits(void) {
  static uint64_t state = 88172645463325252;
  state ^= state << 13;
  state ^= state >> 7;
  return state ^= state << 17;
}

// Of all sizes, but mostly such as programs print; and near ties.
static double random_number(void) {
  const uint64_t bits = random_bits();
  double number;
  switch (random_bits() % 6) {
    case 0:
      memcpy(&number, &bits, sizeof(number));
      return number;
    case 1:
      return (double)(int64_t)bits / 0x1p50 / 8;
    case 2:
      return (double)(bits >> bits % 64);
    case 3:
      return ldexp((double)(bits >> 11), -(int)(bits % 120));
    case 4:
      return ((double)(bits % 2000) + 0.5) / (double)(1 + bits / 2000 % 100000);
    default:
      return floor((double)(bits % 100000)) / 8;
  }
}

// The sums are in the output, which is the same for both runs.
static void random_doubles_print_alike(void) {
  // Not %#g, which glibc ends too early after rounding to a power of ten.
  static const char conversions[] = "efgEFG", flags[] = " +-0#";
  for (const char* conversion = conversions; *conversion; ++conversion) {
    uint64_t sum = 0;
    for (int i = 0; i < 20000; ++i) {
      const uint64_t choice = random_bits();
      char flag[2] = {i % 2 ? flags[choice % 5] : 0, 0};
      if (flag[0] == '#' && (*conversion | 32) == 'g') flag[0] = 0;
      char format[16], printed[400];
      snprintf(format, sizeof(format), "%%%s*.*%c", flag, *conversion);
      snprintf(printed, sizeof(printed), format, (int)(choice >> 8 & 31),
               (int)(choice >> 16 & 31) % 20, random_number());
      for (const char* at = printed; *at; ++at) sum = sum * 31 + *at;
    }
    printf("%c %016" PRIx64 "\n", *conversion, sum);
  }
}

static void random_decimals_are_read_alike(void) {
  uint64_t sum = 0;
  for (int i = 0; i < 40000; ++i) {
    static const char* const formats[] = {"%.*f", "%.*e", "  +%.*gx", "%.*ge"};
    const uint64_t choice = random_bits();
    char printed[400], *end;
    snprintf(printed, sizeof(printed), formats[choice % 4],
             (int)(choice >> 8 & 31) % 20, fabs(random_number()));
    const double number = strtod(printed, &end);
    uint64_t bits;
    memcpy(&bits, &number, sizeof(bits));
    if (isnan(number)) bits = 0;
    sum = (sum * 31 + bits) * 31 + (uint64_t)(end - printed);
  }
  printf("strtod %016" PRIx64 "\n", sum);
  char* end;
  CHECK(strtod("1.e2.5", &end) == 100 && !strcmp(end, ".5"));
  CHECK(strtod("-.5e-1", NULL) == -0.05 && strtod(".e1", &end) == 0);
  CHECK(*end == '.' && signbit(strtod("-0", NULL)));
  CHECK(strtod("1e22", NULL) == 1e22 && strtod("1e23", NULL) == 1e23);
  CHECK(strtod("9007199254740992e22", NULL) == 9007199254740992e22);
}

static void hexadecimal_floats_round_trip(void) {
  CHECK(!strcmp(TEXT("%a %a %A", 1.0, -0.75, 255.5),
                "0x1p+0 -0x1.8p-1 0X1.FFP+7"));
  CHECK(!strcmp(TEXT("%.2a %.0a", 1.999, 1.5), "0x2.00p+0 0x2p+0") ||
        !strcmp(text, "0x1.00p+1 0x1p+1"));
  CHECK(strtod("0x1.fffffffffffffp+1023", NULL) == DBL_MAX);
  CHECK(strtod("0x1.00000000000008p0", NULL) == 1.0);
  CHECK(strtod("0x1.00000000000018p0", NULL) == 1.0 + 2 * DBL_EPSILON);
  CHECK(strtod("0x.8p1", NULL) == 1 && strtod("-0x1p-1074", NULL) == -5e-324);
  double back;
  CHECK(sscanf(TEXT("%a", M_PI), "%la", &back) == 1 && back == M_PI);
}

static void decimals_are_read_exactly(void) {
  CHECK(strtod("9007199254740993", NULL) == 9007199254740992.0);
  CHECK(strtod("9007199254740993.00000000000000000000000001", NULL) ==
        9007199254740994.0);
  CHECK(strtod("2.2250738585072011e-308", NULL) == 0x0.fffffffffffffp-1022);
  CHECK(strtod("2.4703282292062327208e-324", NULL) == 0);
  CHECK(strtod("2.4703282292062327209e-324", NULL) == 5e-324);
  CHECK(strtof("16777217.0000001", NULL) == 16777218.0f);
  errno = 0;
  CHECK(strtod("1.7976931348623159e308", NULL) == HUGE_VAL && errno == ERANGE);
  errno = 0;
  CHECK(strtod("1e-400", NULL) == 0 && errno == ERANGE);
  char* end;
  CHECK(strtod("1e+", &end) == 1 && !strcmp(end, "e+"));
  CHECK(strtod("0x", &end) == 0 && !strcmp(end, "x"));
  CHECK(isnan(strtod("nan(12)x", &end)) && !strcmp(end, "x"));
  CHECK(strtod("  -infinityx", &end) == -INFINITY && !strcmp(end, "x"));
  for (int i = -300; i <= 300; i += 7) {
    const double value = ldexp(M_E, i);
    CHECK(strtod(TEXT("%.17g", value), NULL) == value);
  }
}

static void long_doubles_keep_their_digits(void) {
  // As Redis adds: HINCRBYFLOAT, INCRBYFLOAT.
  CHECK(!strcmp(TEXT("%.17Lf", strtold("10.5", NULL) + strtold("0.1", NULL)),
                "10.60000000000000000"));
  CHECK(!strcmp(TEXT("%.17Lf", strtold("5.0e3", NULL) + strtold("2.0e2", NULL)),
                "5200.00000000000000000"));
  CHECK(!strcmp(TEXT("%.17Lg", strtold("3.0e3", NULL)), "3000"));
  const long double third = 1.0L / 3;
  char digits[64];
  snprintf(digits, sizeof(digits), "%.*Lg", LDBL_DIG + 3, third);
  CHECK(strtold(digits, NULL) == third);
  CHECK(strtold("0x1.8p3", NULL) == 12.0L);
  long double scanned;
  CHECK(sscanf("-1.25e2", "%Lf", &scanned) == 1 && scanned == -125.0L);
#if LDBL_MANT_DIG == 113
  CHECK(!strcmp(TEXT("%.40Lf", 0.1L),
                "0.1000000000000000000000000000000000048148"));
  CHECK(
      !strcmp(TEXT("%.0Lf", 0x1p113L), "10384593717069655257060992658440192"));
  CHECK(!strcmp(TEXT("%La", 1.0L + LDBL_EPSILON),
                "0x1.0000000000000000000000000001p+0"));
  CHECK(!strcmp(TEXT("%.36Lg", LDBL_MAX),
                "1.18973149535723176508575932662800702e+4932"));
  CHECK(strtold("1.18973149535723176508575932662800702e+4932", NULL) ==
        LDBL_MAX);
#endif
  errno = 0;
  CHECK(strtold("1e5000", NULL) == HUGE_VALL && errno == ERANGE);
}

static void long_double_arithmetic_is_correct(void) {
  CHECK(sqrtl(2.0L) * sqrtl(2.0L) - 2.0L < 4 * LDBL_EPSILON);
  CHECK(fmodl(1e18L + 0.5L, 1.0L) == 0.5L && floorl(-0.5L) == -1);
  CHECK((long double)INT64_MAX + 1 == 0x1p63L);
  CHECK((uint64_t)(long double)UINT64_MAX == UINT64_MAX);
  CHECK((int64_t)-2.9L == -2 && (double)(1.0L + 0x1p-60L) == 1.0);
  CHECK(scalbnl(1.0L, -16000) > 0 &&
        nextafterl(1.0L, 2.0L) == 1.0L + LDBL_EPSILON);
  int exponent;
  CHECK(frexpl(48.0L, &exponent) == 0.75L && exponent == 6);
  CHECK(llrintl(2.5L) == 2 && lroundl(2.5L) == 3 && truncl(-2.5L) == -2);
  CHECK(signbit(-0.0L) && isinf(1.0L / 0.0L) && isnan(0.0L / 0.0L));
}

static void integers_print_in_every_way(void) {
  CHECK(!strcmp(TEXT("%'d|%+05d|%- 6d|%x|%#X|%#o", 7, 42, 42, -1, 255, 8),
                "7|+0042| 42   |ffffffff|0XFF|010"));
  CHECK(!strcmp(TEXT("%.0d|%.5d|%8.3d|%-8.3d|", 0, 42, 7, 7),
                "|00042|     007|007     |"));
  CHECK(!strcmp(TEXT("%2$s %1$s %2$s", "a", "b"), "b a b"));
  CHECK(!strcmp(TEXT("%.*s|%*d", -1, "all", -4, 9), "all|9   "));
  CHECK(!strcmp(
      TEXT("%jd %zd %td %hhu", INTMAX_MIN, (ssize_t)-1, (ptrdiff_t)3, 511),
      "-9223372036854775808 -1 3 255"));
  errno = ENOENT;
  CHECK(!strcmp(TEXT("%m"), strerror(ENOENT)));
  int written = 0;
  TEXT("four%n!", &written);
  CHECK(written == 4);
  CHECK(snprintf(NULL, 0, "%s-%d", "counted", 12) == 10);
  CHECK(snprintf(text, 4, "%d", 123456) == 6 && !strcmp(text, "123"));
}

static void scanning_follows_the_format(void) {
  int a = 0, b = 0, c = 0;
  CHECK(sscanf("010 0x1f 077", "%i %i %d", &a, &b, &c) == 3);
  CHECK(a == 8 && b == 31 && c == 77);
  CHECK(sscanf("12345", "%2d%3d", &a, &b) == 2 && a == 12 && b == 345);
  CHECK(sscanf("5,6", "%d;%d", &a, &b) == 1 && sscanf("", "%d", &a) == EOF);
  CHECK(sscanf("skip 7", "%*s %d", &a) == 1 && a == 7);
  char word[16], set[16];
  CHECK(sscanf("abc]def-", "%[]a-c]%[^-]", word, set) == 2);
  CHECK(!strcmp(word, "abc]") && !strcmp(set, "def"));
  char* allocated = NULL;
  CHECK(sscanf("any length", "%ms", &allocated) == 1 &&
        !strcmp(allocated, "any"));
  free(allocated);
  long long wide = 0;
  short narrow = 0;
  signed char tiny = 0;
  CHECK(sscanf("-9223372036854775808 -5 127", "%lld %hd %hhd", &wide, &narrow,
               &tiny) == 3);
  CHECK(wide == LLONG_MIN && narrow == -5 && tiny == 127);
  void* pointer;
  CHECK(sscanf(TEXT("%p", (void*)text), "%p", &pointer) == 1 &&
        pointer == text);
}

static void integers_are_read_to_their_limits(void) {
  char* end;
  errno = 0;
  CHECK(strtol("9223372036854775808", NULL, 10) == LONG_MAX && errno == ERANGE);
  errno = 0;
  CHECK(strtoul("-1", NULL, 10) == ULONG_MAX && errno == 0);
  CHECK(strtol("zz", &end, 36) == 35 * 36 + 35 && *end == 0);
  CHECK(strtol("0b1", &end, 10) == 0 && !strcmp(end, "b1"));
  CHECK(strtol("  +7x", &end, 0) == 7 && *end == 'x');
  CHECK(strtoimax("-5", NULL, 10) == -5 && strtoumax("5", NULL, 10) == 5);
  errno = 0;
  CHECK(strtol("1", &end, 1) == 0 && errno == EINVAL);
  CHECK(atoi("42abc") == 42 && llabs(LLONG_MIN + 1) == LLONG_MAX);
  CHECK(div(-7, 2).quot == -3 && div(-7, 2).rem == -1);
}

// wasm has one rounding mode and no flags; see docs/porting.md.
static void rounding_is_to_nearest(void) {
  CHECK(fegetround() == FE_TONEAREST && fesetround(FE_TONEAREST) == 0);
  CHECK(fesetround(12345) != 0);
  fenv_t environment;
  CHECK(fegetenv(&environment) == 0 && fesetenv(&environment) == 0);
  CHECK(fesetenv(FE_DFL_ENV) == 0 && feclearexcept(FE_ALL_EXCEPT) == 0);
  CHECK(fetestexcept(FE_ALL_EXCEPT) == 0);
  CHECK(feholdexcept(&environment) == 0 && feupdateenv(&environment) == 0);
  volatile double third = 1.0, three = 3.0;
  third /= three;
  CHECK(third == 0x1.5555555555555p-2);
#ifdef __slipway__
#ifdef FE_UPWARD
#error "a rounding mode that cannot be set"
#endif
  CHECK(FE_ALL_EXCEPT == 0 && fetestexcept(~0) == 0);
#endif
}

int main(void) {
  CASE(doubles_print_exactly);
  CASE(random_doubles_print_alike);
  CASE(random_decimals_are_read_alike);
  CASE(hexadecimal_floats_round_trip);
  CASE(decimals_are_read_exactly);
  CASE(long_doubles_keep_their_digits);
  CASE(long_double_arithmetic_is_correct);
  CASE(integers_print_in_every_way);
  CASE(scanning_follows_the_format);
  CASE(integers_are_read_to_their_limits);
  CASE(rounding_is_to_nearest);
  return 0;
}
