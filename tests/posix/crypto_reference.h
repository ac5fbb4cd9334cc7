// What cryptographic primitives compute, written as their standards define
// them: slowly, with no regard to the time that it takes.

#ifndef SLIPWAY_TESTS_POSIX_CRYPTO_REFERENCE_H_
#define SLIPWAY_TESTS_POSIX_CRYPTO_REFERENCE_H_

#include <stdint.h>
#include <string.h>

// ---- AES (FIPS 197) ----

static uint8_t aes_times(uint8_t a, uint8_t b) {
  uint8_t product = 0;
  for (; b; b >>= 1) {
    if (b & 1) product ^= a;
    a = (uint8_t)(a << 1) ^ (a & 0x80 ? 0x1b : 0);
  }
  return product;
}

static uint8_t aes_sbox(uint8_t value) {
  uint8_t inverse = 0;
  for (int i = 1; i < 256 && value; i++) {
    if (aes_times(value, (uint8_t)i) == 1) inverse = (uint8_t)i;
  }
  uint8_t result = 0x63;
  for (int i = 0; i < 5; i++) {
    result ^= (uint8_t)(inverse << i | inverse >> (8 - i));
  }
  return result;
}

struct aes_reference {
  int rounds;
  uint8_t sbox[256], inverse[256];
  uint8_t keys[15][16];
};

static void aes_expand(struct aes_reference* aes, const uint8_t* key,
                       int bytes) {
  for (int i = 0; i < 256; i++) {
    aes->sbox[i] = aes_sbox((uint8_t)i);
    aes->inverse[aes->sbox[i]] = (uint8_t)i;
  }
  aes->rounds = bytes / 4 + 6;
  uint8_t* words = aes->keys[0];
  memcpy(words, key, bytes);
  uint8_t constant = 1;
  for (int i = bytes; i < 16 * (aes->rounds + 1); i += 4) {
    uint8_t next[4];
    memcpy(next, words + i - 4, 4);
    if (i % bytes == 0) {
      const uint8_t first = next[0];
      for (int j = 0; j < 3; j++) next[j] = aes->sbox[next[j + 1]];
      next[3] = aes->sbox[first];
      next[0] ^= constant;
      constant = aes_times(constant, 2);
    } else if (bytes == 32 && i % bytes == 16) {
      for (int j = 0; j < 4; j++) next[j] = aes->sbox[next[j]];
    }
    for (int j = 0; j < 4; j++) words[i + j] = words[i + j - bytes] ^ next[j];
  }
}

static void aes_mix(uint8_t state[16], uint8_t a, uint8_t b, uint8_t c,
                    uint8_t d) {
  for (uint8_t* at = state; at < state + 16; at += 4) {
    uint8_t old[4];
    memcpy(old, at, 4);
    for (int i = 0; i < 4; i++) {
      at[i] = aes_times(old[i], a) ^ aes_times(old[(i + 1) % 4], b) ^
              aes_times(old[(i + 2) % 4], c) ^ aes_times(old[(i + 3) % 4], d);
    }
  }
}

static void aes_add_key(uint8_t state[16], const uint8_t key[16]) {
  for (int i = 0; i < 16; i++) state[i] ^= key[i];
}

static void aes_encrypt_block(const struct aes_reference* aes,
                              const uint8_t* from, uint8_t* to) {
  uint8_t state[16], shifted[16];
  memcpy(state, from, 16);
  aes_add_key(state, aes->keys[0]);
  for (int round = 1; round <= aes->rounds; round++) {
    for (int i = 0; i < 16; i++) shifted[i] = aes->sbox[state[i * 5 % 16]];
    if (round < aes->rounds) aes_mix(shifted, 2, 3, 1, 1);
    memcpy(state, shifted, 16);
    aes_add_key(state, aes->keys[round]);
  }
  memcpy(to, state, 16);
}

static void aes_decrypt_block(const struct aes_reference* aes,
                              const uint8_t* from, uint8_t* to) {
  uint8_t state[16], shifted[16];
  memcpy(state, from, 16);
  for (int round = aes->rounds; round > 0; round--) {
    aes_add_key(state, aes->keys[round]);
    if (round < aes->rounds) aes_mix(state, 14, 11, 13, 9);
    for (int i = 0; i < 16; i++) shifted[i * 5 % 16] = aes->inverse[state[i]];
    memcpy(state, shifted, 16);
  }
  aes_add_key(state, aes->keys[0]);
  memcpy(to, state, 16);
}

// ---- GHASH (SP 800-38D, 6.3 and 6.4) ----

static void ghash_reference(uint8_t xi[16], const uint8_t key[16],
                            const uint8_t* data, size_t bytes) {
  for (; bytes; data += 16, bytes -= 16) {
    uint8_t z[16] = {0}, v[16];
    memcpy(v, key, 16);
    for (int bit = 0; bit < 128; bit++) {
      const int set = (xi[bit / 8] ^ data[bit / 8]) >> (7 - bit % 8) & 1;
      const int carry = v[15] & 1;
      for (int i = 0; i < 16 && set; i++) z[i] ^= v[i];
      for (int i = 15; i > 0; i--) v[i] = (uint8_t)(v[i] >> 1 | v[i - 1] << 7);
      v[0] >>= 1;
      if (carry) v[0] ^= 0xe1;
    }
    memcpy(xi, z, 16);
  }
}

static void count(uint8_t counter[16]) {
  for (int i = 15; i >= 12 && ++counter[i] == 0; i--) {
  }
}

// ---- ChaCha20 (RFC 8439, 2.3) ----

static void chacha_quarter(uint32_t* x, int a, int b, int c, int d) {
  const int distances[4] = {16, 12, 8, 7};
  for (int step = 0; step < 4; step++) {
    x[a] += x[b];
    const uint32_t mixed = x[d] ^ x[a];
    x[d] = mixed << distances[step] | mixed >> (32 - distances[step]);
    int swapped = a;
    a = c, c = swapped;
    swapped = b, b = d, d = swapped;
  }
}

static void chacha_reference(uint8_t* text, size_t bytes, const uint32_t key[8],
                             const uint32_t counter[4]) {
  uint32_t start[16] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
  memcpy(start + 4, key, 32);
  memcpy(start + 12, counter, 16);
  for (size_t at = 0; at < bytes; at++) {
    static uint32_t x[16];
    if (at % 64 == 0) {
      memcpy(x, start, sizeof(x));
      for (int round = 0; round < 10; round++) {
        for (int i = 0; i < 4; i++) chacha_quarter(x, i, i + 4, i + 8, i + 12);
        for (int i = 0; i < 4; i++) {
          chacha_quarter(x, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4,
                         12 + (i + 3) % 4);
        }
      }
      for (int i = 0; i < 16; i++) x[i] += start[i];
      start[12]++;
    }
    text[at] ^= (uint8_t)(x[at % 64 / 4] >> (8 * (at % 4)));
  }
}

// ---- a b / 2^(64 words) modulo n ----

static int less(const uint64_t* a, const uint64_t* b, int words) {
  for (int i = words - 1; i >= 0; i--) {
    if (a[i] != b[i]) return a[i] < b[i];
  }
  return 0;
}

// a += b if `add`; the carry.
static int add_if(uint64_t* a, const uint64_t* b, int words, int add) {
  unsigned __int128 sum = 0;
  for (int i = 0; i < words && add; i++) {
    sum += (unsigned __int128)a[i] + b[i];
    a[i] = (uint64_t)sum;
    sum >>= 64;
  }
  return (int)sum;
}

static void montgomery_reference(uint64_t* result, const uint64_t* a,
                                 const uint64_t* b, const uint64_t* n,
                                 int words) {
  memset(result, 0, 8 * words);
  for (int bit = 0; bit < 64 * words; bit++) {
    uint64_t top = add_if(result, b, words, a[bit / 64] >> (bit % 64) & 1);
    top += add_if(result, n, words, result[0] & 1);
    for (int i = 0; i < words; i++) {
      const uint64_t next = i + 1 < words ? result[i + 1] : top;
      result[i] = result[i] >> 1 | next << 63;
    }
    top >>= 1;
    if (top || !less(result, n, words)) {
      unsigned __int128 borrow = 0;
      for (int i = 0; i < words; i++) {
        const unsigned __int128 difference =
            (unsigned __int128)result[i] - n[i] - borrow;
        result[i] = (uint64_t)difference;
        borrow = difference >> 127;
      }
    }
  }
}

#endif  // SLIPWAY_TESTS_POSIX_CRYPTO_REFERENCE_H_
