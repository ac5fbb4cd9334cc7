// printf and scanf of every kind of number, long double included (whose width
// differs between hosts, so only values exact in both are printed).
#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <wchar.h>

#include "check.h"

int main(void) {
  printf("%d %i %u %x %X %o %c %s %%|%5d|%-5d|%05d|%+d|% d\n", -1, 42,
         3000000000u, 255, 255, 8, 'c', "text", 42, 42, 42, 42, 42);
  printf("%hhd %hd %ld %lld %zu %jd %td %p\n", (char)300, (short)70000, -1L,
         1LL << 62, (size_t)-1, (intmax_t)INT64_MIN, (ptrdiff_t)-5,
         (void*)0x1234);
  printf("%f %e %g %a %.3f %10.2f|%-10.2f|%+g %g %g\n", 3.14159, 12345.678,
         0.0001, 1.0, 2.0 / 3, 3.14159, 3.14159, 1e100, INFINITY, -INFINITY);
  printf("%.17g %.0f %#x %#o %.10s|%*d|%.*f\n", 0.1, 2.5, 255, 8,
         "truncated text", 6, 42, 2, 1.005);
  printf("%Lf %Le %Lg %.30Lf %.1Lf\n", 1.5L, 1e300L, 0.0625L, 0.5L, 1e20L);
  const long double big = 18446744073709551615.0L;
  printf("%.0Lf %d %d %d\n", big, big > 1e19L, big == big, -big < 0);
  printf("%.3Lf %.3Lf %.6Lf\n", strtold("2.125", NULL), sqrtl(16.0L),
         powl(2.0L, 0.5L));
  printf("%d %d\n", (int)floorl(-2.5L), (int)fmodl(17.0L, 5.0L));
  printf("%.10f %.10f %.10f %.10f\n", sin(1.0), exp(1.0), log(10.0),
         pow(2.0, 0.5));
  printf("%" PRIu64 " %" PRIx64 " %ls\n", UINT64_MAX, UINT64_MAX, L"wide");

  int i = 0, n = 0;
  unsigned x = 0;
  double d = 0;
  long double l = 0;
  char word[16] = "", set[16] = "";
  CHECK(sscanf("-17 0x1f 2.5e3 word [abc] 1.25 rest%",
               "%d %x %lf %15s [%15[a-c]] %Lf%n", &i, &x, &d, word, set, &l,
               &n) == 6);
  printf("%d %u %g %s %s %Lg %d\n", i, x, d, word, set, l, n);
  char small[8];
  CHECK(snprintf(small, sizeof(small), "%s", "longer than that") == 16);
  puts(small);
  return 0;
}
