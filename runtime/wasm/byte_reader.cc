#include "runtime/wasm/byte_reader.h"

#include <cstdio>
#include <cstring>
#include <string>
#include <type_traits>

#include "runtime/wasm/error.h"
#include "runtime/wasm/limits.h"
#include "runtime/wasm/utf8.h"

namespace slipway::wasm {

template <typename Result, int kBits>
bool ByteReader::ReadLeb(Result& value) {
  constexpr int kMaxBytes = (kBits + 6) / 7;
  // Bits of the longest encoding's last byte that belong to the value; for a
  // signed type the highest of them is the sign, which the rest must repeat.
  constexpr int kLastBits = kBits - 7 * (kMaxBytes - 1);
  const size_t start = offset();
  uint64_t result = 0;
  for (int i = 0; i < kMaxBytes; ++i) {
    if (at_ == end_) return FailEnd("the rest of a number");
    const uint8_t byte = *at_++;
    result |= static_cast<uint64_t>(byte & 0x7f) << (7 * i);
    if ((byte & 0x80) != 0) continue;
    if constexpr (std::is_signed_v<Result>) {
      const int high = byte >> (kLastBits - 1);
      if (i == kMaxBytes - 1 && high != 0 && high != 0x7f >> (kLastBits - 1)) {
        return FailAt(
            start, "integer too large for " + std::to_string(kBits) + " bits");
      }
      const int width = 7 * (i + 1);
      if ((byte & 0x40) != 0 && width < 64) result |= ~uint64_t{0} << width;
    } else if (i == kMaxBytes - 1 && (byte >> kLastBits) != 0) {
      return FailAt(start,
                    "integer too large for " + std::to_string(kBits) + " bits");
    }
    value = static_cast<Result>(result);
    return true;
  }
  return FailAt(start, "integer representation too long: more than " +
                           std::to_string(kMaxBytes) + " bytes");
}

bool ByteReader::ReadU32Slow(uint32_t& value) {
  return ReadLeb<uint32_t, 32>(value);
}
bool ByteReader::ReadU64Slow(uint64_t& value) {
  return ReadLeb<uint64_t, 64>(value);
}
bool ByteReader::ReadS32Slow(int32_t& value) {
  return ReadLeb<int32_t, 32>(value);
}
bool ByteReader::ReadS33(int64_t& value) { return ReadLeb<int64_t, 33>(value); }
bool ByteReader::ReadS64Slow(int64_t& value) {
  return ReadLeb<int64_t, 64>(value);
}

bool ByteReader::ReadFixed32(uint32_t& value) {
  if (remaining() < sizeof(value)) return FailEnd("4 bytes");
  std::memcpy(&value, at_, sizeof(value));
  at_ += sizeof(value);
  return true;
}

bool ByteReader::ReadFixed64(uint64_t& value) {
  if (remaining() < sizeof(value)) return FailEnd("8 bytes");
  std::memcpy(&value, at_, sizeof(value));
  at_ += sizeof(value);
  return true;
}

bool ByteReader::ReadBytes(size_t size, Bytes& bytes) {
  if (remaining() < size) return FailEnd(std::to_string(size) + " bytes");
  bytes = Bytes(at_, size);
  at_ += size;
  return true;
}

bool ByteReader::ReadName(std::string_view& name) {
  uint32_t size;
  Bytes bytes;
  const size_t start = offset();
  if (!ReadU32(size) || !ReadBytes(size, bytes)) return false;
  name = {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  if (!IsUtf8(name)) return FailAt(start, "malformed UTF-8 encoding");
  return true;
}

bool ByteReader::ReadCount(uint32_t& count, std::string_view what,
                           uint32_t limit) {
  const size_t start = offset();
  if (!ReadU32(count)) return false;
  if (count <= remaining()) {
    return count <= limit || FailAt(start, TooMany(what, count, limit));
  }
  return FailAt(start, "unexpected end: " + std::to_string(count) + " " +
                           std::string(what) + " in " +
                           std::to_string(remaining()) + " bytes");
}

bool ByteReader::ExpectEnd(std::string_view what) {
  if (AtEnd()) return true;
  return Fail("section size mismatch: " + std::to_string(remaining()) +
              " bytes left over in " + std::string(what));
}

bool ByteReader::FailAt(size_t offset, std::string_view message) {
  if (status_.ok()) status_ = MalformedError(offset, message);
  return false;
}

bool ByteReader::FailInvalid(size_t offset, std::string_view message) {
  if (status_.ok()) status_ = InvalidError(offset, message);
  return false;
}

bool ByteReader::FailMalformed(size_t offset, std::string_view what,
                               std::string_view expected, uint32_t found) {
  char number[16];
  std::snprintf(number, sizeof(number), "0x%02x", found);
  return FailAt(offset, "malformed " + std::string(what) + ": expected " +
                            std::string(expected) + ", found " + number);
}

bool ByteReader::FailEnd(std::string_view expected) {
  return FailAt(offset(), "unexpected end: expected " + std::string(expected) +
                              ", " + std::to_string(remaining()) +
                              " bytes are left");
}

}  // namespace slipway::wasm
