#include "runtime/cache/sha256.h"

#include <cstring>

namespace slipway::cache {

std::string Hex(const Digest& digest) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  hex.reserve(2 * digest.size());
  for (const uint8_t byte : digest) {
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
  }
  return hex;
}

Sha256::Sha256() { SHA256_Init(&context_); }

Sha256& Sha256::Update(std::string_view bytes) {
  SHA256_Update(&context_, bytes.data(), bytes.size());
  return *this;
}

Sha256& Sha256::Field(std::string_view bytes) {
  const uint64_t size = bytes.size();
  char header[sizeof(size)];
  std::memcpy(header, &size, sizeof(size));
  return Update({header, sizeof(header)}).Update(bytes);
}

Digest Sha256::Finish() {
  Digest digest;
  SHA256_Final(digest.data(), &context_);
  return digest;
}

}  // namespace slipway::cache
