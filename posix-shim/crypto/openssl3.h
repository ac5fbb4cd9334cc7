/* OpenSSL 3.0 with the processor's cryptographic instructions: what upstream's
 * headers and sources leave to assembly for a processor that they know, for
 * this one. Configured as any machine without assembly, with this file before
 * every source:
 *
 *   ./Configure linux-generic64 \
 *     CFLAGS="-O2 -include slipway_crypto/openssl3.h" \
 *     LDFLAGS="-Wl,--wrap=ChaCha20_ctr32 -Wl,--wrap=bn_mul_mont"
 *
 * The names on the left are upstream's switches (crypto/aes/build.info and its
 * like, include/crypto/aes_platform.h), those on the right are linked in by the
 * driver. AES is upstream's portable code when the program does not have the
 * right "crypto". */

#ifndef SLIPWAY_POSIX_SHIM_CRYPTO_OPENSSL3_H_
#define SLIPWAY_POSIX_SHIM_CRYPTO_OPENSSL3_H_

int slipway_crypto_has(int features);

/* AES, chosen when a key is set; SLIPWAY_CRYPTO_AES. */
#define HWAES_CAPABLE slipway_crypto_has(1)
#define HWAES_set_encrypt_key slipway_aes_set_encrypt_key
#define HWAES_set_decrypt_key slipway_aes_set_decrypt_key
#define HWAES_encrypt slipway_aes_encrypt
#define HWAES_decrypt slipway_aes_decrypt
#define HWAES_ecb_encrypt slipway_aes_ecb_encrypt
#define HWAES_cbc_encrypt slipway_aes_cbc_encrypt
#define HWAES_ctr32_encrypt_blocks slipway_aes_ctr32

/* GCM: both passes in one where AES is ours; SLIPWAY_CRYPTO_AES and _GCM. */
#define AES_GCM_ENC_BYTES 16
#define AES_GCM_DEC_BYTES 16
#define AES_gcm_encrypt slipway_gcm_encrypt
#define AES_gcm_decrypt slipway_gcm_decrypt
#define AES_GCM_ASM(context) \
  ((context)->ctr == (ctr128_f)slipway_aes_ctr32 && slipway_crypto_has(3))
#define GHASH_ASM
#define gcm_ghash_4bit slipway_ghash
#define gcm_gmult_4bit slipway_gmult

#define SHA1_ASM
#define sha1_block_data_order slipway_sha1_blocks
#define SHA256_ASM
#define sha256_block_data_order slipway_sha256_blocks
#define SHA512_ASM
#define sha512_block_data_order slipway_sha512_blocks

/* bn_mul_mont is upstream's portable one, for the linker to wrap. */
#define OPENSSL_BN_ASM_MONT

#ifndef __ASSEMBLER__
__SIZE_TYPE__ slipway_gcm_encrypt(const unsigned char* from, unsigned char* to,
                                  __SIZE_TYPE__ bytes, const void* key,
                                  unsigned char counter[16],
                                  unsigned long long* xi);
__SIZE_TYPE__ slipway_gcm_decrypt(const unsigned char* from, unsigned char* to,
                                  __SIZE_TYPE__ bytes, const void* key,
                                  unsigned char counter[16],
                                  unsigned long long* xi);
#endif

#endif
