// The letters of opcode.def that mean the same type for every operator.

#ifndef SLIPWAY_RUNTIME_WASM_LETTER_TYPE_H_
#define SLIPWAY_RUNTIME_WASM_LETTER_TYPE_H_

#include <array>
#include <cstdint>

#include "runtime/wasm/types.h"

namespace slipway::wasm {

inline constexpr std::array<ValueType, 128> kLetterTypes = [] {
  std::array<ValueType, 128> types = {};
  types['i'] = ValueType::kI32;
  types['l'] = ValueType::kI64;
  types['f'] = ValueType::kF32;
  types['d'] = ValueType::kF64;
  types['v'] = ValueType::kV128;
  return types;
}();

// kBottom for a letter whose type depends on the operator's immediates.
constexpr ValueType FixedLetterType(char letter) {
  return kLetterTypes[static_cast<uint8_t>(letter)];
}

}  // namespace slipway::wasm

#endif  // SLIPWAY_RUNTIME_WASM_LETTER_TYPE_H_
