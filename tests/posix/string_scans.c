// strlen, strchr, strchrnul, memchr and strcasecmp against loops of bytes, for
// all small lengths and alignments, behind bytes that would be found and before
// the end of what is mapped: libc's own versions look at whole blocks.

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>

#include "tests/posix/check.h"

enum { kPage = 4096, kLengths = 70, kOffsets = 34 };

// Through pointers, so that the compiler does not put its own code in place.
static size_t (*volatile length)(const char*) = strlen;
static char* (*volatile find)(const char*, int) = strchr;
static char* (*volatile find_or_end)(const char*, int) = strchrnul;
static void* (*volatile find_byte)(const void*, int, size_t) = memchr;
static int (*volatile compare_case)(const char*, const char*) = strcasecmp;

static char* page;  // what follows is not mapped

// A string of that length at this place, with what is sought before it and, if
// there is room, behind it.
static char* make_string(int end_gap, int size, char before) {
  char* const s = page + kPage - end_gap - size - 1;
  memset(page, before, kPage);
  for (int i = 0; i < size; i++) s[i] = 'b' + i % 20;
  s[size] = 0;
  return s;
}

static void test_end(int end_gap, int size) {
  char* const s = make_string(end_gap, size, 0);
  CHECK(length(s) == (size_t)size);
  CHECK(find(s, 0) == s + size);
  CHECK(find(s, 'a') == NULL);
  CHECK(find_or_end(s, 'a') == s + size);
  CHECK(find_byte(s, 'a', size + 1) == NULL);
  CHECK(find_byte(s, 0, size) == NULL);
  CHECK(find_byte(s, 0, size + 1) == s + size);
  CHECK(find_byte(s, 0, SIZE_MAX) == s + size);
  CHECK(find_byte(s, 0, 0) == NULL);
}

static void test_found(int end_gap, int size, int at) {
  char* const s = make_string(end_gap, size, '\xe1');
  s[at] = '\xe1';
  CHECK(find(s, 0xe1) == s + at);
  CHECK(find(s, '\xe1') == s + at);
  CHECK(find_or_end(s, 0xe1) == s + at);
  CHECK(find_byte(s, 0xe1, size) == s + at);
  CHECK(find_byte(s, 0xe1 + 256, at + 1) == s + at);
  CHECK(find_byte(s, 0xe1, at) == NULL);
}

static void test_case(int end_gap, int size) {
  char others[kLengths + 17];
  char* const other = others + end_gap % 16;
  char* const s = make_string(end_gap, size, 'x');
  for (int i = 0; i <= size; i++) other[i] = s[i] ? s[i] - 32 * (i % 2) : 0;
  CHECK(compare_case(s, other) == 0);
  if (size == 0) return;
  other[size - 1] = '[';  // between the cases
  CHECK((compare_case(s, other) > 0) == (s[size - 1] > '['));
  CHECK((compare_case(other, s) < 0) == (s[size - 1] > '['));
  other[size - 1] = 0;
  CHECK(compare_case(s, other) > 0);
}

int main(void) {
  page = mmap(NULL, 2 * kPage, PROT_READ | PROT_WRITE,
              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(page != MAP_FAILED);
  CHECK(mprotect(page + kPage, kPage, PROT_NONE) == 0);
  for (int gap = 0; gap < kOffsets; gap++) {
    for (int size = 0; size < kLengths; size++) {
      test_end(gap, size);
      test_case(gap, size);
      for (int at = 0; at < size; at += 3) test_found(gap, size, at);
    }
  }
  CHECK(compare_case("\xe1", "a") > 0);
  puts("ok");
  return 0;
}
