// The mathematics library against correctly rounded results
// (math_reference.py): each function within the ulps that its rows say.
#include <float.h>
#include <math.h>
#include <stdint.h>

#include "check.h"
#include "tests/posix/math_reference.h"

struct row {
  const char* name;
  int ulps;
  double (*one)(double);
  double (*two)(double, double);
  double x, y, result;
};

static const struct row rows[] = {
#define ROW1(name, ulps, x, result) {#name, ulps, name, NULL, x, 0, result},
#define ROW2(name, ulps, x, y, result) {#name, ulps, NULL, name, x, y, result},
    MATH_REFERENCE};

// Doubles between two of the same sign.
static int64_t distance(double a, double b) {
  int64_t x, y;
  memcpy(&x, &a, sizeof(x));
  memcpy(&y, &b, sizeof(y));
  if ((x < 0) != (y < 0)) return INT64_MAX;
  return x > y ? x - y : y - x;
}

static void doubles_are_accurate(void) {
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); ++i) {
    const struct row* row = &rows[i];
    const double got = row->one ? row->one(row->x) : row->two(row->x, row->y);
    if (distance(got, row->result) > row->ulps) {
      fprintf(stderr, "%s(%a, %a) = %a, not %a\n", row->name, row->x, row->y,
              got, row->result);
      CHECK(!"accurate");
    }
  }
}

// The float functions, against the doubles.
static void floats_are_accurate(void) {
  for (float x = -3.0f; x < 3.0f; x += 0.0137f) {
    CHECK(fabs(sinf(x) - sin(x)) <= FLT_EPSILON);
    CHECK(fabs(cosf(x) - cos(x)) <= FLT_EPSILON);
    CHECK(fabs(expf(x) / exp(x) - 1) <= FLT_EPSILON);
    CHECK(fabs(tanhf(x) - tanh(x)) <= 2 * FLT_EPSILON);
    CHECK(fabs(atanf(x) - atan(x)) <= 2 * FLT_EPSILON);
    if (x <= 0) continue;
    CHECK(fabs(logf(x) - log(x)) <= FLT_EPSILON * fmax(1, fabs(log(x))));
    CHECK(fabs(powf(x, 2.5f) / pow(x, 2.5) - 1) <= 2 * FLT_EPSILON);
    CHECK(sqrtf(x) == (float)sqrt((double)x));
  }
}

static void some_results_are_exact(void) {
  CHECK(sqrt(2) == 0x1.6a09e667f3bcdp+0 && fma(0x1p-60, 0x1p-60, 1) == 1);
  CHECK(fma(0x1.0000001p0, 0x1.0000001p0, -1) == 0x1.00000008p-27);
  CHECK(pow(2, 10) == 1024 && exp2(-1074) == 0x1p-1074 && pow(10, 15) == 1e15);
  CHECK(remainder(5, 3) == -1 && fmod(-5, 3) == -2 && fdim(3, 5) == 0);
  int quotient;
  CHECK(remquo(29, 10, &quotient) == -1 && (quotient & 7) == 3);
  CHECK(logb(0x1p-1060) == -1060 && ilogb(12) == 3 && scalbn(3, 4) == 48);
  double whole;
  CHECK(modf(-2.75, &whole) == -0.75 && whole == -2 && ceil(-0.5) == 0);
  CHECK(nearbyint(3.5) == 4 && llround(-0.5) == -1 && lrint(1.5) == 2);
  CHECK(fmin(NAN, 1) == 1 && fmax(1, NAN) == 1 && isnan(fmin(NAN, NAN)));
}

static void limits_are_met(void) {
  CHECK(exp(1000) == INFINITY && exp(-1000) == 0 && log(0) == -INFINITY);
  CHECK(isnan(log(-1)) && isnan(acos(2)) && isnan(sin(INFINITY)));
  CHECK(atan(INFINITY) == M_PI_2 && tanh(50) == 1 && pow(0, 0) == 1);
  CHECK(pow(-1, INFINITY) == 1 && isnan(pow(-2, 0.5)) &&
        pow(-0.0, -3) == -INFINITY);
  CHECK(signbit(sin(-0.0)) && atan2(-0.0, -1) == -M_PI &&
        hypot(INFINITY, NAN) == INFINITY);
  CHECK(tgamma(171) < INFINITY && tgamma(172) == INFINITY && isnan(tgamma(-1)));
  int sign;
  CHECK(lgamma_r(-0.5, &sign) > 1.26 && sign == -1 && lgamma(1) == 0);
  CHECK(fabs(j0(2.404825557695773)) < 1e-15 &&
        fabs(y1(1) + 0.7812128213002887) < 1e-15);
}

// musl has most long double functions in full precision for binary128; the
// exponential ones are those of double (docs/porting.md).
static void long_doubles_are_accurate(void) {
  const long double half = 0.5L, third = 1.0L / 3;
  CHECK(fabsl(sinl(third) * sinl(third) + cosl(third) * cosl(third) - 1) <=
        4 * LDBL_EPSILON);
  CHECK(fabsl(asinl(sinl(half)) - half) <= 2 * LDBL_EPSILON);
  CHECK(fabsl(4 * atanl(1.0L) - acosl(-1.0L)) <= 4 * LDBL_EPSILON);
  CHECK(fabsl(cbrtl(27.0L) - 3) <= 4 * LDBL_EPSILON && hypotl(3, 4) == 5);
  CHECK(fabsl(expl(1.0L) - 2.71828182845904523536L) < 4 * DBL_EPSILON);
  CHECK(fabsl(logl(10.0L) - 2.30258509299404568402L) < 4 * DBL_EPSILON);
  CHECK(fabsl(powl(2.0L, half) - sqrtl(2.0L)) < 4 * DBL_EPSILON);
}

int main(void) {
  CASE(doubles_are_accurate);
  CASE(floats_are_accurate);
  CASE(some_results_are_exact);
  CASE(limits_are_met);
  CASE(long_doubles_are_accurate);
  return 0;
}
