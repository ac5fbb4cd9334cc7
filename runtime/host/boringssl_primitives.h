// The functions of BoringSSL's assembly that runtime/host/crypto.cc calls. They
// are internal to that library, which has no header for them that could be
// included: the names and types are those of its crypto/fipsmodule/*/internal.h
// and crypto/chacha/internal.h, of the version in third_party/sources.lock.
// Lengths are in bytes unless they are called blocks or words.

#ifndef SLIPWAY_RUNTIME_HOST_BORINGSSL_PRIMITIVES_H_
#define SLIPWAY_RUNTIME_HOST_BORINGSSL_PRIMITIVES_H_

#include <cstddef>
#include <cstdint>

extern "C" {

void sha1_block_data_order(uint32_t* state, const uint8_t* data, size_t blocks);
void sha256_block_data_order(uint32_t* state, const uint8_t* data,
                             size_t blocks);
void sha512_block_data_order(uint64_t* state, const uint8_t* data,
                             size_t blocks);

// Keys: 15 round keys and their number less 1. 0 when the length, in bits, is
// one of AES.
int aes_hw_set_encrypt_key(const uint8_t* key, int bits, void* schedule);
int aes_hw_set_decrypt_key(const uint8_t* key, int bits, void* schedule);
void aes_hw_ecb_encrypt(const uint8_t* from, uint8_t* to, size_t length,
                        const void* schedule, int encrypt);
void aes_hw_cbc_encrypt(const uint8_t* from, uint8_t* to, size_t length,
                        const void* schedule, uint8_t* iv, int encrypt);
void aes_hw_ctr32_encrypt_blocks(const uint8_t* from, uint8_t* to,
                                 size_t blocks, const void* schedule,
                                 const uint8_t* counter);

// GHASH with a table of powers of the key, of 16 entries of 16 bytes.
void gcm_init_avx(void* table, const uint64_t* key);
void gcm_ghash_avx(uint64_t* xi, const void* table, const uint8_t* data,
                   size_t length);
// As many bytes as suits them, which they return; the counter is advanced. The
// table is 32 bytes behind `xi`.
size_t aesni_gcm_encrypt(const uint8_t* from, uint8_t* to, size_t length,
                         const void* schedule, uint8_t* counter, uint64_t* xi);
size_t aesni_gcm_decrypt(const uint8_t* from, uint8_t* to, size_t length,
                         const void* schedule, uint8_t* counter, uint64_t* xi);

void ChaCha20_ctr32(uint8_t* to, const uint8_t* from, size_t length,
                    const uint32_t* key, const uint32_t* counter);

int bn_mul_mont(uint64_t* result, const uint64_t* a, const uint64_t* b,
                const uint64_t* n, const uint64_t* n0, size_t words);
}

#endif  // SLIPWAY_RUNTIME_HOST_BORINGSSL_PRIMITIVES_H_
