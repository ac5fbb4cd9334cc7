/* The compression functions of FIPS 180-4. The portable ones have no tables
 * that data select from, and no branches on them. */

#include "posix-shim/crypto/calls.h"

static uint32_t load32(const unsigned char* at) {
  uint32_t value;
  memcpy(&value, at, sizeof(value));
  return __builtin_bswap32(value);
}

static uint64_t load64(const unsigned char* at) {
  uint64_t value;
  memcpy(&value, at, sizeof(value));
  return __builtin_bswap64(value);
}

/* False when the portable function is to be used. */
static int by_host(int algorithm, void* state, size_t state_size,
                   const unsigned char* data, size_t bytes) {
  if (!slipway_crypto_has(SLIPWAY_CRYPTO_HASH)) return 0;
  while (bytes) {
    const size_t piece = slipway_crypto_piece(bytes);
    if (__posix1_crypto_hash(algorithm, (long)state, (long)data, piece)) {
      __slipway_crypto_fault(data, piece, state, state_size);
    }
    data += piece;
    bytes -= piece;
  }
  return 1;
}

/* ---- SHA-1 ---- */

static void sha1_block(uint32_t state[5], const unsigned char* data) {
  uint32_t w[80];
  for (int t = 0; t < 16; t++) w[t] = load32(data + 4 * t);
  for (int t = 16; t < 80; t++) {
    w[t] =
        __builtin_rotateleft32(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
  }
  uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
  for (int t = 0; t < 80; t++) {
    uint32_t f, k;
    if (t < 20) {
      f = (b & c) | (~b & d), k = 0x5a827999;
    } else if (t < 40) {
      f = b ^ c ^ d, k = 0x6ed9eba1;
    } else if (t < 60) {
      f = (b & c) | (b & d) | (c & d), k = 0x8f1bbcdc;
    } else {
      f = b ^ c ^ d, k = 0xca62c1d6;
    }
    const uint32_t next = __builtin_rotateleft32(a, 5) + f + e + k + w[t];
    e = d, d = c, c = __builtin_rotateleft32(b, 30), b = a, a = next;
  }
  state[0] += a, state[1] += b, state[2] += c, state[3] += d, state[4] += e;
}

void slipway_sha1_blocks(void* state, const void* data, size_t blocks) {
  const unsigned char* at = data;
  if (by_host(SLIPWAY_HASH_SHA1, state, 20, at, 64 * blocks)) return;
  for (; blocks; blocks--, at += 64) sha1_block(state, at);
}

/* ---- SHA-256 and SHA-512: the same with other words ---- */

/* The first 64 bits of the fractions of the cube roots of the first 80 primes;
 * SHA-256 has the upper halves of the first 64. */
static const uint64_t constants[80] = {
    0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f,
    0xe9b5dba58189dbbc, 0x3956c25bf348b538, 0x59f111f1b605d019,
    0x923f82a4af194f9b, 0xab1c5ed5da6d8118, 0xd807aa98a3030242,
    0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2,
    0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235,
    0xc19bf174cf692694, 0xe49b69c19ef14ad2, 0xefbe4786384f25e3,
    0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65, 0x2de92c6f592b0275,
    0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5,
    0x983e5152ee66dfab, 0xa831c66d2db43210, 0xb00327c898fb213f,
    0xbf597fc7beef0ee4, 0xc6e00bf33da88fc2, 0xd5a79147930aa725,
    0x06ca6351e003826f, 0x142929670a0e6e70, 0x27b70a8546d22ffc,
    0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed, 0x53380d139d95b3df,
    0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6,
    0x92722c851482353b, 0xa2bfe8a14cf10364, 0xa81a664bbc423001,
    0xc24b8b70d0f89791, 0xc76c51a30654be30, 0xd192e819d6ef5218,
    0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8,
    0x19a4c116b8d2d0c8, 0x1e376c085141ab53, 0x2748774cdf8eeb99,
    0x34b0bcb5e19b48a8, 0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb,
    0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3, 0x748f82ee5defb2fc,
    0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
    0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915,
    0xc67178f2e372532b, 0xca273eceea26619c, 0xd186b8c721c0c207,
    0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178, 0x06f067aa72176fba,
    0x0a637dc5a2c898a6, 0x113f9804bef90dae, 0x1b710b35131c471b,
    0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc,
    0x431d67c49c100d4c, 0x4cc5d4becb3e42b6, 0x597f299cfc657e2a,
    0x5fcb6fab3ad6faec, 0x6c44198c4a475817,
};

/* BLOCK(name, word, load, bits of a word, rounds, bits of constants dropped,
 *       rotations of the two functions of the state, and of the schedule's two
 *       with the shift that each ends in) */
#define BLOCK(NAME, WORD, LOAD, ROTATE, ROUNDS, DROPPED, A1, A2, A3, E1, E2, \
              E3, S1, S2, S3, T1, T2, T3)                                    \
  static void NAME(WORD state[8], const unsigned char* data) {               \
    WORD w[16], s[8];                                                        \
    for (int i = 0; i < 8; i++) s[i] = state[i];                             \
    for (int t = 0; t < 16; t++) w[t] = LOAD(data + sizeof(WORD) * t);       \
    for (int t = 0; t < ROUNDS; t++) {                                       \
      if (t >= 16) {                                                         \
        const WORD x = w[(t + 1) & 15], y = w[(t + 14) & 15];                \
        w[t & 15] += (ROTATE(x, S1) ^ ROTATE(x, S2) ^ (x >> (S3))) +         \
                     w[(t + 9) & 15] +                                       \
                     (ROTATE(y, T1) ^ ROTATE(y, T2) ^ (y >> (T3)));          \
      }                                                                      \
      const WORD a = s[0], b = s[1], c = s[2], e = s[4], f = s[5], g = s[6]; \
      const WORD one = s[7] +                                                \
                       (ROTATE(e, E1) ^ ROTATE(e, E2) ^ ROTATE(e, E3)) +     \
                       ((e & f) ^ (~e & g)) +                                \
                       (WORD)(constants[t] >> (DROPPED)) + w[t & 15];        \
      const WORD two = (ROTATE(a, A1) ^ ROTATE(a, A2) ^ ROTATE(a, A3)) +     \
                       ((a & b) ^ (a & c) ^ (b & c));                        \
      s[7] = g, s[6] = f, s[5] = e, s[4] = s[3] + one;                       \
      s[3] = c, s[2] = b, s[1] = a, s[0] = one + two;                        \
    }                                                                        \
    for (int i = 0; i < 8; i++) state[i] += s[i];                            \
  }

BLOCK(sha256_block, uint32_t, load32, __builtin_rotateright32, 64, 32, 2, 13,
      22, 6, 11, 25, 7, 18, 3, 17, 19, 10)
BLOCK(sha512_block, uint64_t, load64, __builtin_rotateright64, 80, 0, 28, 34,
      39, 14, 18, 41, 1, 8, 7, 19, 61, 6)

void slipway_sha256_blocks(void* state, const void* data, size_t blocks) {
  const unsigned char* at = data;
  if (by_host(SLIPWAY_HASH_SHA256, state, 32, at, 64 * blocks)) return;
  for (; blocks; blocks--, at += 64) sha256_block(state, at);
}

void slipway_sha512_blocks(void* state, const void* data, size_t blocks) {
  const unsigned char* at = data;
  if (by_host(SLIPWAY_HASH_SHA512, state, 64, at, 128 * blocks)) return;
  for (; blocks; blocks--, at += 128) sha512_block(state, at);
}
