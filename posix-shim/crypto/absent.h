/* The calls where there is nobody to make them to: for tests that run the
 * portable code natively. */

#ifndef SLIPWAY_POSIX_SHIM_CRYPTO_ABSENT_H_
#define SLIPWAY_POSIX_SHIM_CRYPTO_ABSENT_H_

#define SLIPWAY_ABSENT(name, ...) \
  static inline long __posix1_##name(__VA_ARGS__) { return -1; }

SLIPWAY_ABSENT(crypto_features, void)
SLIPWAY_ABSENT(crypto_hash, long a, long b, long c, long d)
SLIPWAY_ABSENT(crypto_aes_key, long a, long b, long c, long d)
SLIPWAY_ABSENT(crypto_aes, long a, long b, long c, long d, long e, long f)
SLIPWAY_ABSENT(crypto_gcm, long a, long b, long c, long d, long e, long f)
SLIPWAY_ABSENT(crypto_ghash, long a, long b, long c)
SLIPWAY_ABSENT(crypto_chacha20, long a, long b, long c, long d, long e)
SLIPWAY_ABSENT(crypto_montgomery, long a, long b, long c, long d, long e,
               long f)

#endif
