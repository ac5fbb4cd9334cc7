// Numbers and pointers as DWARF and the exception tables beside it encode them
// (LSB core, 10.5.1). Internal to the unwinder. The data is trusted, as it
// comes with generated code: the reader has no bounds.

#ifndef SLIPWAY_RUNTIME_ENGINE_DWARF_READER_H_
#define SLIPWAY_RUNTIME_ENGINE_DWARF_READER_H_

#include <cstdint>
#include <cstring>

namespace slipway::engine {

// Pointer encodings: a format, and for some what the number is relative to.
inline constexpr uint8_t kAbsolute = 0x00;  // 8 bytes
inline constexpr uint8_t kUleb128 = 0x01;
inline constexpr uint8_t kUdata4 = 0x03;
inline constexpr uint8_t kSdata4 = 0x0b;
inline constexpr uint8_t kSdata8 = 0x0c;
inline constexpr uint8_t kFormatMask = 0x0f;
inline constexpr uint8_t kPcRelative = 0x10;
inline constexpr uint8_t kDataRelative = 0x30;
inline constexpr uint8_t kIndirect = 0x80;
inline constexpr uint8_t kOmit = 0xff;

class DwarfReader {
 public:
  explicit DwarfReader(const uint8_t* at) : at_(at) {}

  const uint8_t* position() const { return at_; }
  void Skip(uint64_t bytes) { at_ += bytes; }

  template <typename T>
  T Fixed() {
    T value;
    std::memcpy(&value, at_, sizeof(value));
    at_ += sizeof(value);
    return value;
  }
  uint8_t Byte() { return *at_++; }

  uint64_t Uleb128() {
    uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
      const uint8_t byte = Byte();
      if (shift < 64) value |= uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) return value;
    }
  }
  int64_t Sleb128() {
    uint64_t value = 0;
    for (int shift = 0;;) {
      const uint8_t byte = Byte();
      if (shift < 64) value |= uint64_t{byte & 0x7fu} << shift;
      shift += 7;
      if (byte >= 0x80) continue;
      if ((byte & 0x40) != 0 && shift < 64) value |= ~uint64_t{0} << shift;
      return static_cast<int64_t>(value);
    }
  }

  // A number in the format of `encoding`, which must be one of those above.
  uint64_t Encoded(uint8_t encoding) {
    switch (encoding & kFormatMask) {
      case kUleb128:
        return Uleb128();
      case kUdata4:
        return Fixed<uint32_t>();
      case kSdata4:
        return static_cast<uint64_t>(int64_t{Fixed<int32_t>()});
      default:
        return Fixed<uint64_t>();
    }
  }

 private:
  const uint8_t* at_;
};

}  // namespace slipway::engine

#endif  // SLIPWAY_RUNTIME_ENGINE_DWARF_READER_H_
