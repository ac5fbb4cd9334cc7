#include "posix-shim/crypto/calls.h"

/* The features and a bit above them, or 0 before it was asked for. */
static _Atomic long known;
#define KNOWN (1L << 32)

int slipway_crypto_has(int features) {
  long answer = known;
  if (!answer) {
    answer = __posix1_crypto_features();
    if (answer < 0) answer = 0;
    known = answer |= KNOWN;
  }
  return (answer & features) == features;
}

static void touch(const volatile unsigned char* at, size_t size) {
  for (size_t i = 0; i < size; i += 4096) (void)at[i];
  if (size) (void)at[size - 1];
}

static void touch_writable(volatile unsigned char* at, size_t size) {
  for (size_t i = 0; i < size; i += 4096) at[i] = at[i];
  if (size) at[size - 1] = at[size - 1];
}

void __slipway_crypto_fault(const void* from, size_t from_size, void* to,
                            size_t to_size) {
  touch(from, from_size);
  touch_writable(to, to_size);
  __builtin_trap();
}
