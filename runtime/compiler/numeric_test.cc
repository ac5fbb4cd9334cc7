// Scalar operators at their edges: what each returns or how it traps.

#include <bit>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/compiler/testing/object_runner.h"
#include "runtime/object/object_format.h"
#include "runtime/wasm/letter_type.h"
#include "runtime/wasm/opcode.h"
#include "runtime/wasm/testing/module_builder.h"

namespace slipway::compiler {
namespace {

using object::TrapCode;
using object::Value;
using wasm::Code;
using wasm::ModuleBuilder;
using wasm::Opcode;
using wasm::ValueType;

// A module with a function for each operator asked for.
class OperatorModule {
 public:
  uint32_t FunctionFor(Opcode op) {
    const auto [entry, inserted] = functions_.try_emplace(op, 0);
    if (!inserted) return entry->second;
    const wasm::OpcodeInfo& info = wasm::GetOpcodeInfo(op);
    std::vector<ValueType> params;
    Code code;
    for (uint32_t i = 0; i < info.params.size(); ++i) {
      params.push_back(wasm::FixedLetterType(info.params[i]));
      code.LocalGet(i);
    }
    const uint32_t type =
        builder_.Type(params, {wasm::FixedLetterType(info.results[0])});
    entry->second = builder_.Function(type, code.Op(op));
    return entry->second;
  }
  std::string Build() const { return builder_.Build(); }

 private:
  ModuleBuilder builder_;
  std::map<Opcode, uint32_t> functions_;
};

// Bits of operands and result; floats as their bits.
struct Case {
  Opcode op;
  uint64_t a;
  uint64_t b;
  std::optional<uint64_t> result;
  TrapCode trap = TrapCode::kUnreachable;
};

uint64_t F32(float value) { return std::bit_cast<uint32_t>(value); }
uint64_t F64(double value) { return std::bit_cast<uint64_t>(value); }

constexpr uint64_t kMin32 = 0x80000000u;
constexpr uint64_t kMax32 = 0x7fffffffu;
constexpr uint64_t kMin64 = uint64_t{1} << 63;
constexpr uint64_t kNan32 = 0x7fc00000u;
constexpr uint64_t kNan64 = uint64_t{0x7ff8} << 48;
constexpr TrapCode kDivide = TrapCode::kIntegerDivideByZero;
constexpr TrapCode kOverflow = TrapCode::kIntegerOverflow;
constexpr TrapCode kInvalid = TrapCode::kInvalidConversion;
constexpr std::nullopt_t kTraps = std::nullopt;

std::vector<Case> Cases() {
  return {
      {Opcode::kI32DivS, 7, 0xfffffffe, 0xfffffffd},
      {Opcode::kI32DivS, 7, 0, kTraps, kDivide},
      {Opcode::kI32DivS, kMin32, 0xffffffff, kTraps, kOverflow},
      {Opcode::kI32DivU, kMin32, 0xffffffff, 0},
      {Opcode::kI32DivU, 1, 0, kTraps, kDivide},
      {Opcode::kI32RemS, kMin32, 0xffffffff, 0},
      {Opcode::kI32RemS, 0xfffffff9, 4, 0xfffffffd},
      {Opcode::kI32RemS, 1, 0, kTraps, kDivide},
      {Opcode::kI32RemU, 0xffffffff, 10, 5},
      {Opcode::kI64DivS, kMin64, ~uint64_t{0}, kTraps, kOverflow},
      {Opcode::kI64RemS, kMin64, ~uint64_t{0}, 0},
      {Opcode::kI64RemU, 5, 0, kTraps, kDivide},
      {Opcode::kI32Shl, 1, 33, 2},
      {Opcode::kI32ShrS, kMin32, 63, 0xffffffff},
      {Opcode::kI64ShrU, kMin64, 127, 1},
      {Opcode::kI32Rotl, 0x80000001, 33, 3},
      {Opcode::kI64Rotr, 1, 65, kMin64},
      {Opcode::kI32Clz, 0, 0, 32},
      {Opcode::kI64Ctz, 0, 0, 64},
      {Opcode::kI32Popcnt, 0xffffffff, 0, 32},
      {Opcode::kI32Extend8S, 0x180, 0, 0xffffff80},
      {Opcode::kI64Extend32S, 0x80000000, 0, 0xffffffff80000000},

      {Opcode::kF64Min, F64(0.0), F64(-0.0), F64(-0.0)},
      {Opcode::kF64Max, F64(-0.0), F64(0.0), F64(0.0)},
      {Opcode::kF32Min, F32(-INFINITY), F32(1), F32(-INFINITY)},
      {Opcode::kF64Nearest, F64(2.5), 0, F64(2)},
      {Opcode::kF64Nearest, F64(-0.5), 0, F64(-0.0)},
      {Opcode::kF64Nearest, F64(4503599627370497.5), 0, F64(4503599627370498)},
      {Opcode::kF32Copysign, 0x7fa00001, F32(-1), 0xffa00001},
      {Opcode::kF64Neg, kNan64, 0, kNan64 | kMin64},
      {Opcode::kF32Abs, 0xffa00001, 0, 0x7fa00001},
      {Opcode::kF64Ne, kNan64, kNan64, 1},
      {Opcode::kF64Le, kNan64, F64(0), 0},
      {Opcode::kF32ReinterpretI32, 0x7fa00001, 0, 0x7fa00001},
      {Opcode::kI64ReinterpretF64, kNan64 + 1, 0, kNan64 + 1},

      {Opcode::kI32TruncF64S, F64(2147483647.9), 0, kMax32},
      {Opcode::kI32TruncF64S, F64(-2147483648.9), 0, kMin32},
      {Opcode::kI32TruncF64S, F64(2147483648.0), 0, kTraps, kOverflow},
      {Opcode::kI32TruncF64S, F64(-2147483649.0), 0, kTraps, kOverflow},
      {Opcode::kI32TruncF64S, kNan64, 0, kTraps, kInvalid},
      {Opcode::kI32TruncF32S, F32(-2147483648.0f), 0, kMin32},
      {Opcode::kI32TruncF32S, F32(2147483648.0f), 0, kTraps, kOverflow},
      {Opcode::kI32TruncF32U, F32(-0.9f), 0, 0},
      {Opcode::kI32TruncF32U, F32(-1.0f), 0, kTraps, kOverflow},
      {Opcode::kI64TruncF64S, F64(-9223372036854775808.0), 0, kMin64},
      {Opcode::kI64TruncF64S, F64(9223372036854775808.0), 0, kTraps, kOverflow},
      {Opcode::kI64TruncF64U, F64(18446744073709549568.0), 0,
       18446744073709549568u},
      {Opcode::kI64TruncF32U, kNan32, 0, kTraps, kInvalid},
      {Opcode::kI32TruncSatF64S, F64(1e10), 0, kMax32},
      {Opcode::kI32TruncSatF64U, F64(-1), 0, 0},
      {Opcode::kI64TruncSatF32S, kNan32, 0, 0},
      {Opcode::kI64TruncSatF64U, F64(INFINITY), 0, ~uint64_t{0}},
      {Opcode::kF32ConvertI64U, ~uint64_t{0}, 0, F32(18446744073709551616.f)},
      {Opcode::kF32DemoteF64, F64(1e300), 0, F32(INFINITY)},
      {Opcode::kF64PromoteF32, F32(1.5f), 0, F64(1.5)},
  };
}

uint64_t Mask(Opcode op) {
  const char result = wasm::GetOpcodeInfo(op).results[0];
  return result == 'i' || result == 'f' ? 0xffffffffu : ~uint64_t{0};
}

TEST(NumericTest, EdgesOfOperators) {
  OperatorModule module;
  for (const Case& c : Cases()) module.FunctionFor(c.op);
  for (int level : {0, 2}) {
    ObjectRunner runner(module.Build(), {.optimization = level});
    for (const Case& c : Cases()) {
      SCOPED_TRACE(std::string(wasm::OpcodeName(c.op)) + " of " +
                   std::to_string(c.a) + ", " + std::to_string(c.b));
      Value values[2];
      values[0].i64 = static_cast<int64_t>(c.a);
      values[1].i64 = static_cast<int64_t>(c.b);
      const CallResult called = runner.Call(module.FunctionFor(c.op), values);
      if (c.result.has_value()) {
        EXPECT_TRUE(called.ok());
        EXPECT_EQ(values[0].i64 & Mask(c.op), *c.result);
      } else {
        EXPECT_EQ(called.trap, c.trap);
      }
    }
  }
}

}  // namespace
}  // namespace slipway::compiler
