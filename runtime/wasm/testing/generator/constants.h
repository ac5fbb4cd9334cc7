// Numbers worth trying: the edges of ranges, and any others.

#ifndef SLIPWAY_RUNTIME_WASM_TESTING_GENERATOR_CONSTANTS_H_
#define SLIPWAY_RUNTIME_WASM_TESTING_GENERATOR_CONSTANTS_H_

#include <cstdint>
#include <vector>

#include "runtime/wasm/testing/code.h"
#include "runtime/wasm/testing/generator/choices.h"
#include "runtime/wasm/types.h"

namespace slipway::wasm {

// As the bits of an i32, i64, f32 or f64.
const std::vector<uint64_t>& InterestingBits(ValueType::Kind kind);

inline constexpr uint32_t kCanonicalNan32 = 0x7fc0'0000;
inline constexpr uint64_t kCanonicalNan64 = 0x7ff8'0000'0000'0000;

// Appends the constant instruction. `kind` is a number or v128.
void AppendConstant(Choices& choices, ValueType::Kind kind, Code& code);
// The simplest value of a type: a zero, or a null.
void AppendZero(ValueType::Kind kind, Code& code);

}  // namespace slipway::wasm

#endif  // SLIPWAY_RUNTIME_WASM_TESTING_GENERATOR_CONSTANTS_H_
