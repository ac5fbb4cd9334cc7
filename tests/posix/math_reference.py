#!/usr/bin/env python3
"""Writes math_reference.h: correctly rounded results of mathematical functions.

The macro MATH_REFERENCE has the rows: ROW1(function, ulps, x, result) and
ROW2(function, ulps, x, y, result). The result may be wrong by that many units in
its last place. Values are computed with 60 digits, far more than a double has.
"""

from decimal import Decimal as D, getcontext

getcontext().prec = 60
EPSILON = D(10) ** -58


def series(term, step):
    """Sum of term, step(term, 1), step(…, 2), … until they vanish."""
    total, i = D(0), 0
    while abs(term) > EPSILON * max(abs(total), EPSILON):
        total += term
        i += 1
        term = step(term, i)
    return total


def atan_small(x):
    power, total, i = x, D(0), 1
    while abs(power) > EPSILON * EPSILON:
        total += power / i
        power *= -x * x
        i += 2
    return total


PI = 4 * (4 * atan_small(D(1) / 5) - atan_small(D(1) / 239))


def atan(x):
    if x < 0:
        return -atan(-x)
    if x > 1:
        return PI / 2 - atan(1 / x)
    # Halves the angle until the series is quick.
    return 2 * atan(x / (1 + (1 + x * x).sqrt())) if x > D("0.1") else atan_small(x)


def sin(x):
    x = x.remainder_near(2 * PI)
    return series(x, lambda t, i: -t * x * x / (2 * i * (2 * i + 1)))


def cos(x):
    return sin(PI / 2 - x) if abs(x) > D("0.01") else 1 - 2 * sin(x / 2) ** 2


def asin(x):
    return atan(x / (1 - x * x).sqrt())


def expm1(x):
    if abs(x) > D("0.5"):
        return x.exp() - 1
    return series(x, lambda t, i: t * x / (i + 1))


def log1p(x):
    if abs(x) > D("0.01"):
        return (1 + x).ln()
    return 2 * atanh_small(x / (2 + x))


def atanh_small(x):
    power, total, i = x, D(0), 1
    while abs(power) > EPSILON * EPSILON:
        total += power / i
        power *= x * x
        i += 2
    return total


def sinh(x):
    return (expm1(x) + expm1(x) / (expm1(x) + 1)) / 2


def asinh(x):
    sign = -1 if x < 0 else 1
    x = abs(x)
    return sign * log1p(x + x * x / (1 + (1 + x * x).sqrt()))


def erf(x):
    total = series(x, lambda t, i: -t * x * x * (2 * i - 1) / (i * (2 * i + 1)))
    return 2 * total / PI.sqrt()


ALL = ["-700.25", "-37.5", "-3.25", "-1.0078125", "-0.3", "-1e-9", "1e-9", "0.1",
       "0.7", "1.5", "2.718281828", "10.25", "100.5", "700.125"]
SMALL = ["-20.5", "-2.25", "-0.6", "-1e-5", "1e-7", "0.05", "0.9", "3.75", "18.5"]
POSITIVE = ["1e-300", "1e-9", "0.3", "0.9999", "1.0001", "1.5", "10", "12345.678",
            "1e22", "1e300"]
UNIT = ["-0.999", "-0.51", "-0.3", "-1e-6", "1e-8", "0.25", "0.5000001", "0.75",
        "0.99999"]
PAIRS = [("2.5", "3.25"), ("0.1", "-7.5"), ("1.0000001", "12345.5"),
         ("7.25", "0.333"), ("1234.5", "-0.75"), ("1e-5", "40.5")]

ROWS = [
    ("exp", 1, ALL, D.exp),
    ("exp2", 1, ["-900.5", "-1.3", "-1e-7", "0.1", "3.7", "900.25"],
     lambda x: (x * D(2).ln()).exp()),
    ("expm1", 1, ALL, expm1),
    ("log", 1, POSITIVE, D.ln),
    ("log2", 1, POSITIVE, lambda x: x.ln() / D(2).ln()),
    ("log10", 2, POSITIVE, D.log10),
    ("log1p", 1, ["-0.99", "-0.3", "-1e-8", "1e-8", "0.3", "5.5", "1e10"], log1p),
    ("sin", 1, ALL, sin),
    ("cos", 1, ALL, cos),
    ("tan", 1, ALL, lambda x: sin(x) / cos(x)),
    ("asin", 1, UNIT, asin),
    ("acos", 1, UNIT, lambda x: PI / 2 - asin(x)),
    ("atan", 1, ALL, atan),
    ("sinh", 2, SMALL, sinh),
    ("cosh", 2, SMALL, lambda x: (x.exp() + (-x).exp()) / 2),
    ("tanh", 2, SMALL, lambda x: expm1(2 * x) / (expm1(2 * x) + 2)),
    ("asinh", 2, ALL, asinh),
    ("acosh", 2, ["1.0001", "1.5", "3.25", "1000.5", "1e10"],
     lambda x: log1p(x - 1 + ((x - 1) * (x + 1)).sqrt())),
    ("atanh", 2, UNIT, lambda x: log1p(2 * x / (1 - x)) / 2),
    ("cbrt", 1, POSITIVE, lambda x: (x.ln() / 3).exp()),
    ("erf", 1, ["-3.5", "-0.9", "-1e-6", "1e-6", "0.3", "0.84", "1.3", "2.9"], erf),
]
BINARY = [
    ("pow", 1, lambda x, y: (x.ln() * y).exp()),
    ("hypot", 1, lambda x, y: (x * x + y * y).sqrt()),
]


def main():
    print("#define MATH_REFERENCE \\")
    for name, ulps, points, function in ROWS:
        for point in points:
            x = float(point)
            value = float(function(D(x)))
            print(f"ROW1({name}, {ulps}, {x.hex()}, {value.hex()}) \\")
    for name, ulps, function in BINARY:
        for first, second in PAIRS:
            x, y = float(first), float(second)
            value = float(function(D(x), D(y)))
            print(f"ROW2({name}, {ulps}, {x.hex()}, {y.hex()}, {value.hex()}) \\")
    print()


if __name__ == "__main__":
    main()
