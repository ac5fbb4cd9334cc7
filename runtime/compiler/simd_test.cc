// Vector operators where the obvious x86 instruction is not the answer.

#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/compiler/testing/object_runner.h"
#include "runtime/object/object_format.h"
#include "runtime/wasm/opcode.h"
#include "runtime/wasm/testing/module_builder.h"

namespace slipway::compiler {
namespace {

using object::Value;
using wasm::Code;
using wasm::ModuleBuilder;
using wasm::Opcode;
using wasm::ValueType;

template <typename Lane>
using Lanes = std::array<Lane, 16 / sizeof(Lane)>;

template <typename Lane>
Value V128(const Lanes<Lane>& lanes) {
  Value value;
  memcpy(value.v128, lanes.data(), 16);
  return value;
}

template <typename Lane>
Lanes<Lane> LanesOf(const Value& value) {
  Lanes<Lane> lanes;
  memcpy(lanes.data(), value.v128, 16);
  return lanes;
}

// Applies an operator to operands, compiled at the least CPU supported.
Value Apply(Opcode op, std::vector<Value> operands) {
  ModuleBuilder builder;
  Code code;
  std::vector<ValueType> params;
  const wasm::OpcodeInfo& info = wasm::GetOpcodeInfo(op);
  for (uint32_t i = 0; i < info.params.size(); ++i) {
    params.push_back(info.params[i] == 'v' ? ValueType::kV128
                                           : ValueType::kI32);
    code.LocalGet(i);
  }
  const ValueType result =
      info.results[0] == 'v' ? ValueType::kV128 : ValueType::kI32;
  const uint32_t function =
      builder.Function(builder.Type(params, {result}), code.Op(op));
  ObjectRunner runner(builder.Build(), {.cpu = "x86-64-v2"});
  EXPECT_TRUE(runner.Call(function, operands).ok());
  return operands[0];
}

TEST(SimdTest, SwizzleGivesZeroOutOfRange) {
  const Lanes<uint8_t> bytes = {10, 11, 12, 13, 14, 15, 16, 17,
                                18, 19, 20, 21, 22, 23, 24, 25};
  const Lanes<uint8_t> indices = {15, 16, 0, 127, 128, 255, 1, 31,
                                  32, 2,  3, 4,   5,   6,   7, 8};
  const Lanes<uint8_t> expected = {25, 0,  10, 0,  0,  0,  11, 0,
                                   0,  12, 13, 14, 15, 16, 17, 18};
  EXPECT_EQ(LanesOf<uint8_t>(Apply(Opcode::kI8x16Swizzle,
                                   {V128(bytes), V128(indices)})),
            expected);
}

TEST(SimdTest, Q15mulrSaturates) {
  const Lanes<int16_t> a = {-32768, -32768, 32767, 16384, 0, 1, -1, 3};
  const Lanes<int16_t> b = {-32768, 32767, 32767, 16384, 5, 1, 1, 16384};
  const Lanes<int16_t> expected = {32767, -32767, 32766, 8192, 0, 0, 0, 2};
  EXPECT_EQ(LanesOf<int16_t>(Apply(Opcode::kI16x8Q15mulrSatS,
                                   {V128(a), V128(b)})),
            expected);
}

TEST(SimdTest, NarrowSaturatesSignedSources) {
  const Lanes<int16_t> a = {-1, 300, 255, 0, -32768, 32767, 127, 128};
  const Lanes<uint8_t> expected = {0, 255, 255, 0, 0, 255, 127, 128,
                                   0, 255, 255, 0, 0, 255, 127, 128};
  EXPECT_EQ(LanesOf<uint8_t>(Apply(Opcode::kI8x16NarrowI16x8U,
                                   {V128(a), V128(a)})),
            expected);
}

TEST(SimdTest, DotWrapsItsOnlyOverflow) {
  const Lanes<int16_t> a = {-32768, -32768, 1, 2, 0, 0, 0, 0};
  const Lanes<int32_t> expected = {INT32_MIN, 5, 0, 0};
  EXPECT_EQ(
      LanesOf<int32_t>(Apply(Opcode::kI32x4DotI16x8S, {V128(a), V128(a)})),
      expected);
}

TEST(SimdTest, ShiftCountsWrap) {
  const Lanes<uint8_t> a = {0x80, 1, 2, 3};
  const Lanes<uint8_t> expected = {0xc0, 0, 1, 1};
  EXPECT_EQ(LanesOf<uint8_t>(
                Apply(Opcode::kI8x16ShrS, {V128(a), Value{.i32 = 9}})),
            expected);
}

TEST(SimdTest, MasksAndTruths) {
  const Lanes<int32_t> a = {-1, 0, INT32_MIN, 7};
  EXPECT_EQ(Apply(Opcode::kI32x4Bitmask, {V128(a)}).i32, 0b0101);
  EXPECT_EQ(Apply(Opcode::kI32x4AllTrue, {V128(a)}).i32, 0);
  EXPECT_EQ(Apply(Opcode::kV128AnyTrue, {V128(a)}).i32, 1);
}

TEST(SimdTest, PseudoMinimumReturnsTheFirstOfEquals) {
  const Lanes<float> a = {0.0f, NAN, 1.0f, 2.0f};
  const Lanes<float> b = {-0.0f, 1.0f, NAN, 1.0f};
  const Lanes<float> result =
      LanesOf<float>(Apply(Opcode::kF32x4Pmin, {V128(a), V128(b)}));
  EXPECT_FALSE(std::signbit(result[0]));
  EXPECT_TRUE(std::isnan(result[1]));
  EXPECT_EQ(result[2], 1.0f);
  EXPECT_EQ(result[3], 1.0f);
}

TEST(SimdTest, TruncSatZeroesTheHighLanes) {
  const Lanes<double> a = {-1.0, 1e20};
  const Lanes<uint32_t> expected = {0, UINT32_MAX, 0, 0};
  EXPECT_EQ(LanesOf<uint32_t>(
                Apply(Opcode::kI32x4TruncSatF64x2UZero, {V128(a)})),
            expected);
}

}  // namespace
}  // namespace slipway::compiler
