/* What the calls crypto_* pass (posix.def, section "slipway"). Plain C: both
 * sides include it. */

#ifndef SLIPWAY_POSIX_SHIM_ABI_CRYPTO_H_
#define SLIPWAY_POSIX_SHIM_ABI_CRYPTO_H_

#include <stdint.h>

/* crypto_features: what this processor has instructions for. */
enum {
  SLIPWAY_CRYPTO_AES = 1,  /* crypto_aes_key, crypto_aes */
  SLIPWAY_CRYPTO_GCM = 2,  /* crypto_gcm, crypto_ghash */
  SLIPWAY_CRYPTO_HASH = 4, /* crypto_hash */
  SLIPWAY_CRYPTO_CHACHA20 = 8,
  SLIPWAY_CRYPTO_MONTGOMERY = 16
};

/* The most bytes of data that one call takes; a multiple of all blocks. */
#define SLIPWAY_CRYPTO_MAX_BYTES (1 << 20)
/* The most words of a modulus, of 64 bits, and the fewest. */
#define SLIPWAY_CRYPTO_MAX_WORDS 128
#define SLIPWAY_CRYPTO_MIN_WORDS 4

/* crypto_aes_key, crypto_aes and crypto_gcm. */
enum { SLIPWAY_CRYPTO_ENCRYPT, SLIPWAY_CRYPTO_DECRYPT };

/* An expanded key; `rounds` is one less than those of FIPS 197 (9, 11 or 13).
 * As large as OpenSSL's and BoringSSL's AES_KEY. */
struct slipway_aes_key {
  uint8_t round_keys[15 * 16];
  uint32_t rounds;
};

/* crypto_aes: the mode, to which SLIPWAY_CRYPTO_DECRYPT may be added for the
 * first two. */
enum {
  SLIPWAY_AES_ECB = 0,  /* no iv */
  SLIPWAY_AES_CBC = 2,  /* iv receives the next one */
  SLIPWAY_AES_CTR32 = 4 /* iv: the first counter block, which is left as it is;
                           its last 32 bits, big-endian, count, and wrap */
};

/* crypto_hash. The state is that of FIPS 180-4: eight words (SHA-1: five) of 32
 * bits, of 64 for SHA-512. */
enum { SLIPWAY_HASH_SHA1, SLIPWAY_HASH_SHA256, SLIPWAY_HASH_SHA512 };

/* crypto_ghash and, with the counter block as well, crypto_gcm. */
struct slipway_ghash {
  uint8_t xi[16]; /* the hash so far */
  uint64_t h[2];  /* the key, high half first, each in the guest's byte order */
};
struct slipway_gcm {
  struct slipway_ghash hash;
  uint8_t counter[16]; /* of the next block */
};

#endif
