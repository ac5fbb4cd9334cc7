// Variable arguments: of every type, passed on in lists, and of another width
// than they are read with, which x86-64 forgives.
#include <complex.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <wchar.h>

#include "check.h"

struct one_int {
  int value;
};
struct one_float {
  float value;
};
struct one_char {
  char value;
};
struct pair {
  int first;
  long second;
};
struct large {
  long values[5];
};
union number {
  int i;
  double d;
};
typedef int int4 __attribute__((vector_size(16)));

static void print_int(va_list list) { printf(" %d", va_arg(list, int)); }

// `kinds` names what follows, a letter each.
static void print_list(const char* kinds, va_list list) {
  for (; *kinds != '\0'; ++kinds) {
    switch (*kinds) {
      case 'i':
        printf(" %d", va_arg(list, int));
        break;
      case 'u':
        printf(" %u", va_arg(list, unsigned));
        break;
      case 'l':
        printf(" %ld", va_arg(list, long));
        break;
      case 'b':
        printf(" %ld", (long)__builtin_va_arg(list, __int128));
        break;
      case 'd':
        printf(" %g", va_arg(list, double));
        break;
      case 'D':
        printf(" %Lg", va_arg(list, long double));
        break;
      case 's':
        printf(" %s", va_arg(list, const char*));
        break;
      case 'f':
        printf(" %d", va_arg(list, int (*)(int))(-4));
        break;
      case '1':
        printf(" %d", va_arg(list, struct one_int).value);
        break;
      case '2':
        printf(" %g", va_arg(list, struct one_float).value);
        break;
      case '3':
        printf(" %c", va_arg(list, struct one_char).value);
        break;
      case 'p':
        printf(" %ld", va_arg(list, struct pair).second);
        break;
      case 'L':
        printf(" %ld", va_arg(list, struct large).values[4]);
        break;
      case 'n':
        printf(" %g", va_arg(list, union number).d);
        break;
      case 'v':
        printf(" %d", va_arg(list, int4)[3]);
        break;
      case 'c':
        printf(" %g", cimag(va_arg(list, double complex)));
        break;
      default:
        abort();
    }
  }
  printf("\n");
}

static void print(const char* kinds, ...) {
  va_list list;
  va_start(list, kinds);
  print_list(kinds, list);
  va_end(list);
}

static void every_type(void) {
  const struct large large = {{1, 2, 3, 4, 5}};
  const union number number = {.d = 0.5};
  print("iululi", -1, 4000000000u, -2L, 7u, 8L, 9);
  print("idiDisi", 1, 2.5, 3, 4.5L, 5, "six", 7);
  print("bibib", (__int128)10, 11, (__int128)-12, 13, (__int128)14);
  print("i1i2i3i", 1, (struct one_int){-2}, 3, (struct one_float){4.5f}, 5,
        (struct one_char){'c'}, 7);
  print("ipiLini", 1, (struct pair){2, -2}, 3, large, 4, number, 5);
  print("iviciDi", 1, (int4){2, 3, 4, -5}, 6, 1.0 + 2.0 * I, 7, 8.5L, 9);
  print("fi", abs, 5);
  print("diciu", 1.0f, 'x', 3.0 * I, (short)-4, (unsigned char)200);
}

static void sum(const char* name, int count, ...) {
  va_list list, again;
  va_start(list, count);
  long first = 0, second = 0;
  for (int i = 0; i < count; ++i) {
    if (i == count / 2) va_copy(again, list);
    first += va_arg(list, int);
  }
  for (int i = count / 2; i < count; ++i) second += va_arg(again, int);
  va_end(again);
  va_end(list);
  printf("%s: %ld %ld\n", name, first, second);
}

static void through(void (*function)(const char*, int, ...)) {
  function("few", 3, 1, 2, 3);
  function("many", 40, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
           17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33,
           34, 35, 36, 37, 38, 39, 40);
}

// A list that a callee reads from goes on where it stopped when it is passed by
// address.
static void take_two(va_list* list) {
  printf(" %d", va_arg(*list, int));
  printf(" %ld", va_arg(*list, long));
}

static void by_address(int count, ...) {
  va_list list;
  va_start(list, count);
  take_two(&list);
  take_two(&list);
  print_int(list);
  va_end(list);
  printf("\n");
}

static int format(char* out, size_t size, const char* text, ...) {
  va_list list;
  va_start(list, text);
  const int length = vsnprintf(out, size, text, list);
  va_end(list);
  return length;
}

// What one passes as a long and the other reads as an int, and the reverse.
static void other_widths(void) {
  const unsigned long slot = 16383;
  const size_t size = 12;
  char text[64];
  format(text, sizeof(text), "%i-%i %s", slot, size, "end");
  printf("%s\n", text);
  print("iisiis", 1L, 2L, "three", -4L, (1L << 32) + 5, "six");
  print("llsls", 1, 4000000000u, "three", 5u, "six");
  print("us", (long)0xfffffffff, "narrowed");
  wchar_t wide[32];
  CHECK(swprintf(wide, 32, L"%d %ls %d", 7L, L"wide", 8L) == 8);
  printf("%ls\n", wide);
  int number = 0;
  CHECK(sscanf("42", "%d%*d", &number, 0) == 1);
  printf("%d\n", number);
}

static const char* last_of(const char* first, ...) {
  const char* last = first;
  va_list list;
  va_start(list, first);
  for (const char* next; (next = va_arg(list, const char*)) != NULL;)
    last = next;
  va_end(list);
  return last;
}

int main(void) {
  every_type();
  through(sum);
  by_address(5, 1, 2L, 3, 4L, 5);
  other_widths();
  // A plain 0 is an int, and ends the list all the same.
  printf("%s\n", last_of("a", "b", "c", 0));
  return 0;
}
