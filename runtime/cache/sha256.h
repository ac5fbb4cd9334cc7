// SHA-256 (FIPS 180-4) of byte sequences.
//
//   Digest id = Sha256().Field(module_bytes).Field("native").Finish();

#ifndef SLIPWAY_RUNTIME_CACHE_SHA256_H_
#define SLIPWAY_RUNTIME_CACHE_SHA256_H_

#include <openssl/sha.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace slipway::cache {

using Digest = std::array<uint8_t, SHA256_DIGEST_LENGTH>;

// Lower case, 64 digits.
std::string Hex(const Digest& digest);

class Sha256 {
 public:
  Sha256();
  // Appends the bytes alone.
  Sha256& Update(std::string_view bytes);
  // Appends the length, then the bytes: a sequence of fields hashes apart
  // from every other sequence.
  Sha256& Field(std::string_view bytes);
  // May be called once, last.
  Digest Finish();

 private:
  SHA256_CTX context_;
};

}  // namespace slipway::cache

#endif  // SLIPWAY_RUNTIME_CACHE_SHA256_H_
