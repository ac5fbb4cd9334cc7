// A NaN result must be quiet, also where LLVM finds out, at whatever point of
// the optimisation, that an operation changes nothing but NaNs.

#include <array>
#include <cmath>
#include <cstdint>
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

// Every function takes a number x, the integer 1 and the number 1, and has a
// local of each of the types f64 and v128.
constexpr uint32_t kX = 0;
constexpr uint32_t kInteger = 1;
constexpr uint32_t kOne = 2;
constexpr uint32_t kNumber = 3;
constexpr uint32_t kVector = 4;

constexpr int64_t kSignalling = 0x7ff4000000000000;
constexpr int64_t kQuietBit = int64_t{1} << 51;

class QuietNanTest : public testing::TestWithParam<int> {
 protected:
  // The result for a signalling NaN as x.
  Value Run(const Code& code) {
    ModuleBuilder builder;
    const uint32_t type = builder.Type(
        {ValueType::kF64, ValueType::kI64, ValueType::kF64}, {ValueType::kF64});
    const uint32_t function =
        builder.Function(type, {ValueType::kF64, ValueType::kV128}, code);
    ObjectRunner runner(builder.Build(), {.optimization = GetParam()});
    Value values[3] = {{.i64 = kSignalling}, {.i64 = 1}, {.f64 = 1.0}};
    EXPECT_TRUE(runner.Call(function, values).ok());
    return values[0];
  }

  void ExpectQuiet(const Code& code) {
    const Value result = Run(code);
    EXPECT_TRUE(std::isnan(result.f64));
    EXPECT_NE(result.i64 & kQuietBit, 0) << std::hex << result.i64;
  }
};

INSTANTIATE_TEST_SUITE_P(Levels, QuietNanTest, testing::Values(0, 1, 2, 3));

struct Identity {
  double constant;
  Opcode op;
};

constexpr Identity kIdentities[] = {
    {1, Opcode::kF64Mul},    {-1, Opcode::kF64Mul}, {1, Opcode::kF64Div},
    {-1, Opcode::kF64Div},   {0, Opcode::kF64Sub},  {-0.0, Opcode::kF64Add},
    {-0.0, Opcode::kF64Sub},
};

TEST_P(QuietNanTest, ConstantOperand) {
  for (const Identity& identity : kIdentities) {
    SCOPED_TRACE(wasm::OpcodeName(identity.op));
    ExpectQuiet(Code().LocalGet(kX).F64(identity.constant).Op(identity.op));
  }
}

TEST_P(QuietNanTest, MinimumAndMaximum) {
  for (const Opcode op : {Opcode::kF64Min, Opcode::kF64Max}) {
    ExpectQuiet(Code().LocalGet(kX).F64(2).Op(op));
  }
}

TEST_P(QuietNanTest, ConstantInALocal) {
  for (const Identity& identity : kIdentities) {
    SCOPED_TRACE(wasm::OpcodeName(identity.op));
    ExpectQuiet(Code()
                    .F64(identity.constant)
                    .LocalSet(kNumber)
                    .Block(Opcode::kBlock)
                    .LocalGet(kInteger)
                    .Op(Opcode::kI32WrapI64)
                    .Op(Opcode::kBrIf, 0)
                    .End()
                    .LocalGet(kX)
                    .LocalGet(kNumber)
                    .Op(identity.op));
  }
}

TEST_P(QuietNanTest, NegationBySubtraction) {
  ExpectQuiet(
      Code().F64(-0.0).LocalSet(kNumber).LocalGet(kNumber).LocalGet(kX).Op(
          Opcode::kF64Sub));
}

TEST_P(QuietNanTest, LocalThatWasNeverSet) {
  ExpectQuiet(Code().LocalGet(kX).LocalGet(kNumber).Op(Opcode::kF64Sub));
}

TEST_P(QuietNanTest, SignChosenByABranch) {
  ExpectQuiet(Code()
                  .LocalGet(kInteger)
                  .Op(Opcode::kI32WrapI64)
                  .Block(Opcode::kIf, ValueType::kF64)
                  .F64(-1)
                  .Op(Opcode::kElse)
                  .F64(1)
                  .End()
                  .LocalGet(kX)
                  .Op(Opcode::kF64Mul));
}

TEST_P(QuietNanTest, SignCopied) {
  ExpectQuiet(Code()
                  .F64(1)
                  .LocalGet(kOne)
                  .Op(Opcode::kF64Copysign)
                  .LocalGet(kX)
                  .Op(Opcode::kF64Mul));
}

// The branch tells LLVM which number it is.
TEST_P(QuietNanTest, ComparedWithOne) {
  ExpectQuiet(Code()
                  .LocalGet(kOne)
                  .F64(1)
                  .Op(Opcode::kF64Eq)
                  .Block(Opcode::kIf, ValueType::kF64)
                  .LocalGet(kX)
                  .LocalGet(kOne)
                  .Op(Opcode::kF64Mul)
                  .Op(Opcode::kElse)
                  .F64(2)
                  .End());
}

TEST_P(QuietNanTest, IntegerComparedWithOne) {
  ExpectQuiet(Code()
                  .LocalGet(kInteger)
                  .I64(1)
                  .Op(Opcode::kI64Eq)
                  .Block(Opcode::kIf, ValueType::kF64)
                  .LocalGet(kX)
                  .LocalGet(kInteger)
                  .Op(Opcode::kF64ConvertI64S)
                  .Op(Opcode::kF64Mul)
                  .Op(Opcode::kElse)
                  .F64(2)
                  .End());
}

// A loop that LLVM evaluates.
TEST_P(QuietNanTest, CountedToOne) {
  ExpectQuiet(Code()
                  .Block(Opcode::kLoop)
                  .LocalGet(kNumber)
                  .F64(1)
                  .Op(Opcode::kF64Add)
                  .Op(Opcode::kLocalTee, kNumber)
                  .F64(1)
                  .Op(Opcode::kF64Lt)
                  .Op(Opcode::kBrIf, 0)
                  .End()
                  .LocalGet(kX)
                  .LocalGet(kNumber)
                  .Op(Opcode::kF64Mul));
}

TEST_P(QuietNanTest, OneByItsBits) {
  ExpectQuiet(Code()
                  .LocalGet(kX)
                  .I64(0x3ff0000000000000)
                  .Op(Opcode::kF64ReinterpretI64)
                  .Op(Opcode::kF64Mul));
}

TEST_P(QuietNanTest, ZeroAddedToAMagnitude) {
  ExpectQuiet(Code()
                  .LocalGet(kX)
                  .Op(Opcode::kF64Abs)
                  .LocalGet(kNumber)
                  .Op(Opcode::kF64Add));
}

TEST_P(QuietNanTest, VectorOfOnes) {
  std::array<uint8_t, 16> ones = {};
  ones[6] = ones[14] = 0xf0;
  ones[7] = ones[15] = 0x3f;
  ExpectQuiet(Code()
                  .V128(ones)
                  .LocalSet(kVector)
                  .LocalGet(kX)
                  .Op(Opcode::kF64x2Splat)
                  .LocalGet(kVector)
                  .Op(Opcode::kF64x2Mul)
                  .Op(Opcode::kF64x2ExtractLane, 1));
}

// f32 signalling NaNs: through promotion and back, with what may stand between.
TEST_P(QuietNanTest, PromotedAndDemoted) {
  const Code between[] = {
      Code(),
      Code().Op(Opcode::kF64Neg),
      Code().Op(Opcode::kF64Abs),
      Code().LocalGet(kOne).Op(Opcode::kF64Copysign),
      Code().LocalSet(kNumber).LocalGet(kNumber),
  };
  for (const Code& code : between) {
    Code whole;
    whole.LocalGet(kInteger)
        .Op(Opcode::kI32WrapI64)
        .I32(0x7fa00000)
        .Op(Opcode::kI32Or)
        .Op(Opcode::kF32ReinterpretI32)
        .Op(Opcode::kF64PromoteF32)
        .Append(code)
        .Op(Opcode::kF32DemoteF64)
        .Op(Opcode::kI32ReinterpretF32)
        .Op(Opcode::kF64ConvertI32U);
    const auto bits = static_cast<uint32_t>(Run(whole).f64);
    EXPECT_EQ(bits & 0x7fc00000u, 0x7fc00000u) << std::hex << bits;
  }
}

// What copies a NaN keeps its bits.
TEST_P(QuietNanTest, CopiesStaySignalling) {
  const Code copies[] = {
      Code().LocalGet(kX).Op(Opcode::kF64Neg).Op(Opcode::kF64Neg),
      Code().LocalGet(kX).Op(Opcode::kF64Abs),
      Code().LocalGet(kX).LocalGet(kOne).Op(Opcode::kF64Copysign),
      Code()
          .LocalGet(kX)
          .LocalGet(kOne)
          .LocalGet(kInteger)
          .Op(Opcode::kI32WrapI64)
          .Op(Opcode::kSelect),
  };
  for (const Code& code : copies) EXPECT_EQ(Run(code).i64, kSignalling);
}

}  // namespace
}  // namespace slipway::compiler
