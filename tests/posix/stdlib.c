// Sorting, searching, numbers, strings, environment.
#include <ctype.h>
#include <limits.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <wchar.h>

#include "check.h"

static int by_value(const void* a, const void* b) {
  const int x = *(const int*)a, y = *(const int*)b;
  return (x > y) - (x < y);
}

static void sorting(void) {
  enum { kCount = 10000 };
  static int numbers[kCount];
  unsigned seed = 1;
  for (int i = 0; i < kCount; i++) {
    seed = seed * 1103515245 + 12345;
    numbers[i] = (int)(seed >> 8) % 5000;
  }
  qsort(numbers, kCount, sizeof(int), by_value);
  for (int i = 1; i < kCount; i++) CHECK(numbers[i - 1] <= numbers[i]);
  const int key = numbers[7000];
  const int* found = bsearch(&key, numbers, kCount, sizeof(int), by_value);
  CHECK(found != NULL && *found == key);
  const int missing = -1;
  CHECK(bsearch(&missing, numbers, kCount, sizeof(int), by_value) == NULL);
}

static void numbers(void) {
  char* end;
  CHECK(strtol("  -0x1Fz", &end, 0) == -31 && *end == 'z');
  CHECK(strtol("99999999999999999999", NULL, 10) == LONG_MAX &&
        errno == ERANGE);
  CHECK(strtoull("18446744073709551615", NULL, 10) == ULLONG_MAX);
  CHECK(strtod("1e-3x", &end) == 0.001 && *end == 'x');
  CHECK(isnan(strtod("nan", NULL)) && isinf(strtod("-inf", NULL)));
  CHECK(strtod("0x1.8p3", NULL) == 12.0 && atoi("12abc") == 12);
  CHECK(llabs(-5LL) == 5 && div(-7, 2).rem == -1);
}

static void strings(void) {
  char text[64] = "one,two,,three";
  char *state, *token = strtok_r(text, ",", &state);
  for (; token != NULL; token = strtok_r(NULL, ",", &state))
    printf("<%s>", token);
  puts("");
  CHECK(strcasecmp("HeLLo", "hEllO") == 0 && strncmp("abc", "abd", 2) == 0);
  CHECK(strstr("haystack", "sta") != NULL &&
        memmem("haystack", 8, "ck", 2) != NULL);
  char moved[] = "0123456789";
  memmove(moved + 2, moved, 6);
  CHECK(strcmp(moved, "0101234589") == 0);
  CHECK(strspn("aabbc", "ab") == 4 && strcspn("hello", "l") == 2);
  puts(strerror(ENOENT));
  puts(strsignal(11) != NULL ? "named" : "unnamed");
}

static void locales(void) {
  CHECK(strcmp(setlocale(LC_ALL, NULL), "C") == 0);
  CHECK(setlocale(LC_ALL, "C") != NULL &&
        localeconv()->decimal_point[0] == '.');
  CHECK(isalpha('a') && !isalpha('1') && toupper('z') == 'Z' && isspace('\t'));
  CHECK(strcoll("a", "b") < 0);
  wchar_t wide[8];
  CHECK(mbstowcs(wide, "abc", 8) == 3 && wide[1] == L'b' && wcslen(wide) == 3);
}

int main(int argc, char** argv) {
  CHECK(argc == 3);
  printf("[%s] [%s]\n", argv[1], argv[2]);
  sorting();
  numbers();
  strings();
  locales();
  CHECK(getenv("NOT_SET") == NULL);
  puts(getenv("SLIPWAY_TEST") ? getenv("SLIPWAY_TEST") : "(unset)");
  CHECK(setenv("SLIPWAY_TEST", "changed", 1) == 0);
  CHECK(strcmp(getenv("SLIPWAY_TEST"), "changed") == 0);
  CHECK(unsetenv("SLIPWAY_TEST") == 0 && getenv("SLIPWAY_TEST") == NULL);
  return 0;
}
