#include "posix-shim/crypto/calls.h"

/* Stands in for ChaCha20_ctr32 of a library that is linked with
 * -Wl,--wrap=ChaCha20_ctr32. The first word of the counter wraps there, too. */
void __real_ChaCha20_ctr32(unsigned char* to, const unsigned char* from,
                           size_t bytes, const uint32_t key[8],
                           const uint32_t counter[4]);

void __wrap_ChaCha20_ctr32(unsigned char* to, const unsigned char* from,
                           size_t bytes, const uint32_t key[8],
                           const uint32_t counter[4]) {
  if (!slipway_crypto_has(SLIPWAY_CRYPTO_CHACHA20)) {
    return __real_ChaCha20_ctr32(to, from, bytes, key, counter);
  }
  uint32_t next[4];
  memcpy(next, counter, sizeof(next));
  while (bytes) {
    const size_t piece = slipway_crypto_piece(bytes);
    if (__posix1_crypto_chacha20((long)key, (long)next, (long)from, (long)to,
                                 piece)) {
      __slipway_crypto_fault(from, piece, to, piece);
    }
    next[0] += piece / 64;
    from += piece, to += piece, bytes -= piece;
  }
}
