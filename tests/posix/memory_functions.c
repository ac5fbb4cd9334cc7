// memcpy, memmove, memset and memcmp against loops of bytes, for all small
// sizes and alignments: libc's own versions treat sizes in classes.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/posix/check.h"

enum { kBuffer = 160, kSizes = 100, kOffsets = 9 };

// Through pointers, so that the compiler does not put its own code in place.
static void* (*volatile copy)(void*, const void*, size_t) = memcpy;
static void* (*volatile move)(void*, const void*, size_t) = memmove;
static void* (*volatile fill)(void*, int, size_t) = memset;
static int (*volatile compare)(const void*, const void*, size_t) = memcmp;

static unsigned char actual[kBuffer], expected[kBuffer], source[kBuffer];

static void randomize(void) {
  for (int i = 0; i < kBuffer; i++) {
    source[i] = rand();
    actual[i] = expected[i] = rand();
  }
}

static int same(void) {
  for (int i = 0; i < kBuffer; i++) {
    if (actual[i] != expected[i]) return 0;
  }
  return 1;
}

static void test_copies(int size, int to, int from) {
  randomize();
  CHECK(copy(actual + to, source + from, size) == actual + to);
  for (int i = 0; i < size; i++) expected[to + i] = source[from + i];
  CHECK(same());

  CHECK(fill(actual + to, from * 37, size) == actual + to);
  for (int i = 0; i < size; i++) expected[to + i] = from * 37;
  CHECK(same());

  randomize();
  CHECK(move(actual + to, actual + from, size) == actual + to);
  unsigned char kept[kSizes];
  for (int i = 0; i < size; i++) kept[i] = expected[from + i];
  for (int i = 0; i < size; i++) expected[to + i] = kept[i];
  CHECK(same());
}

static void test_compare(int size, int left, int right) {
  copy(actual + left, source + right, size);
  CHECK(compare(actual + left, source + right, size) == 0);
  if (size == 0) return;
  const int at = rand() % size;
  actual[left + at] ^= 0x80;
  const int order = compare(actual + left, source + right, size);
  CHECK(order != 0);
  CHECK((order > 0) == (actual[left + at] > source[right + at]));
}

int main(void) {
  for (int size = 0; size < kSizes; size++) {
    for (int a = 0; a < kOffsets; a++) {
      for (int b = 0; b < kOffsets; b++) {
        test_copies(size, a, b);
        test_compare(size, a, b);
      }
    }
  }
  puts("ok");
  return 0;
}
