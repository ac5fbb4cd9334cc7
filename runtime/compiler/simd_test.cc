// Vector operators where the obvious x86 instruction is not the answer.

#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
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
  EXPECT_EQ(LanesOf<uint8_t>(
                Apply(Opcode::kI8x16Swizzle, {V128(bytes), V128(indices)})),
            expected);
}

TEST(SimdTest, Q15mulrSaturates) {
  const Lanes<int16_t> a = {-32768, -32768, 32767, 16384, 0, 1, -1, 3};
  const Lanes<int16_t> b = {-32768, 32767, 32767, 16384, 5, 1, 1, 16384};
  const Lanes<int16_t> expected = {32767, -32767, 32766, 8192, 0, 0, 0, 2};
  EXPECT_EQ(
      LanesOf<int16_t>(Apply(Opcode::kI16x8Q15mulrSatS, {V128(a), V128(b)})),
      expected);
}

TEST(SimdTest, NarrowSaturatesSignedSources) {
  const Lanes<int16_t> a = {-1, 300, 255, 0, -32768, 32767, 127, 128};
  const Lanes<uint8_t> expected = {0, 255, 255, 0, 0, 255, 127, 128,
                                   0, 255, 255, 0, 0, 255, 127, 128};
  EXPECT_EQ(
      LanesOf<uint8_t>(Apply(Opcode::kI8x16NarrowI16x8U, {V128(a), V128(a)})),
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
  EXPECT_EQ(
      LanesOf<uint8_t>(Apply(Opcode::kI8x16ShrS, {V128(a), Value{.i32 = 9}})),
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

// An operator applied to operands that are constants, and to the same ones that
// are not.
struct Twins {
  Opcode op;
  std::vector<Value> operands;
  uint32_t folded, run;  // functions
};

Twins AddTwins(ModuleBuilder& builder, Opcode op, size_t selection) {
  const Lanes<double> doubles = {1 + 0x1p-30, -0.0};
  const Lanes<float> floats = {NAN, 1 + 0x1p-12f, -3e38f, 0.0f};
  const Lanes<int8_t> bytes = {-128, 127, -1, 16,  15, 0,  -128, -128,
                               100,  31,  2,  -16, 64, 65, -3,   5};
  const Value choices[] = {V128(doubles), V128(floats), V128(bytes)};
  Twins twins = {
      .op = op,
      .operands = {choices[selection % 3], choices[selection / 3 % 3],
                   choices[selection / 9]}};
  const size_t arity = wasm::GetOpcodeInfo(op).params.size();
  Code constants, variables;
  for (uint32_t i = 0; i < arity; ++i) {
    std::array<uint8_t, 16> lanes;
    memcpy(lanes.data(), twins.operands[i].v128, 16);
    constants.V128(lanes);
    variables.LocalGet(i);
  }
  const uint32_t type = builder.Type(
      std::vector<ValueType>(arity, ValueType::kV128), {ValueType::kV128});
  twins.folded = builder.Function(type, constants.Op(op));
  twins.run = builder.Function(type, variables.Op(op));
  return twins;
}

// Bit by bit; but which NaN an operation gives is nowhere deterministic.
template <typename Lane>
bool SameFloats(const Value& a, const Value& b) {
  const Lanes<Lane> x = LanesOf<Lane>(a), y = LanesOf<Lane>(b);
  for (size_t i = 0; i < x.size(); ++i) {
    if (std::isnan(x[i]) ? !std::isnan(y[i])
                         : memcmp(&x[i], &y[i], sizeof(Lane)) != 0) {
      return false;
    }
  }
  return true;
}

bool SameResult(Opcode op, const Value& a, const Value& b) {
  const std::string_view name = wasm::OpcodeName(op);
  if (name.starts_with("f32x4")) return SameFloats<float>(a, b);
  if (name.starts_with("f64x2")) return SameFloats<double>(a, b);
  return memcmp(a.v128, b.v128, 16) == 0;
}

// Multiply-add was fused in constants only, on CPUs that cannot.
TEST(SimdTest, RelaxedOperatorsAreDeterministic) {
  ModuleBuilder builder;
  std::vector<Twins> all;
  for (Opcode op :
       {Opcode::kI8x16RelaxedSwizzle, Opcode::kI32x4RelaxedTruncF32x4S,
        Opcode::kI32x4RelaxedTruncF32x4U, Opcode::kF32x4RelaxedMadd,
        Opcode::kF32x4RelaxedNmadd, Opcode::kF64x2RelaxedMadd,
        Opcode::kF64x2RelaxedNmadd, Opcode::kI8x16RelaxedLaneselect,
        Opcode::kF32x4RelaxedMin, Opcode::kF32x4RelaxedMax,
        Opcode::kI16x8RelaxedQ15mulrS, Opcode::kI16x8RelaxedDotI8x16I7x16S,
        Opcode::kI32x4RelaxedDotI8x16I7x16AddS}) {
    for (size_t i = 0; i < 27; ++i) all.push_back(AddTwins(builder, op, i));
  }
  for (const char* cpu : {"x86-64-v2", "native"}) {
    ObjectRunner runner(builder.Build(), {.cpu = cpu});
    for (const Twins& twins : all) {
      std::vector<Value> folded = twins.operands, run = twins.operands;
      ASSERT_TRUE(runner.Call(twins.folded, folded).ok());
      ASSERT_TRUE(runner.Call(twins.run, run).ok());
      EXPECT_TRUE(SameResult(twins.op, folded[0], run[0]))
          << wasm::OpcodeName(twins.op) << " on " << cpu;
    }
  }
}

TEST(SimdTest, TruncSatZeroesTheHighLanes) {
  const Lanes<double> a = {-1.0, 1e20};
  const Lanes<uint32_t> expected = {0, UINT32_MAX, 0, 0};
  EXPECT_EQ(
      LanesOf<uint32_t>(Apply(Opcode::kI32x4TruncSatF64x2UZero, {V128(a)})),
      expected);
}

}  // namespace
}  // namespace slipway::compiler
