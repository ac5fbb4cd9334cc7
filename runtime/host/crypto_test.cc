// Vectors of FIPS 180-4, SP 800-38A, the GCM specification and RFC 8439, and
// what callers may do wrong.

#include "runtime/host/crypto.h"

#include <sys/mman.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "posix-shim/abi/crypto.h"
#include "runtime/engine/fault_handler.h"

namespace slipway::host {
namespace {

constexpr uint64_t kPage = 4096;
constexpr uint64_t kSize = 1024 * kPage;
constexpr uint32_t kEcbDecrypt =
    uint32_t{SLIPWAY_AES_ECB} + uint32_t{SLIPWAY_CRYPTO_DECRYPT};
constexpr uint32_t kCbcDecrypt =
    uint32_t{SLIPWAY_AES_CBC} + uint32_t{SLIPWAY_CRYPTO_DECRYPT};

std::vector<uint8_t> Bytes(const std::string& hex) {
  std::vector<uint8_t> bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(
        static_cast<uint8_t>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

// The first and the last page cannot be accessed, and the one before it not be
// written.
class CryptoTest : public testing::Test {
 protected:
  CryptoTest() {
    EXPECT_TRUE(engine::InstallFaultHandlers().ok());
    auto* base = static_cast<uint8_t*>(
        mmap(nullptr, kSize, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    mprotect(base + kPage, kSize - 2 * kPage, PROT_READ | PROT_WRITE);
    mprotect(base + kReadOnly.address, kPage, PROT_READ);
    memory_ = GuestMemory(base, kSize);
  }
  ~CryptoTest() override { munmap(memory_.base(), kSize); }

  static constexpr GuestPtr kReadOnly{kSize - 2 * kPage};
  static constexpr GuestPtr kUnmapped{kSize - kPage};

  GuestPtr Put(const std::vector<uint8_t>& bytes) {
    const GuestPtr at{next_};
    next_ += bytes.size() + 13;  // aligned to nothing
    std::memcpy(memory_.base() + at.address, bytes.data(), bytes.size());
    return at;
  }
  GuestPtr Room(size_t size) { return Put(std::vector<uint8_t>(size)); }
  std::vector<uint8_t> Get(GuestPtr at, size_t size) const {
    const uint8_t* from = memory_.base() + at.address;
    return std::vector<uint8_t>(from, from + size);
  }
  template <typename T>
  GuestPtr PutValue(const T& value) {
    std::vector<uint8_t> bytes(sizeof(T));
    std::memcpy(bytes.data(), &value, sizeof(T));
    return Put(bytes);
  }
  template <typename T>
  T GetValue(GuestPtr at) const {
    T value;
    std::memcpy(&value, memory_.base() + at.address, sizeof(T));
    return value;
  }
  static int Error(const SysStatus& status) {
    return status.ok() ? 0 : status.error().code;
  }
  GuestPtr Key(const std::string& hex, uint32_t direction) {
    const std::vector<uint8_t> key = Bytes(hex);
    const GuestPtr schedule = Room(sizeof(slipway_aes_key));
    EXPECT_EQ(
        Error(CryptoAesKey(memory_, direction, Put(key), key.size(), schedule)),
        0);
    return schedule;
  }
  GuestPtr GcmState(const std::string& key, const std::string& counter) {
    const GuestPtr h = Room(16);
    EXPECT_EQ(Error(CryptoAes(memory_, SLIPWAY_AES_ECB,
                              Key(key, SLIPWAY_CRYPTO_ENCRYPT), {}, h, h, 16)),
              0);
    slipway_gcm state = {};
    for (int half = 0; half < 2; ++half) {
      state.hash.h[half] = __builtin_bswap64(GetValue<uint64_t>(h + 8 * half));
    }
    std::memcpy(state.counter, Bytes(counter).data(), 16);
    return PutValue(state);
  }

  GuestMemory memory_;

 private:
  uint64_t next_ = kPage + 1;
};

// ---- Hashes: FIPS 180-4's example "abc", padded ----

std::vector<uint8_t> PaddedAbc(size_t block) {
  std::vector<uint8_t> data(block);
  std::memcpy(data.data(), "abc\x80", 4);
  data.back() = 24;
  return data;
}

template <typename Word>
std::vector<Word> Words(const std::string& hex) {
  std::vector<Word> words;
  for (size_t i = 0; i < hex.size(); i += 2 * sizeof(Word)) {
    words.push_back(static_cast<Word>(
        std::stoull(hex.substr(i, 2 * sizeof(Word)), nullptr, 16)));
  }
  return words;
}

template <typename Word>
std::vector<uint8_t> Native(const std::string& hex) {
  const std::vector<Word> words = Words<Word>(hex);
  std::vector<uint8_t> bytes(words.size() * sizeof(Word));
  std::memcpy(bytes.data(), words.data(), bytes.size());
  return bytes;
}

TEST_F(CryptoTest, Sha1) {
  const GuestPtr state =
      Put(Native<uint32_t>("67452301efcdab8998badcfe10325476c3d2e1f0"));
  ASSERT_EQ(Error(CryptoHash(memory_, SLIPWAY_HASH_SHA1, state,
                             Put(PaddedAbc(64)), 64)),
            0);
  EXPECT_EQ(Get(state, 20),
            Native<uint32_t>("a9993e364706816aba3e25717850c26c9cd0d89d"));
}

constexpr char kSha256Start[] =
    "6a09e667bb67ae853c6ef372a54ff53a510e527f9b05688c1f83d9ab5be0cd19";

TEST_F(CryptoTest, Sha256) {
  const GuestPtr state = Put(Native<uint32_t>(kSha256Start));
  ASSERT_EQ(Error(CryptoHash(memory_, SLIPWAY_HASH_SHA256, state,
                             Put(PaddedAbc(64)), 64)),
            0);
  EXPECT_EQ(
      Get(state, 32),
      Native<uint32_t>("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff6"
                       "1f20015ad"));
}

TEST_F(CryptoTest, Sha512) {
  const GuestPtr state = Put(Native<uint64_t>(
      "6a09e667f3bcc908bb67ae8584caa73b3c6ef372fe94f82ba54ff53a5f1d36f1"
      "510e527fade682d19b05688c2b3e6c1f1f83d9abfb41bd6b5be0cd19137e2179"));
  ASSERT_EQ(Error(CryptoHash(memory_, SLIPWAY_HASH_SHA512, state,
                             Put(PaddedAbc(128)), 128)),
            0);
  EXPECT_EQ(
      Get(state, 64),
      Native<uint64_t>(
          "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
          "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"));
}

TEST_F(CryptoTest, HashesManyBlocksAsOne) {
  std::vector<uint8_t> data(64 * 100);
  for (size_t i = 0; i < data.size(); ++i)
    data[i] = static_cast<uint8_t>(i * 7);
  const GuestPtr from = Put(data);
  const GuestPtr whole = Put(Native<uint32_t>(kSha256Start));
  const GuestPtr parts = Put(Native<uint32_t>(kSha256Start));
  ASSERT_EQ(
      Error(CryptoHash(memory_, SLIPWAY_HASH_SHA256, whole, from, data.size())),
      0);
  for (size_t i = 0; i < data.size(); i += 64) {
    ASSERT_EQ(
        Error(CryptoHash(memory_, SLIPWAY_HASH_SHA256, parts, from + i, 64)),
        0);
  }
  EXPECT_EQ(Get(whole, 32), Get(parts, 32));
  EXPECT_NE(Get(whole, 32), Native<uint32_t>(kSha256Start));
}

// ---- AES: SP 800-38A, appendix F, the first two blocks ----

constexpr char kKey128[] = "2b7e151628aed2a6abf7158809cf4f3c";
constexpr char kKey256[] =
    "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4";
constexpr char kPlain[] =
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51";

TEST_F(CryptoTest, AesEcb) {
  const GuestPtr text = Put(Bytes(kPlain));
  const GuestPtr out = Room(32);
  ASSERT_EQ(
      Error(CryptoAes(memory_, SLIPWAY_AES_ECB,
                      Key(kKey128, SLIPWAY_CRYPTO_ENCRYPT), {}, text, out, 32)),
      0);
  EXPECT_EQ(Get(out, 32),
            Bytes("3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699"
                  "de785895a96fdbaaf"));
  ASSERT_EQ(
      Error(CryptoAes(memory_, kEcbDecrypt,
                      Key(kKey128, SLIPWAY_CRYPTO_DECRYPT), {}, out, out, 32)),
      0);
  EXPECT_EQ(Get(out, 32), Bytes(kPlain));
  ASSERT_EQ(
      Error(CryptoAes(memory_, SLIPWAY_AES_ECB,
                      Key(kKey256, SLIPWAY_CRYPTO_ENCRYPT), {}, text, out, 16)),
      0);
  EXPECT_EQ(Get(out, 16), Bytes("f3eed1bdb5d2a03c064b5a7e3db181f8"));
  ASSERT_EQ(Error(CryptoAes(memory_, SLIPWAY_AES_ECB,
                            Key("8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b"
                                "7b",
                                SLIPWAY_CRYPTO_ENCRYPT),
                            {}, text, out, 16)),
            0);
  EXPECT_EQ(Get(out, 16), Bytes("bd334f1d6e45f25ff712a214571fa5cc"));
}

TEST_F(CryptoTest, AesCbc) {
  const GuestPtr text = Put(Bytes(kPlain));
  GuestPtr iv = Put(Bytes("000102030405060708090a0b0c0d0e0f"));
  const auto cipher =
      Bytes("7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2");
  ASSERT_EQ(Error(CryptoAes(memory_, SLIPWAY_AES_CBC,
                            Key(kKey128, SLIPWAY_CRYPTO_ENCRYPT), iv, text,
                            text, 32)),
            0);
  EXPECT_EQ(Get(text, 32), cipher);
  EXPECT_EQ(Get(iv, 16), Get(text + 16, 16));
  iv = Put(Bytes("000102030405060708090a0b0c0d0e0f"));
  ASSERT_EQ(Error(CryptoAes(memory_, kCbcDecrypt,
                            Key(kKey128, SLIPWAY_CRYPTO_DECRYPT), iv, text,
                            text, 32)),
            0);
  EXPECT_EQ(Get(text, 32), Bytes(kPlain));
  EXPECT_EQ(Get(iv, 16),
            std::vector<uint8_t>(cipher.begin() + 16, cipher.end()));
}

TEST_F(CryptoTest, AesCtr) {
  const GuestPtr text = Put(Bytes(kPlain));
  const auto counter = Bytes("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
  const GuestPtr iv = Put(counter);
  ASSERT_EQ(Error(CryptoAes(memory_, SLIPWAY_AES_CTR32,
                            Key(kKey128, SLIPWAY_CRYPTO_ENCRYPT), iv, text,
                            text, 32)),
            0);
  EXPECT_EQ(Get(text, 32),
            Bytes("874d6191b620e3261bef6864990db6ce9806f66b7970fd"
                  "ff8617187bb9fffdff"));
  EXPECT_EQ(Get(iv, 16), counter);
}

// ---- GCM: test case 4 of its specification without its last 12 bytes of text,
// of which only the hash is known by another way: the two halves must agree
// ----

TEST_F(CryptoTest, GcmEncryptsBlocks) {
  constexpr char kKey[] = "feffe9928665731c6d6a8f9467308308";
  const GuestPtr state = GcmState(kKey, "cafebabefacedbaddecaf88800000002");
  const GuestPtr text = Put(Bytes(
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
      "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255"));
  const GuestPtr out = Room(64);
  const GuestPtr key = Key(kKey, SLIPWAY_CRYPTO_ENCRYPT);
  ASSERT_EQ(Error(CryptoGcm(memory_, SLIPWAY_CRYPTO_ENCRYPT, key, state, text,
                            out, 64)),
            0);
  // Test case 3, which has no other data: hash the lengths, and add the first
  // counter's block.
  EXPECT_EQ(
      Get(out, 64),
      Bytes("42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca"
            "12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091473"
            "f5985"));
  const GuestPtr lengths = Put(Bytes("00000000000000000000000000000200"));
  ASSERT_EQ(Error(CryptoGhash(memory_, state, lengths, 16)), 0);
  const GuestPtr first = Put(Bytes("cafebabefacedbaddecaf88800000001"));
  ASSERT_EQ(Error(CryptoAes(memory_, SLIPWAY_AES_CTR32, key, first, state,
                            state, 16)),
            0);
  EXPECT_EQ(Get(state, 16), Bytes("4d5c2af327cd64a62cf35abd2ba6fab4"));
  EXPECT_EQ(Get(state + 32, 16), Bytes("cafebabefacedbaddecaf88800000006"));
}

// Of every length, where the assembly's own loops start and end: as one call,
// as calls for each block, and back; the counter wraps.
TEST_F(CryptoTest, GcmDoesNotDependOnThePieces) {
  const char kCounter[] = "cafebabefacedbaddecaf888fffffffc";
  const GuestPtr key = Key(kKey256, SLIPWAY_CRYPTO_ENCRYPT);
  std::vector<uint8_t> plain(16 * 60);
  for (size_t i = 0; i < plain.size(); ++i) {
    plain[i] = static_cast<uint8_t>(i * i + i / 16);
  }
  const GuestPtr from = Put(plain), whole = Room(plain.size()),
                 parts = Room(plain.size()), back = Room(plain.size());
  for (size_t size = 0; size <= plain.size(); size += 16) {
    const GuestPtr s1 = GcmState(kKey256, kCounter);
    const GuestPtr s2 = GcmState(kKey256, kCounter);
    const GuestPtr s3 = GcmState(kKey256, kCounter);
    ASSERT_EQ(Error(CryptoGcm(memory_, SLIPWAY_CRYPTO_ENCRYPT, key, s1, from,
                              whole, size)),
              0);
    for (size_t i = 0; i < size; i += 16) {
      ASSERT_EQ(Error(CryptoGcm(memory_, SLIPWAY_CRYPTO_ENCRYPT, key, s2,
                                from + i, parts + i, 16)),
                0);
    }
    EXPECT_EQ(Get(whole, size), Get(parts, size)) << size;
    EXPECT_EQ(Get(s1, sizeof(slipway_gcm)), Get(s2, sizeof(slipway_gcm)))
        << size;
    ASSERT_EQ(Error(CryptoGcm(memory_, SLIPWAY_CRYPTO_DECRYPT, key, s3, whole,
                              back, size)),
              0);
    EXPECT_EQ(Get(back, size), Get(from, size)) << size;
    EXPECT_EQ(Get(s1, sizeof(slipway_gcm)), Get(s3, sizeof(slipway_gcm)))
        << size;
  }
}

// ---- ChaCha20: RFC 8439, 2.4.2 ----

TEST_F(CryptoTest, ChaCha20) {
  const std::string text =
      "Ladies and Gentlemen of the class of '99: If I could offer you only one "
      "tip for the future, sunscreen would be it.";
  const GuestPtr at = Put(std::vector<uint8_t>(text.begin(), text.end()));
  std::vector<uint8_t> key(32);
  for (int i = 0; i < 32; ++i) key[i] = static_cast<uint8_t>(i);
  ASSERT_EQ(Error(CryptoChaCha20(memory_, Put(key),
                                 Put(Bytes("01000000000000000000004a00000000")),
                                 at, at, text.size())),
            0);
  EXPECT_EQ(
      Get(at, text.size()),
      Bytes("6e2e359a2568f98041ba0728dd0d6981e97e7aec1d4360c20a27afccfd9fa"
            "e0bf91b65c5524733ab8f593dabcd62b3571639d624e65152ab8f530c359f0"
            "861d807ca0dbf500d6a6156a38e088a22b65e52bc514d16ccf806818ce91ab"
            "77937365af90bbf74a35be6b40b8eedf2785e42874d"));
}

// ---- Montgomery ----

// Modulo 2^64k - 1 the factor 2^-64k is 1, so the product is the ordinary one,
// and 3 times 5 is 15; modulo 2^64k - 1, -1/n modulo 2^64 is 1.
TEST_F(CryptoTest, Montgomery) {
  for (uint64_t words = SLIPWAY_CRYPTO_MIN_WORDS;
       words <= SLIPWAY_CRYPTO_MAX_WORDS; ++words) {
    std::vector<uint8_t> a(8 * words), b(8 * words), n(8 * words, 0xff);
    a[0] = 3;
    b[0] = 5;
    b[8] = 7;
    const GuestPtr result = Room(8 * words);
    ASSERT_EQ(Error(CryptoMontgomery(memory_, result, Put(a), Put(b), Put(n), 1,
                                     words)),
              0);
    std::vector<uint8_t> product(8 * words);
    product[0] = 15;
    product[8] = 21;
    EXPECT_EQ(Get(result, 8 * words), product) << words;
  }
}

// ---- What is refused ----

TEST_F(CryptoTest, RefusesLengths) {
  const GuestPtr data = Room(256), state = Room(64);
  const GuestPtr key = Key(kKey128, SLIPWAY_CRYPTO_ENCRYPT);
  for (const uint64_t length :
       {uint64_t{1}, uint64_t{15}, uint64_t{SLIPWAY_CRYPTO_MAX_BYTES} + 128,
        ~uint64_t{0}, ~uint64_t{127}}) {
    EXPECT_EQ(
        Error(CryptoHash(memory_, SLIPWAY_HASH_SHA512, state, data, length)),
        EINVAL);
    EXPECT_EQ(
        Error(CryptoAes(memory_, SLIPWAY_AES_ECB, key, {}, data, data, length)),
        EINVAL);
    EXPECT_EQ(Error(CryptoGcm(memory_, SLIPWAY_CRYPTO_ENCRYPT, key, state, data,
                              data, length)),
              EINVAL);
    EXPECT_EQ(Error(CryptoGhash(memory_, state, data, length)), EINVAL);
    EXPECT_EQ(Error(CryptoAesKey(memory_, SLIPWAY_CRYPTO_ENCRYPT, data, length,
                                 state)),
              EINVAL);
    EXPECT_EQ(Error(CryptoMontgomery(memory_, data, data, data, data, 1,
                                     length | 129)),
              EINVAL);
  }
  EXPECT_EQ(Error(CryptoChaCha20(memory_, state, state, data, data,
                                 SLIPWAY_CRYPTO_MAX_BYTES + 1)),
            EINVAL);
  EXPECT_EQ(Error(CryptoMontgomery(memory_, data, data, data, data, 1, 3)),
            EINVAL);
}

TEST_F(CryptoTest, RefusesWhatHasNoName) {
  const GuestPtr data = Room(256), state = Room(64);
  const GuestPtr key = Key(kKey128, SLIPWAY_CRYPTO_ENCRYPT);
  EXPECT_EQ(Error(CryptoHash(memory_, 3, state, data, 128)), EINVAL);
  EXPECT_EQ(Error(CryptoAes(memory_, 5, key, state, data, data, 16)), EINVAL);
  EXPECT_EQ(Error(CryptoAesKey(memory_, 2, data, 16, key)), EINVAL);
  EXPECT_EQ(Error(CryptoGcm(memory_, 2, key, state, data, data, 16)), EINVAL);
}

// The assembly would read as many round keys.
TEST_F(CryptoTest, RefusesRounds) {
  const GuestPtr data = Room(64), state = Room(64);
  for (const uint32_t rounds : {0u, 8u, 10u, 12u, 14u, 0x7fffffffu, ~0u}) {
    slipway_aes_key key = {};
    key.rounds = rounds;
    const GuestPtr schedule = PutValue(key);
    EXPECT_EQ(Error(CryptoAes(memory_, SLIPWAY_AES_CTR32, schedule, state, data,
                              data, 64)),
              EINVAL);
    EXPECT_EQ(Error(CryptoGcm(memory_, SLIPWAY_CRYPTO_DECRYPT, schedule, state,
                              data, data, 64)),
              EINVAL);
  }
}

// Outside of the memory, in pages that are not there and in those that cannot
// be written, at the start and in the middle.
TEST_F(CryptoTest, FaultsAreErrors) {
  const GuestPtr data = Room(1024), state = Room(64);
  const GuestPtr key = Key(kKey128, SLIPWAY_CRYPTO_ENCRYPT);
  const GuestPtr last{kUnmapped.address - 512};
  const GuestPtr before{kReadOnly.address - 512};
  const auto all = [&](GuestPtr from, GuestPtr to) {
    EXPECT_EQ(
        Error(CryptoAes(memory_, SLIPWAY_AES_ECB, key, {}, from, to, 1024)),
        EFAULT);
    EXPECT_EQ(
        Error(CryptoAes(memory_, SLIPWAY_AES_CBC, key, state, from, to, 1024)),
        EFAULT);
    EXPECT_EQ(Error(CryptoAes(memory_, SLIPWAY_AES_CTR32, key, state, from, to,
                              1024)),
              EFAULT);
    EXPECT_EQ(Error(CryptoGcm(memory_, SLIPWAY_CRYPTO_ENCRYPT, key, state, from,
                              to, 1024)),
              EFAULT);
    EXPECT_EQ(Error(CryptoGcm(memory_, SLIPWAY_CRYPTO_DECRYPT, key, state, from,
                              to, 1024)),
              EFAULT);
    EXPECT_EQ(Error(CryptoChaCha20(memory_, data, data, from, to, 1024)),
              EFAULT);
    EXPECT_EQ(Error(CryptoMontgomery(memory_, to, from, data, data, 1, 128)),
              EFAULT);
    EXPECT_EQ(Error(CryptoMontgomery(memory_, to, data, from, data, 1, 127)),
              EFAULT);
  };
  const GuestPtr outside[] = {
      {kSize},   {kSize - 512}, {~uint64_t{0} - 511}, {uint64_t{1} << 40}, {0},
      kUnmapped, last};
  for (const GuestPtr at : outside) {
    all(at, data);
    all(data, at);
    for (const uint32_t hash :
         {SLIPWAY_HASH_SHA1, SLIPWAY_HASH_SHA256, SLIPWAY_HASH_SHA512}) {
      EXPECT_EQ(Error(CryptoHash(memory_, hash, state, at, 1024)), EFAULT);
    }
    EXPECT_EQ(Error(CryptoGhash(memory_, state, at, 1024)), EFAULT);
  }
  all(data, kReadOnly);
  all(data, before);
  const GuestPtr end{kUnmapped.address - 8};
  EXPECT_EQ(Error(CryptoHash(memory_, SLIPWAY_HASH_SHA256, end, data, 64)),
            EFAULT);
  EXPECT_EQ(Error(CryptoAes(memory_, SLIPWAY_AES_ECB, end, {}, data, data, 16)),
            EFAULT);
  EXPECT_EQ(Error(CryptoGcm(memory_, SLIPWAY_CRYPTO_ENCRYPT, key, end, data,
                            data, 16)),
            EFAULT);
  EXPECT_EQ(
      Error(CryptoAesKey(memory_, SLIPWAY_CRYPTO_ENCRYPT, data, 16, kReadOnly)),
      EFAULT);
}

TEST_F(CryptoTest, ReadsUpToTheEnd) {
  const GuestPtr state = Room(64);
  const GuestPtr key = Key(kKey128, SLIPWAY_CRYPTO_ENCRYPT);
  for (uint64_t size = 16; size <= 1024; size += 16) {
    const GuestPtr at{kUnmapped.address - size};
    const GuestPtr to{kReadOnly.address - size};
    EXPECT_EQ(Error(CryptoGcm(memory_, SLIPWAY_CRYPTO_ENCRYPT, key, state, at,
                              to, size)),
              0);
    EXPECT_EQ(Error(CryptoGcm(memory_, SLIPWAY_CRYPTO_DECRYPT, key, state, at,
                              to, size)),
              0);
    EXPECT_EQ(
        Error(CryptoAes(memory_, SLIPWAY_AES_CTR32, key, state, at, to, size)),
        0);
    EXPECT_EQ(Error(CryptoGhash(memory_, state, at, size)), 0);
    EXPECT_EQ(Error(CryptoChaCha20(memory_, to, to, at, to, size)), 0);
  }
  const GuestPtr words{kUnmapped.address - 1024};
  EXPECT_EQ(Error(CryptoMontgomery(memory_, state, words, words, words, 1, 4)),
            0);
}

}  // namespace
}  // namespace slipway::host
