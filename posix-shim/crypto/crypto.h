/* The processor's cryptographic instructions for C libraries that have a place
 * for assembly, by the calls posix1.crypto_*. What a library asks for where it
 * is without assembly, under names of ours; openssl3.h and its like put them in
 * that place. No function here looks anything up by, or branches on, a key or
 * data. Thread-safe.
 *
 * Without the right "crypto", or where the processor lacks the instructions,
 * slipway_crypto_has says no: functions that have a portable fallback use it
 * then, the others must not be called. A pointer to memory that cannot be
 * accessed faults, as it would in assembly. */

#ifndef SLIPWAY_POSIX_SHIM_CRYPTO_CRYPTO_H_
#define SLIPWAY_POSIX_SHIM_CRYPTO_CRYPTO_H_

#include <stddef.h>
#include <stdint.h>

/* Whether all of the features SLIPWAY_CRYPTO_* (abi/crypto.h) are there. */
int slipway_crypto_has(int features);

/* ---- Hashes, whole blocks; portable fallback ---- */
void slipway_sha1_blocks(void* state, const void* data, size_t blocks);
void slipway_sha256_blocks(void* state, const void* data, size_t blocks);
void slipway_sha512_blocks(void* state, const void* data, size_t blocks);

/* ---- AES, whole blocks; no fallback: SLIPWAY_CRYPTO_AES ----
 * `key`: 244 bytes, aligned for uint32_t. Sizes of keys are in bits; the result
 * is 0 if the size is one of AES, else -2. */
int slipway_aes_set_encrypt_key(const unsigned char* user, int bits, void* key);
int slipway_aes_set_decrypt_key(const unsigned char* user, int bits, void* key);
void slipway_aes_encrypt(const unsigned char* from, unsigned char* to,
                         const void* key);
void slipway_aes_decrypt(const unsigned char* from, unsigned char* to,
                         const void* key);
void slipway_aes_ecb_encrypt(const unsigned char* from, unsigned char* to,
                             size_t bytes, const void* key, int encrypt);
void slipway_aes_cbc_encrypt(const unsigned char* from, unsigned char* to,
                             size_t bytes, const void* key, unsigned char* iv,
                             int encrypt);
/* Leaves the counter as it is. */
void slipway_aes_ctr32(const unsigned char* from, unsigned char* to,
                       size_t blocks, const void* key,
                       const unsigned char* counter);

/* ---- GHASH, whole blocks; portable fallback ----
 * `table` is what both libraries keep for their portable code: 16 entries of
 * two words, the ninth of which is the hash's key. */
void slipway_ghash(uint64_t xi[2], const void* table, const uint8_t* data,
                   size_t bytes);
void slipway_gmult(uint64_t xi[2], const void* table);

/* ---- AES-GCM; no fallback: SLIPWAY_CRYPTO_AES and SLIPWAY_CRYPTO_GCM ----
 * As many whole blocks as there are; how many bytes that is. Advances the
 * counter. The hash's key is behind `xi`, as both libraries have it. */
size_t slipway_gcm_encrypt(const unsigned char* from, unsigned char* to,
                           size_t bytes, const void* key,
                           unsigned char counter[16], uint64_t* xi);
size_t slipway_gcm_decrypt(const unsigned char* from, unsigned char* to,
                           size_t bytes, const void* key,
                           unsigned char counter[16], uint64_t* xi);

/* ---- ChaCha20 of RFC 8439; falls back on what it stands in for ----
 * Any length. For a program or library that is linked with
 * -Wl,--wrap=ChaCha20_ctr32.
 * The counter's first word counts blocks of 64 bytes. */
void __wrap_ChaCha20_ctr32(unsigned char* to, const unsigned char* from,
                           size_t bytes, const uint32_t key[8],
                           const uint32_t counter[4]);

/* ---- Big numbers: 0 when it did nothing ----
 * For a program or library that is linked with -Wl,--wrap=bn_mul_mont. */
int __wrap_bn_mul_mont(uint64_t* result, const uint64_t* a, const uint64_t* b,
                       const uint64_t* n, const uint64_t* n0, int words);

#endif
