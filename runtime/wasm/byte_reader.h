// A cursor over bytes that reads the binary format's primitives (core
// specification, section 5.2). Reads answer false after recording an error, so
// that hot loops build no Status; what they were to read is then unspecified,
// and the caller stops.

#ifndef SLIPWAY_RUNTIME_WASM_BYTE_READER_H_
#define SLIPWAY_RUNTIME_WASM_BYTE_READER_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "runtime/wasm/module.h"

namespace slipway::wasm {

class ByteReader {
 public:
  // `offset`: of bytes[0] in the file, for messages.
  explicit ByteReader(Bytes bytes, size_t offset = 0)
      : begin_(bytes.data()),
        at_(bytes.data()),
        end_(bytes.data() + bytes.size()),
        offset_(offset) {}

  bool AtEnd() const { return at_ == end_; }
  size_t remaining() const { return static_cast<size_t>(end_ - at_); }
  // Of the next byte in the file.
  size_t offset() const { return offset_ + static_cast<size_t>(at_ - begin_); }
  const uint8_t* position() const { return at_; }

  bool ReadByte(uint8_t& value) {
    if (at_ == end_) return FailEnd("a byte");
    value = *at_++;
    return true;
  }
  // The next byte without consuming it; -1 at the end.
  int Peek() const { return at_ == end_ ? -1 : *at_; }
  // Consumes what Peek() saw. Precondition: it saw something.
  void Skip() { ++at_; }

  // LEB128. An encoding that is longer than the type allows, or whose unused
  // bits are not the sign, is malformed.
  bool ReadU32(uint32_t& value) {
    if (at_ != end_ && *at_ < 0x80) {
      value = *at_++;
      return true;
    }
    return ReadU32Slow(value);
  }
  bool ReadU64(uint64_t& value) {
    if (at_ != end_ && *at_ < 0x80) {
      value = *at_++;
      return true;
    }
    return ReadU64Slow(value);
  }
  bool ReadS32(int32_t& value) {
    return ReadSignedByte(value) || ReadS32Slow(value);
  }
  bool ReadS33(int64_t& value);
  bool ReadS64(int64_t& value) {
    return ReadSignedByte(value) || ReadS64Slow(value);
  }

  // Little-endian, fixed width.
  bool ReadFixed32(uint32_t& value);
  bool ReadFixed64(uint64_t& value);

  bool ReadBytes(size_t size, Bytes& bytes);
  // A length-prefixed UTF-8 string.
  bool ReadName(std::string_view& name);
  // A vector's length. Every element takes at least one byte, so a count that
  // exceeds what remains is refused before anything is allocated for it.
  bool ReadCount(uint32_t& count, std::string_view what,
                 uint32_t limit = 0xffff'ffff);

  // The end of a section or body whose bytes must all have been read.
  bool ExpectEnd(std::string_view what);

  // These record an error (see error.h) unless there is one already, and
  // return false, so that callers can return it.
  bool Fail(std::string_view message) { return FailAt(offset(), message); }
  bool FailAt(size_t offset, std::string_view message);
  bool FailInvalid(size_t offset, std::string_view message);
  // "malformed mutability: expected 0x00 or 0x01, found 0x02".
  bool FailMalformed(size_t offset, std::string_view what,
                     std::string_view expected, uint32_t found);
  // OK until the first error; see error.h.
  const absl::Status& status() const { return status_; }

 private:
  bool FailEnd(std::string_view expected);
  // A signed number of one byte; false, and nothing read, when it is longer.
  template <typename Result>
  bool ReadSignedByte(Result& value) {
    if (at_ == end_ || *at_ >= 0x80) return false;
    value = static_cast<int8_t>(*at_++ << 1) >> 1;
    return true;
  }
  bool ReadU32Slow(uint32_t& value);
  bool ReadU64Slow(uint64_t& value);
  bool ReadS32Slow(int32_t& value);
  bool ReadS64Slow(int64_t& value);
  template <typename Result, int kBits>
  bool ReadLeb(Result& value);

  const uint8_t* begin_;
  const uint8_t* at_;
  const uint8_t* end_;
  size_t offset_;
  absl::Status status_;
};

}  // namespace slipway::wasm

#endif  // SLIPWAY_RUNTIME_WASM_BYTE_READER_H_
