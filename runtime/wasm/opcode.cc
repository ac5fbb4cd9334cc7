#include "runtime/wasm/opcode.h"

#include <array>

namespace slipway::wasm {
namespace {

// code -> Opcode of one prefix, whose codes are below kSize.
template <uint8_t kPrefix, size_t kSize>
constexpr std::array<Opcode, kSize> MakeLookup() {
  std::array<Opcode, kSize> lookup = {};
  lookup.fill(kNoOpcode);
  for (uint16_t op = 0; op < kOpcodeCount; ++op) {
    if (kOpcodeTable[op].prefix == kPrefix) {
      lookup[kOpcodeTable[op].code] = static_cast<Opcode>(op);
    }
  }
  return lookup;
}

constexpr auto kMiscellaneous = MakeLookup<0xfc, 0x12>();
constexpr auto kVector = MakeLookup<0xfd, 0x114>();
constexpr auto kAtomic = MakeLookup<0xfe, 0x4f>();

template <size_t kSize>
std::optional<Opcode> Find(const std::array<Opcode, kSize>& lookup,
                           uint32_t code) {
  if (code >= kSize || lookup[code] == kNoOpcode) return std::nullopt;
  return lookup[code];
}

}  // namespace

std::optional<Opcode> FindOpcode(uint8_t prefix, uint32_t code) {
  switch (prefix) {
    case 0:
      return Find(kPlainOpcodes, code);
    case 0xfc:
      return Find(kMiscellaneous, code);
    case 0xfd:
      return Find(kVector, code);
    case 0xfe:
      return Find(kAtomic, code);
    default:
      return std::nullopt;
  }
}

}  // namespace slipway::wasm
