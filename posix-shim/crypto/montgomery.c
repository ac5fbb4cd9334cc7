#include "posix-shim/crypto/calls.h"

/* Numbers of fewer words are multiplied sooner than the call is made. */
#define WORTH_A_CALL 8

int __wrap_bn_mul_mont(uint64_t* result, const uint64_t* a, const uint64_t* b,
                       const uint64_t* n, const uint64_t* n0, int words) {
  if (words < WORTH_A_CALL || words > SLIPWAY_CRYPTO_MAX_WORDS) return 0;
  if (!slipway_crypto_has(SLIPWAY_CRYPTO_MONTGOMERY)) return 0;
  if (__posix1_crypto_montgomery((long)result, (long)a, (long)b, (long)n, *n0,
                                 words)) {
    const size_t bytes = sizeof(uint64_t) * words;
    (void)*(const volatile uint64_t*)a, (void)*(const volatile uint64_t*)b;
    __slipway_crypto_fault(n, bytes, result, bytes);
  }
  return 1;
}
