#include "runtime/host/crypto.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <type_traits>

#include "openssl/mem.h"
#include "posix-shim/abi/crypto.h"
#include "runtime/engine/guarded_call.h"
#include "runtime/host/boringssl_primitives.h"

namespace slipway::host {

namespace {

constexpr uint64_t kAesBlock = 16;

// Keys and hashes of the guest's, wiped when they are done with. Not
// initialised.
template <typename T>
struct Secret {
  alignas(64) T value;
  ~Secret() { OPENSSL_cleanse(&value, sizeof(value)); }
  T* operator->() { return &value; }
};

// Runs `work` on guest memory in place.
template <typename Work>
[[gnu::always_inline]] inline SysStatus InPlace(const GuestMemory& memory,
                                                const Work& work) {
  static_assert(std::is_trivially_destructible_v<Work>);
  const auto run = [](void* argument) {
    (*static_cast<const Work*>(argument))();
  };
  if (!engine::GuardedCall(memory.base(), memory.size(), run,
                           const_cast<Work*>(&work))) {
    return Errno{EFAULT};
  }
  return Done{};
}

template <typename T>
SysResult<T*> Place(const GuestMemory& memory, GuestPtr at, uint64_t size) {
  SLIPWAY_TRY(void* const place, memory.ForKernel(at, size));
  return static_cast<T*>(place);
}

SysStatus CheckFeature(uint32_t feature) {
  if ((CryptoFeatures() & feature) == 0) return Errno{EOPNOTSUPP};
  return Done{};
}

// EINVAL unless `length` is of whole blocks and not too long.
SysStatus CheckLength(uint64_t length, uint64_t block) {
  if (length > SLIPWAY_CRYPTO_MAX_BYTES || length % block != 0) {
    return Errno{EINVAL};
  }
  return Done{};
}

// Input and output of a cipher.
struct Text {
  const uint8_t* from;
  uint8_t* to;
  uint64_t length;
};

SysResult<Text> FindText(const GuestMemory& memory, GuestPtr from, GuestPtr to,
                         uint64_t length, uint64_t block) {
  SLIPWAY_CHECK_OK(CheckLength(length, block));
  SLIPWAY_TRY(const uint8_t* const input, Place<uint8_t>(memory, from, length));
  SLIPWAY_TRY(uint8_t* const output, Place<uint8_t>(memory, to, length));
  return Text{input, output, length};
}

using AesKey = Secret<slipway_aes_key>;

// The assembly does as many rounds as the key says.
bool HasRounds(const slipway_aes_key& key) {
  return key.rounds == 9 || key.rounds == 11 || key.rounds == 13;
}

SysStatus LoadKey(const GuestMemory& memory, GuestPtr schedule, AesKey& key) {
  SLIPWAY_CHECK_OK(memory.CopyIn(&key.value, schedule, sizeof(key.value)));
  if (!HasRounds(key.value)) return Errno{EINVAL};
  return Done{};
}

// As gcm_ghash_avx and aesni_gcm_* want them.
struct GhashState {
  uint64_t xi[2];
  uint64_t h[2];
  uint8_t table[256];
};
static_assert(offsetof(GhashState, table) == 32);
static_assert(sizeof(slipway_ghash) == 32);

void Prepare(const slipway_ghash& hash, GhashState& state) {
  std::memcpy(&state, &hash, sizeof(hash));
  gcm_init_avx(state.table, state.h);
}

void AdvanceCounter(uint8_t* counter, uint64_t blocks) {
  uint32_t value;
  std::memcpy(&value, counter + 12, sizeof(value));
  value = __builtin_bswap32(__builtin_bswap32(value) +
                            static_cast<uint32_t>(blocks));
  std::memcpy(counter + 12, &value, sizeof(value));
}

void GcmEncrypt(Text text, const slipway_aes_key& key, uint8_t* counter,
                GhashState& state) {
  const uint64_t done = aesni_gcm_encrypt(text.from, text.to, text.length, &key,
                                          counter, state.xi);
  const uint64_t rest = text.length - done;
  if (rest == 0) return;
  aes_hw_ctr32_encrypt_blocks(text.from + done, text.to + done,
                              rest / kAesBlock, &key, counter);
  AdvanceCounter(counter, rest / kAesBlock);
  gcm_ghash_avx(state.xi, state.table, text.to + done, rest);
}

void GcmDecrypt(Text text, const slipway_aes_key& key, uint8_t* counter,
                GhashState& state) {
  const uint64_t done = aesni_gcm_decrypt(text.from, text.to, text.length, &key,
                                          counter, state.xi);
  const uint64_t rest = text.length - done;
  if (rest == 0) return;
  gcm_ghash_avx(state.xi, state.table, text.from + done, rest);
  aes_hw_ctr32_encrypt_blocks(text.from + done, text.to + done,
                              rest / kAesBlock, &key, counter);
  AdvanceCounter(counter, rest / kAesBlock);
}

template <typename Word, size_t kWords, size_t kBlock, auto kCompress>
SysStatus HashBlocks(const GuestMemory& memory, GuestPtr state, GuestPtr data,
                     uint64_t length) {
  SLIPWAY_CHECK_OK(CheckLength(length, kBlock));
  SLIPWAY_TRY(const uint8_t* const from, Place<uint8_t>(memory, data, length));
  Secret<Word[kWords]> words;
  SLIPWAY_CHECK_OK(memory.CopyIn(words.value, state, sizeof(words.value)));
  if (length == 0) return Done{};
  Word* const to = words.value;
  SLIPWAY_CHECK_OK(
      InPlace(memory, [=] { kCompress(to, from, length / kBlock); }));
  return memory.CopyOut(state, words.value, sizeof(words.value));
}

uint32_t FindFeatures() {
  uint32_t features =
      SLIPWAY_CRYPTO_HASH | SLIPWAY_CRYPTO_CHACHA20 | SLIPWAY_CRYPTO_MONTGOMERY;
  if (__builtin_cpu_supports("aes")) features |= SLIPWAY_CRYPTO_AES;
  if (__builtin_cpu_supports("aes") && __builtin_cpu_supports("pclmul") &&
      __builtin_cpu_supports("avx") && __builtin_cpu_supports("movbe")) {
    features |= SLIPWAY_CRYPTO_GCM;
  }
  return features;
}

}  // namespace

uint32_t CryptoFeatures() {
  static const uint32_t features = FindFeatures();
  return features;
}

SysStatus CryptoHash(const GuestMemory& memory, uint32_t algorithm,
                     GuestPtr state, GuestPtr data, uint64_t length) {
  switch (algorithm) {
    case SLIPWAY_HASH_SHA1:
      return HashBlocks<uint32_t, 5, 64, &sha1_block_data_order>(memory, state,
                                                                 data, length);
    case SLIPWAY_HASH_SHA256:
      return HashBlocks<uint32_t, 8, 64, &sha256_block_data_order>(
          memory, state, data, length);
    case SLIPWAY_HASH_SHA512:
      return HashBlocks<uint64_t, 8, 128, &sha512_block_data_order>(
          memory, state, data, length);
    default:
      return Errno{EINVAL};
  }
}

SysStatus CryptoAesKey(const GuestMemory& memory, uint32_t direction,
                       GuestPtr key, uint64_t length, GuestPtr schedule) {
  SLIPWAY_CHECK_OK(CheckFeature(SLIPWAY_CRYPTO_AES));
  if (direction > SLIPWAY_CRYPTO_DECRYPT) return Errno{EINVAL};
  if (length != 16 && length != 24 && length != 32) return Errno{EINVAL};
  Secret<uint8_t[32]> bytes;
  SLIPWAY_CHECK_OK(memory.CopyIn(bytes.value, key, length));
  AesKey expanded;
  std::memset(&expanded.value, 0, sizeof(expanded.value));
  const auto expand = direction == SLIPWAY_CRYPTO_ENCRYPT
                          ? &aes_hw_set_encrypt_key
                          : &aes_hw_set_decrypt_key;
  expand(bytes.value, static_cast<int>(length * 8), &expanded.value);
  return memory.CopyOut(schedule, &expanded.value, sizeof(expanded.value));
}

SysStatus CryptoAes(const GuestMemory& memory, uint32_t mode, GuestPtr schedule,
                    GuestPtr iv, GuestPtr from, GuestPtr to, uint64_t length) {
  SLIPWAY_CHECK_OK(CheckFeature(SLIPWAY_CRYPTO_AES));
  if (mode > SLIPWAY_AES_CTR32) return Errno{EINVAL};
  SLIPWAY_TRY(const Text text, FindText(memory, from, to, length, kAesBlock));
  AesKey loaded;
  SLIPWAY_CHECK_OK(LoadKey(memory, schedule, loaded));
  if (length == 0) return Done{};
  const void* const key = &loaded.value;
  const int encrypt = (mode & SLIPWAY_CRYPTO_DECRYPT) == 0;
  const uint32_t chaining = mode & ~uint32_t{SLIPWAY_CRYPTO_DECRYPT};
  if (chaining == SLIPWAY_AES_ECB) {
    return InPlace(memory, [=] {
      aes_hw_ecb_encrypt(text.from, text.to, text.length, key, encrypt);
    });
  }
  alignas(kAesBlock) uint8_t block[kAesBlock];
  SLIPWAY_CHECK_OK(memory.CopyIn(block, iv, sizeof(block)));
  uint8_t* const vector = block;
  if (chaining == SLIPWAY_AES_CTR32) {
    return InPlace(memory, [=] {
      aes_hw_ctr32_encrypt_blocks(text.from, text.to, text.length / kAesBlock,
                                  key, vector);
    });
  }
  SLIPWAY_CHECK_OK(InPlace(memory, [=] {
    aes_hw_cbc_encrypt(text.from, text.to, text.length, key, vector, encrypt);
  }));
  return memory.CopyOut(iv, block, sizeof(block));
}

// All of it in the guarded call, as copies there cost nothing.
SysStatus CryptoGcm(const GuestMemory& memory, uint32_t direction,
                    GuestPtr schedule, GuestPtr state, GuestPtr from,
                    GuestPtr to, uint64_t length) {
  SLIPWAY_CHECK_OK(CheckFeature(SLIPWAY_CRYPTO_GCM));
  if (direction > SLIPWAY_CRYPTO_DECRYPT) return Errno{EINVAL};
  SLIPWAY_TRY(const Text text, FindText(memory, from, to, length, kAesBlock));
  SLIPWAY_TRY(const uint8_t* const guest_key,
              Place<uint8_t>(memory, schedule, sizeof(slipway_aes_key)));
  SLIPWAY_TRY(uint8_t* const guest_state,
              Place<uint8_t>(memory, state, sizeof(slipway_gcm)));
  AesKey loaded;
  Secret<slipway_gcm> gcm;
  Secret<GhashState> hash;
  slipway_aes_key* const key = &loaded.value;
  slipway_gcm* const copy = &gcm.value;
  GhashState* const ghash = &hash.value;
  bool valid = false;
  bool* const is_valid = &valid;
  SLIPWAY_CHECK_OK(InPlace(memory, [=] {
    std::memcpy(key, guest_key, sizeof(*key));
    // The copy is looked at, not the original.
    asm volatile("" ::: "memory");
    if (!HasRounds(*key)) return;
    *is_valid = true;
    std::memcpy(copy, guest_state, sizeof(*copy));
    Prepare(copy->hash, *ghash);
    if (direction == SLIPWAY_CRYPTO_ENCRYPT) {
      GcmEncrypt(text, *key, copy->counter, *ghash);
    } else {
      GcmDecrypt(text, *key, copy->counter, *ghash);
    }
    std::memcpy(copy->hash.xi, ghash->xi, sizeof(copy->hash.xi));
    std::memcpy(guest_state, copy, sizeof(*copy));
  }));
  if (!valid) return Errno{EINVAL};
  return Done{};
}

SysStatus CryptoGhash(const GuestMemory& memory, GuestPtr state, GuestPtr data,
                      uint64_t length) {
  SLIPWAY_CHECK_OK(CheckFeature(SLIPWAY_CRYPTO_GCM));
  SLIPWAY_CHECK_OK(CheckLength(length, kAesBlock));
  SLIPWAY_TRY(const uint8_t* const from, Place<uint8_t>(memory, data, length));
  Secret<slipway_ghash> loaded;
  SLIPWAY_CHECK_OK(memory.CopyIn(&loaded.value, state, sizeof(loaded.value)));
  if (length == 0) return Done{};
  Secret<GhashState> hash;
  Prepare(loaded.value, hash.value);
  GhashState* const ghash = &hash.value;
  SLIPWAY_CHECK_OK(InPlace(
      memory, [=] { gcm_ghash_avx(ghash->xi, ghash->table, from, length); }));
  return memory.CopyOut(state, hash->xi, sizeof(hash->xi));
}

SysStatus CryptoChaCha20(const GuestMemory& memory, GuestPtr key,
                         GuestPtr counter, GuestPtr from, GuestPtr to,
                         uint64_t length) {
  SLIPWAY_TRY(const Text text, FindText(memory, from, to, length, 1));
  Secret<uint32_t[8]> words;
  SLIPWAY_CHECK_OK(memory.CopyIn(words.value, key, sizeof(words.value)));
  alignas(16) uint32_t start[4];
  SLIPWAY_CHECK_OK(memory.CopyIn(start, counter, sizeof(start)));
  if (length == 0) return Done{};
  const uint32_t* const at = words.value;
  const uint32_t* const first = start;
  return InPlace(memory, [=] {
    ChaCha20_ctr32(text.to, text.from, text.length, at, first);
  });
}

SysStatus CryptoMontgomery(const GuestMemory& memory, GuestPtr result,
                           GuestPtr a, GuestPtr b, GuestPtr n, uint64_t n0,
                           uint64_t words) {
  if (words < SLIPWAY_CRYPTO_MIN_WORDS || words > SLIPWAY_CRYPTO_MAX_WORDS) {
    return Errno{EINVAL};
  }
  const uint64_t size = words * sizeof(uint64_t);
  SLIPWAY_TRY(uint64_t* const to, Place<uint64_t>(memory, result, size));
  SLIPWAY_TRY(const uint64_t* const left, Place<uint64_t>(memory, a, size));
  SLIPWAY_TRY(const uint64_t* const right, Place<uint64_t>(memory, b, size));
  SLIPWAY_TRY(const uint64_t* const modulus, Place<uint64_t>(memory, n, size));
  // The assembly reads a second word.
  const uint64_t inverse[2] = {n0, 0};
  const uint64_t* const n0_words = inverse;
  return InPlace(
      memory, [=] { bn_mul_mont(to, left, right, modulus, n0_words, words); });
}

}  // namespace slipway::host
