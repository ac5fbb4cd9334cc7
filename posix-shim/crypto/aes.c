#include "posix-shim/crypto/calls.h"

static int set_key(int direction, const unsigned char* user, int bits,
                   void* key) {
  if (bits != 128 && bits != 192 && bits != 256) return -2;
  if (__posix1_crypto_aes_key(direction, (long)user, bits / 8, (long)key)) {
    __slipway_crypto_fault(user, bits / 8, key, sizeof(struct slipway_aes_key));
  }
  return 0;
}

int slipway_aes_set_encrypt_key(const unsigned char* user, int bits,
                                void* key) {
  return set_key(SLIPWAY_CRYPTO_ENCRYPT, user, bits, key);
}

int slipway_aes_set_decrypt_key(const unsigned char* user, int bits,
                                void* key) {
  return set_key(SLIPWAY_CRYPTO_DECRYPT, user, bits, key);
}

static void blocks_of(int mode, const void* key, void* iv,
                      const unsigned char* from, unsigned char* to,
                      size_t bytes) {
  if (__posix1_crypto_aes(mode, (long)key, (long)iv, (long)from, (long)to,
                          bytes)) {
    __slipway_crypto_fault(from, bytes, to, bytes);
  }
}

void slipway_aes_encrypt(const unsigned char* from, unsigned char* to,
                         const void* key) {
  blocks_of(SLIPWAY_AES_ECB, key, 0, from, to, 16);
}

void slipway_aes_decrypt(const unsigned char* from, unsigned char* to,
                         const void* key) {
  blocks_of(SLIPWAY_AES_ECB + SLIPWAY_CRYPTO_DECRYPT, key, 0, from, to, 16);
}

static void chained(int mode, int encrypt, const unsigned char* from,
                    unsigned char* to, size_t bytes, const void* key,
                    unsigned char* iv) {
  if (!encrypt) mode += SLIPWAY_CRYPTO_DECRYPT;
  for (bytes &= ~(size_t)15; bytes;) {
    const size_t piece = slipway_crypto_piece(bytes);
    blocks_of(mode, key, iv, from, to, piece);
    from += piece, to += piece, bytes -= piece;
  }
}

void slipway_aes_ecb_encrypt(const unsigned char* from, unsigned char* to,
                             size_t bytes, const void* key, int encrypt) {
  chained(SLIPWAY_AES_ECB, encrypt, from, to, bytes, key, 0);
}

void slipway_aes_cbc_encrypt(const unsigned char* from, unsigned char* to,
                             size_t bytes, const void* key, unsigned char* iv,
                             int encrypt) {
  chained(SLIPWAY_AES_CBC, encrypt, from, to, bytes, key, iv);
}

void slipway_aes_ctr32(const unsigned char* from, unsigned char* to,
                       size_t blocks, const void* key,
                       const unsigned char* counter) {
  unsigned char next[16];
  memcpy(next, counter, sizeof(next));
  while (blocks) {
    const size_t piece = slipway_crypto_piece(16 * blocks);
    blocks_of(SLIPWAY_AES_CTR32, key, next, from, to, piece);
    uint32_t count;
    memcpy(&count, next + 12, sizeof(count));
    count =
        __builtin_bswap32(__builtin_bswap32(count) + (uint32_t)(piece / 16));
    memcpy(next + 12, &count, sizeof(count));
    from += piece, to += piece, blocks -= piece / 16;
  }
}
