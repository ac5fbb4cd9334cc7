// Cryptographic primitives (posix-shim/crypto): natively portable code, as a
// guest the host's calls. All of them compute what their standards say, for
// data of every length that is special to one of them, aligned or not, in place
// or not. The argument is whether the guest may make the calls; its results do
// not depend on it.

#ifndef SLIPWAY_TESTS_POSIX_CRYPTO_CASES_H_
#define SLIPWAY_TESTS_POSIX_CRYPTO_CASES_H_

#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "check.h"
#include "crypto_reference.h"
#include "posix-shim/abi/crypto.h"
#include "posix-shim/crypto/crypto.h"

static uint32_t seed = 1;

static uint8_t next_byte(void) {
  seed = seed * 1664525 + 1013904223;
  return (uint8_t)(seed >> 24);
}

static void fill(void* at, size_t bytes) {
  for (size_t i = 0; i < bytes; i++) ((uint8_t*)at)[i] = next_byte();
}

static void print(const char* what, const void* at, size_t bytes) {
  printf("%s ", what);
  for (size_t i = 0; i < bytes; i++) printf("%02x", ((const uint8_t*)at)[i]);
  puts("");
}

enum { kBytes = 4096 + 64 };
static uint8_t plain[kBytes], expected[kBytes], buffer[2][kBytes + 64];

// Lengths in blocks: all small ones, and those around the assembly's strides.
static const int kBlocks[] = {0,  1,  2,  3,  4,   5,   6,   7,   8,
                              9,  11, 12, 13, 17,  18,  19,  23,  24,
                              25, 31, 32, 33, 47,  48,  49,  63,  64,
                              65, 95, 96, 97, 127, 128, 129, 255, 256};
enum { kLengths = sizeof(kBlocks) / sizeof(*kBlocks) };

static void hashes_agree(void) {
  static const struct {
    const char* name;
    void (*compress)(void*, const void*, size_t);
    int state, block;
  } kinds[] = {{"sha1", slipway_sha1_blocks, 20, 64},
               {"sha256", slipway_sha256_blocks, 32, 64},
               {"sha512", slipway_sha512_blocks, 64, 128}};
  for (int kind = 0; kind < 3; kind++) {
    uint8_t whole[64], parts[64];
    fill(whole, sizeof(whole));
    for (int blocks = 0; blocks < 32; blocks++) {
      const uint8_t* data = plain + blocks % 17;
      memcpy(parts, whole, sizeof(whole));
      kinds[kind].compress(whole, data, blocks);
      for (int i = 0; i < blocks; i++) {
        kinds[kind].compress(parts, data + i * kinds[kind].block, 1);
      }
      CHECK(memcmp(whole, parts, sizeof(whole)) == 0);
    }
    print(kinds[kind].name, whole, kinds[kind].state);
  }
}

// FIPS 180-4's example.
static void sha256_of_abc(void) {
  uint32_t state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                       0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  uint8_t block[64] = "abc\x80";
  block[63] = 24;
  slipway_sha256_blocks(state, block, 1);
  CHECK(state[0] == 0xba7816bf && state[7] == 0xf20015ad);
}

// More than one call takes.
static void long_data_are_hashed(void) {
  const size_t blocks = (2 * SLIPWAY_CRYPTO_MAX_BYTES) / 64 + 3;
  uint8_t* data = malloc(64 * blocks);
  CHECK(data != NULL);
  fill(data, 64 * blocks);
  uint8_t whole[32] = {0}, parts[32] = {0};
  slipway_sha256_blocks(whole, data, blocks);
  for (size_t i = 0; i < blocks; i++) {
    slipway_sha256_blocks(parts, data + 64 * i, 1);
  }
  CHECK(memcmp(whole, parts, 32) == 0);
  print("long", whole, 32);
  free(data);
}

struct aes_test {
  struct aes_reference reference;
  uint8_t encrypt[sizeof(struct slipway_aes_key)] __attribute__((aligned(8)));
  uint8_t decrypt[sizeof(struct slipway_aes_key)] __attribute__((aligned(8)));
};

static void set_keys(struct aes_test* aes, int bits) {
  uint8_t key[32];
  fill(key, sizeof(key));
  aes_expand(&aes->reference, key, bits / 8);
  if (!slipway_crypto_has(SLIPWAY_CRYPTO_AES)) return;
  CHECK(slipway_aes_set_encrypt_key(key, bits, aes->encrypt) == 0);
  CHECK(slipway_aes_set_decrypt_key(key, bits, aes->decrypt) == 0);
}

static void ecb(const struct aes_test* aes, int bytes, int way, int encrypt,
                const uint8_t* from) {
  for (int i = 0; i < bytes; i += 16) {
    (encrypt ? aes_encrypt_block : aes_decrypt_block)(&aes->reference, from + i,
                                                      expected + i);
  }
  if (!slipway_crypto_has(SLIPWAY_CRYPTO_AES)) return;
  uint8_t* to = buffer[0] + way % 16;
  const uint8_t* source = way & 16 ? memcpy(to, from, bytes) : from;
  slipway_aes_ecb_encrypt(source, to, bytes,
                          encrypt ? aes->encrypt : aes->decrypt, encrypt);
  CHECK(memcmp(to, expected, bytes) == 0);
}

static void cbc(const struct aes_test* aes, int bytes, int way, int encrypt,
                const uint8_t* from) {
  uint8_t iv[16], next[16], block[16];
  fill(iv, 16);
  memcpy(next, iv, 16);
  for (int i = 0; i < bytes; i += 16) {
    if (encrypt) {
      for (int j = 0; j < 16; j++) block[j] = from[i + j] ^ next[j];
      aes_encrypt_block(&aes->reference, block, expected + i);
      memcpy(next, expected + i, 16);
    } else {
      aes_decrypt_block(&aes->reference, from + i, block);
      for (int j = 0; j < 16; j++) expected[i + j] = block[j] ^ next[j];
      memcpy(next, from + i, 16);
    }
  }
  if (!slipway_crypto_has(SLIPWAY_CRYPTO_AES)) return;
  uint8_t* to = buffer[0] + way % 16;
  const uint8_t* source = way & 16 ? memcpy(to, from, bytes) : from;
  slipway_aes_cbc_encrypt(source, to, bytes,
                          encrypt ? aes->encrypt : aes->decrypt, iv, encrypt);
  CHECK(memcmp(to, expected, bytes) == 0);
  CHECK(memcmp(iv, next, 16) == 0);
}

// The key stream added; `counter` becomes that of the next block.
static void ctr_reference(const struct aes_test* aes, uint8_t counter[16],
                          const uint8_t* from, uint8_t* to, int bytes) {
  for (int i = 0; i < bytes; i += 16) {
    uint8_t stream[16];
    aes_encrypt_block(&aes->reference, counter, stream);
    for (int j = 0; j < 16; j++) to[i + j] = from[i + j] ^ stream[j];
    count(counter);
  }
}

static void first_counter(uint8_t counter[16], int way) {
  fill(counter, 16);
  if (way % 3 == 0) memcpy(counter + 12, "\xff\xff\xff\xfd", 4);
}

static void ctr(const struct aes_test* aes, int bytes, int way) {
  uint8_t counter[16], next[16];
  first_counter(counter, way);
  memcpy(next, counter, 16);
  ctr_reference(aes, next, plain, expected, bytes);
  if (!slipway_crypto_has(SLIPWAY_CRYPTO_AES)) return;
  uint8_t* to = buffer[0] + way % 16;
  const uint8_t* source = way & 16 ? memcpy(to, plain, bytes) : plain;
  slipway_aes_ctr32(source, to, bytes / 16, aes->encrypt, counter);
  CHECK(memcmp(to, expected, bytes) == 0);
}

static const int kBits[] = {128, 192, 256};

static void aes_modes_agree(void) {
  static struct aes_test aes;
  for (int size = 0; size < 3; size++) {
    set_keys(&aes, kBits[size]);
    for (int i = 0; i < kLengths; i++) {
      const int way = (i * 7 + size * 5) % 32, bytes = 16 * kBlocks[i];
      ecb(&aes, bytes, way, 1, plain);
      print("ecb", expected + (bytes ? bytes - 16 : 0), 16);
      ecb(&aes, bytes, way, 0, plain);
      cbc(&aes, bytes, way, 1, plain);
      print("cbc", expected + (bytes ? bytes - 16 : 0), 16);
      cbc(&aes, bytes, way, 0, plain);
      ctr(&aes, bytes, way);
      print("ctr", expected + (bytes ? bytes - 16 : 0), 16);
    }
  }
}

static void sizes_of_keys_are_checked(void) {
  if (!slipway_crypto_has(SLIPWAY_CRYPTO_AES)) return;
  uint8_t key[32] = {0};
  struct slipway_aes_key schedule;
  CHECK(slipway_aes_set_encrypt_key(key, 0, &schedule) == -2);
  CHECK(slipway_aes_set_decrypt_key(key, 129, &schedule) == -2);
  CHECK(slipway_aes_set_encrypt_key(key, 512, &schedule) == -2);
}

// What both libraries have in this order.
struct gcm_context {
  uint64_t xi[2], h[2], table[16][2];
};

static void set_hash_key(struct gcm_context* context, const uint8_t key[16]) {
  memset(context, 0, sizeof(*context));
  for (int i = 0; i < 2; i++) {
    memcpy(&context->h[i], key + 8 * i, 8);
    context->h[i] = __builtin_bswap64(context->h[i]);
  }
  memcpy(context->table[8], context->h, 16);
}

static void ghash_agrees(void) {
  for (int i = 0; i < kLengths; i++) {
    const int bytes = 16 * kBlocks[i];
    uint8_t key[16], start[16], xi[16];
    fill(key, 16);
    fill(start, 16);
    if (i == 0) memset(key, 0xff, 16);
    struct gcm_context context;
    set_hash_key(&context, key);
    memcpy(context.xi, start, 16);
    slipway_ghash(context.xi, context.table, plain + i % 16, bytes);
    memcpy(xi, start, 16);
    ghash_reference(xi, key, plain + i % 16, bytes);
    CHECK(memcmp(xi, context.xi, 16) == 0);
    slipway_gmult(context.xi, context.table);
    const uint8_t nothing[16] = {0};
    ghash_reference(xi, key, nothing, 16);
    CHECK(memcmp(xi, context.xi, 16) == 0);
    print("ghash", xi, 16);
  }
}

static void gcm_once(const struct aes_test* aes, int bytes, int way) {
  uint8_t key[16], counter[16], next[16], xi[16] = {0};
  struct gcm_context context;
  fill(key, 16);
  set_hash_key(&context, key);
  first_counter(counter, way);
  memcpy(next, counter, 16);
  ctr_reference(aes, next, plain, expected, bytes);
  ghash_reference(xi, key, expected, bytes);
  print("gcm", xi, 16);
  if (!slipway_crypto_has(SLIPWAY_CRYPTO_AES | SLIPWAY_CRYPTO_GCM)) return;
  uint8_t *to = buffer[0] + way % 16, *back = buffer[1] + way % 5, saved[16];
  memcpy(saved, counter, 16);
  const uint8_t* source = way & 16 ? memcpy(to, plain, bytes) : plain;
  const size_t extra = way % 16;  // of a block that is not whole
  CHECK(slipway_gcm_encrypt(source, to, bytes + extra, aes->encrypt, counter,
                            context.xi) == (size_t)bytes);
  CHECK(memcmp(to, expected, bytes) == 0);
  CHECK(memcmp(xi, context.xi, 16) == 0);
  CHECK(memcmp(counter, next, 16) == 0);
  memset(context.xi, 0, 16);
  source = way & 16 ? memcpy(back, to, bytes) : to;
  CHECK(slipway_gcm_decrypt(source, back, bytes + extra, aes->encrypt, saved,
                            context.xi) == (size_t)bytes);
  CHECK(memcmp(back, plain, bytes) == 0);
  CHECK(memcmp(xi, context.xi, 16) == 0);
  CHECK(memcmp(saved, next, 16) == 0);
}

static void gcm_agrees(void) {
  static struct aes_test aes;
  for (int size = 0; size < 3; size++) {
    set_keys(&aes, kBits[size]);
    for (int i = 0; i < kLengths; i++) {
      gcm_once(&aes, 16 * kBlocks[i], (i * 11 + size) % 32);
    }
  }
}

// With numbers just below n, and n just below and far below a power of two.
static void montgomery_agrees(void) {
  for (int words = 8; words <= 64; words += words < 20 ? 1 : 11) {
    uint64_t a[64], b[64], n[64], result[64], wanted[64];
    fill(n, 8 * words);
    if (words % 3 == 0) n[words - 1] = ~UINT64_C(0);
    if (words % 3 == 1) n[words - 1] = 1;
    n[0] |= 1;
    memcpy(a, n, 8 * words);
    a[0]--;
    fill(b, 8 * words);
    b[words - 1] %= n[words - 1];
    montgomery_reference(wanted, a, b, n, words);
    print("montgomery", wanted, 8 * words);
    uint64_t inverse = 1;
    for (int i = 0; i < 6; i++) inverse *= 2 - n[0] * inverse;
    const uint64_t n0[2] = {-inverse, 0};
    if (!__wrap_bn_mul_mont(result, a, b, n, n0, words)) {
      CHECK(!slipway_crypto_has(SLIPWAY_CRYPTO_MONTGOMERY));
      continue;
    }
    CHECK(memcmp(result, wanted, 8 * words) == 0);
    CHECK(__wrap_bn_mul_mont(a, a, a, n, n0, words) == 1);
    memcpy(b, n, 8 * words);
    b[0]--;
    montgomery_reference(wanted, b, b, n, words);
    CHECK(memcmp(a, wanted, 8 * words) == 0);
  }
}

// What the library falls back on: that of the program.
void __real_ChaCha20_ctr32(unsigned char* to, const unsigned char* from,
                           size_t bytes, const uint32_t key[8],
                           const uint32_t counter[4]) {
  memmove(to, from, bytes);
  chacha_reference(to, bytes, key, counter);
}

static void chacha20_agrees(void) {
  for (int bytes = 0; bytes < 1200; bytes += bytes < 300 ? 1 : 37) {
    uint32_t key[8], counter[4];
    fill(key, sizeof(key));
    fill(counter, sizeof(counter));
    if (bytes % 3 == 0) counter[0] = 0xfffffffe;
    memcpy(expected, plain, bytes);
    chacha_reference(expected, bytes, key, counter);
    uint8_t* to = buffer[0] + bytes % 16;
    const uint8_t* from = bytes & 1 ? memcpy(to, plain, bytes) : plain;
    __wrap_ChaCha20_ctr32(to, from, bytes, key, counter);
    CHECK(memcmp(to, expected, bytes) == 0);
  }
}

static sigjmp_buf faulted;
static uint8_t* forbidden;

static void note_fault(int signal, siginfo_t* info, void* context) {
  const uint8_t* at = info->si_addr;
  siglongjmp(faulted, at >= forbidden && at < forbidden + 4096 ? 1 : 2);
}

#define CHECK_FAULTS(call)           \
  do {                               \
    switch (sigsetjmp(faulted, 1)) { \
      case 0:                        \
        call;                        \
        CHECK(!"no fault");          \
      case 2:                        \
        CHECK(!"faulted elsewhere"); \
    }                                \
  } while (0)

static void pages_that_are_not_there_fault(void) {
  uint8_t* pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(pages != MAP_FAILED);
  forbidden = pages + 4096;
  CHECK(mprotect(forbidden, 4096, PROT_NONE) == 0);
  struct sigaction action = {.sa_sigaction = note_fault,
                             .sa_flags = SA_SIGINFO};
  CHECK(sigaction(SIGSEGV, &action, NULL) == 0);
  uint8_t state[64] = {0};
  struct gcm_context context = {0};
  CHECK_FAULTS(slipway_sha256_blocks(state, forbidden, 2));
  CHECK_FAULTS(slipway_sha512_blocks(state, forbidden - 100, 4));
  CHECK_FAULTS(slipway_sha1_blocks(forbidden - 4, plain, 1));
  CHECK_FAULTS(slipway_ghash(context.xi, context.table, forbidden - 160, 320));
  if (slipway_crypto_has(SLIPWAY_CRYPTO_AES | SLIPWAY_CRYPTO_GCM)) {
    struct slipway_aes_key key;
    slipway_aes_set_encrypt_key(plain, 128, &key);
    CHECK_FAULTS(slipway_aes_encrypt(plain, forbidden, &key));
    CHECK_FAULTS(slipway_aes_ctr32(forbidden - 64, plain, 8, &key, state));
    CHECK_FAULTS(slipway_gcm_encrypt(plain, forbidden - 640, 1024, &key, state,
                                     context.xi));
    CHECK_FAULTS(slipway_aes_set_encrypt_key(forbidden, 256, &key));
  }
  slipway_sha256_blocks(state, pages, 64);
  signal(SIGSEGV, SIG_DFL);
  munmap(pages, 8192);
}

int main(int argc, char** argv) {
  fill(plain, sizeof(plain));
#ifdef __slipway__
  CHECK(slipway_crypto_has(SLIPWAY_CRYPTO_HASH) ==
        (strcmp(argv[1], "granted") == 0));
#endif
  CASE(sha256_of_abc);
  CASE(hashes_agree);
  CASE(long_data_are_hashed);
  CASE(aes_modes_agree);
  CASE(sizes_of_keys_are_checked);
  CASE(ghash_agrees);
  CASE(gcm_agrees);
  CASE(montgomery_agrees);
  CASE(chacha20_agrees);
  CASE(pages_that_are_not_there_fault);
  return 0;
}

#endif  // SLIPWAY_TESTS_POSIX_CRYPTO_CASES_H_
