#include "posix-shim/crypto/calls.h"

/* Fewer bytes than these are hashed sooner than the call is made. */
#define WORTH_A_CALL 64

/* ---- The portable hash: multiplication without carries by ordinary
 * multiplication. Of every four bits one is kept, so that what is carried ends
 * up between those that count (the sums at the top do not fit, and fall off).
 * ---- */

/* The low half of the product. */
static uint64_t multiply_low(uint64_t x, uint64_t y) {
  uint64_t product = 0;
  for (int bit = 0; bit < 4; bit++) {
    const uint64_t kept = 0x1111111111111111u;
    uint64_t sum = 0;
    for (int of_x = 0; of_x < 4; of_x++) {
      sum ^= (x & (kept << of_x)) * (y & (kept << ((bit - of_x) & 3)));
    }
    product |= sum & (kept << bit);
  }
  return product;
}

struct product {
  uint64_t low, high;
};

/* The high half is the low half of what is reversed, reversed. */
static struct product multiply(uint64_t x, uint64_t y, uint64_t reversed_x,
                               uint64_t reversed_y) {
  struct product product;
  product.low = multiply_low(x, y);
  product.high =
      __builtin_bitreverse64(multiply_low(reversed_x, reversed_y)) >> 1;
  return product;
}

/* (*high, *low) times `key`, whose words are high and low, in the field of GCM
 * (SP 800-38D, 6.3), whose bits are in the reverse order. */
static void multiply_in_field(uint64_t* high, uint64_t* low,
                              const uint64_t key[2]) {
  const uint64_t x1 = *high, x0 = *low, k1 = key[0], k0 = key[1];
  const uint64_t rx1 = __builtin_bitreverse64(x1);
  const uint64_t rx0 = __builtin_bitreverse64(x0);
  const uint64_t rk1 = __builtin_bitreverse64(k1);
  const uint64_t rk0 = __builtin_bitreverse64(k0);
  const struct product a = multiply(x0, k0, rx0, rk0);
  const struct product b = multiply(x1, k1, rx1, rk1);
  struct product c = multiply(x0 ^ x1, k0 ^ k1, rx0 ^ rx1, rk0 ^ rk1);
  c.low ^= a.low ^ b.low;
  c.high ^= a.high ^ b.high;
  uint64_t v0 = a.low, v1 = a.high ^ c.low, v2 = b.low ^ c.high, v3 = b.high;
  /* The product of reversed numbers is one bit lower. */
  v3 = v3 << 1 | v2 >> 63;
  v2 = v2 << 1 | v1 >> 63;
  v1 = v1 << 1 | v0 >> 63;
  v0 = v0 << 1;
  /* Modulo x^128 + x^7 + x^2 + x + 1, a word at a time. */
  v2 ^= v0 ^ v0 >> 1 ^ v0 >> 2 ^ v0 >> 7;
  v1 ^= v0 << 63 ^ v0 << 62 ^ v0 << 57;
  *high = v3 ^ v1 ^ v1 >> 1 ^ v1 >> 2 ^ v1 >> 7;
  *low = v2 ^ v1 << 63 ^ v1 << 62 ^ v1 << 57;
}

static uint64_t load(const void* at) {
  uint64_t value;
  memcpy(&value, at, sizeof(value));
  return __builtin_bswap64(value);
}

static void hash_portably(uint64_t xi[2], const uint64_t key[2],
                          const uint8_t* data, size_t bytes) {
  uint64_t high = __builtin_bswap64(xi[0]), low = __builtin_bswap64(xi[1]);
  for (; bytes >= 16; data += 16, bytes -= 16) {
    high ^= load(data);
    low ^= load(data + 8);
    multiply_in_field(&high, &low, key);
  }
  xi[0] = __builtin_bswap64(high), xi[1] = __builtin_bswap64(low);
}

/* ---- By the host ---- */

static void hash_by_host(uint64_t xi[2], const uint64_t key[2],
                         const uint8_t* data, size_t bytes) {
  struct slipway_ghash state;
  memcpy(state.xi, xi, sizeof(state.xi));
  memcpy(state.h, key, sizeof(state.h));
  for (bytes &= ~(size_t)15; bytes;) {
    const size_t piece = slipway_crypto_piece(bytes);
    if (__posix1_crypto_ghash((long)&state, (long)data, piece)) {
      __slipway_crypto_fault(data, piece, 0, 0);
    }
    data += piece, bytes -= piece;
  }
  memcpy(xi, state.xi, sizeof(state.xi));
}

static const uint64_t* key_in(const void* table) {
  return (const uint64_t*)table + 2 * 8;
}

void slipway_ghash(uint64_t xi[2], const void* table, const uint8_t* data,
                   size_t bytes) {
  if (bytes >= WORTH_A_CALL && slipway_crypto_has(SLIPWAY_CRYPTO_GCM)) {
    hash_by_host(xi, key_in(table), data, bytes);
  } else {
    hash_portably(xi, key_in(table), data, bytes);
  }
}

void slipway_gmult(uint64_t xi[2], const void* table) {
  uint64_t high = __builtin_bswap64(xi[0]), low = __builtin_bswap64(xi[1]);
  multiply_in_field(&high, &low, key_in(table));
  xi[0] = __builtin_bswap64(high), xi[1] = __builtin_bswap64(low);
}

static size_t crypt(int direction, const unsigned char* from, unsigned char* to,
                    size_t bytes, const void* key, unsigned char counter[16],
                    uint64_t* xi) {
  struct slipway_gcm state;
  memcpy(&state.hash, xi, sizeof(state.hash));
  memcpy(state.counter, counter, sizeof(state.counter));
  bytes &= ~(size_t)15;
  for (size_t left = bytes; left;) {
    const size_t piece = slipway_crypto_piece(left);
    if (__posix1_crypto_gcm(direction, (long)key, (long)&state, (long)from,
                            (long)to, piece)) {
      __slipway_crypto_fault(from, piece, to, piece);
    }
    from += piece, to += piece, left -= piece;
  }
  memcpy(xi, state.hash.xi, sizeof(state.hash.xi));
  memcpy(counter, state.counter, sizeof(state.counter));
  return bytes;
}

size_t slipway_gcm_encrypt(const unsigned char* from, unsigned char* to,
                           size_t bytes, const void* key,
                           unsigned char counter[16], uint64_t* xi) {
  return crypt(SLIPWAY_CRYPTO_ENCRYPT, from, to, bytes, key, counter, xi);
}

size_t slipway_gcm_decrypt(const unsigned char* from, unsigned char* to,
                           size_t bytes, const void* key,
                           unsigned char counter[16], uint64_t* xi) {
  return crypt(SLIPWAY_CRYPTO_DECRYPT, from, to, bytes, key, counter, xi);
}
