// Functions written as a loop around a br_table on a variable, the way that a
// compiler writes `goto`, compute what they say.

#include <cstdint>

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

constexpr ValueType kI32 = ValueType::kI32;
constexpr ValueType kI64 = ValueType::kI64;

// Parameters, and locals.
constexpr uint32_t kNumber = 0;
constexpr uint32_t kStart = 1;
constexpr uint32_t kSum = 2;
constexpr uint32_t kNext = 3;  // the case to go on at

// f(number, start), with code that begins with kNext = start.
int64_t Compute(const Code& code, int64_t number, int64_t start) {
  ModuleBuilder builder;
  const uint32_t type = builder.Type({kI64, kI64}, {kI64});
  const uint32_t function = builder.Function(type, {kI64, kI32}, code);
  ObjectRunner runner(builder.Build());
  Value values[2] = {{.i64 = number}, {.i64 = start}};
  EXPECT_TRUE(runner.Call(function, values).ok());
  return values[0].i64;
}

Code Begin() {
  Code code;
  code.LocalGet(kStart).Op(Opcode::kI32WrapI64).LocalSet(kNext);
  return code;
}

void GoTo(Code& code, int32_t next, uint32_t loop) {
  code.I32(next).LocalSet(kNext).Op(Opcode::kBr, loop);
}

// 0: sum = 1000; goto 1
// 1: if (number == 0) goto 77, which is the default; goto 2
// 2: sum += number--; goto 1
// default: return sum
Code SumDownwards() {
  Code code = Begin();
  code.Block(Opcode::kLoop);
  for (int i = 0; i < 4; ++i) code.Block(Opcode::kBlock);
  code.LocalGet(kNext).BrTable({0, 1, 2}, 3).End();
  code.I64(1000).LocalSet(kSum);
  GoTo(code, 1, 3);
  code.End().LocalGet(kNumber).Op(Opcode::kI64Eqz).Block(Opcode::kIf);
  GoTo(code, 77, 3);
  code.End();
  GoTo(code, 2, 2);
  code.End().LocalGet(kSum).LocalGet(kNumber).Op(Opcode::kI64Add);
  code.LocalSet(kSum);
  code.LocalGet(kNumber).I64(1).Op(Opcode::kI64Sub).LocalSet(kNumber);
  GoTo(code, 1, 1);
  code.End().LocalGet(kSum).Op(Opcode::kReturn).End();
  return code.Op(Opcode::kUnreachable);
}

TEST(DispatchThreadingTest, JumpsFromCaseToCase) {
  EXPECT_EQ(Compute(SumDownwards(), 4, 0), 1010);
  EXPECT_EQ(Compute(SumDownwards(), 0, 0), 1000);
}

TEST(DispatchThreadingTest, BeginsAtAnyCase) {
  EXPECT_EQ(Compute(SumDownwards(), 3, 1), 6);
  EXPECT_EQ(Compute(SumDownwards(), 2, 2), 3);
  EXPECT_EQ(Compute(SumDownwards(), 2, 3), 0);
  EXPECT_EQ(Compute(SumDownwards(), 2, -1), 0);
}

// Both cases get 5 from the dispatch, and the first goes to the second.
TEST(DispatchThreadingTest, CasesThatReceiveValues) {
  Code code = Begin();
  code.Block(Opcode::kLoop);
  code.Block(Opcode::kBlock, kI64).Block(Opcode::kBlock, kI64);
  code.I64(5).LocalGet(kNext).BrTable({0}, 1).End();
  code.LocalSet(kSum);
  GoTo(code, 1, 1);
  code.End().LocalGet(kSum).Op(Opcode::kI64Add).Op(Opcode::kReturn).End();
  code.Op(Opcode::kUnreachable);
  EXPECT_EQ(Compute(code, 0, 0), 10);
  EXPECT_EQ(Compute(code, 0, 1), 5);
}

// A case that goes on where it is told at run time.
TEST(DispatchThreadingTest, JumpsToWhatIsNotConstant) {
  Code code = Begin();
  code.Block(Opcode::kLoop);
  code.Block(Opcode::kBlock).Block(Opcode::kBlock);
  code.LocalGet(kNext).BrTable({0}, 1).End();
  code.LocalGet(kSum).I64(7).Op(Opcode::kI64Add).LocalSet(kSum);
  code.LocalGet(kNumber).Op(Opcode::kI32WrapI64).LocalSet(kNext);
  code.LocalGet(kNumber).I64(1).Op(Opcode::kI64Add).LocalSet(kNumber);
  code.Op(Opcode::kBr, 1);
  code.End().LocalGet(kSum).Op(Opcode::kReturn).End();
  code.Op(Opcode::kUnreachable);
  EXPECT_EQ(Compute(code, 0, 0), 14);
  EXPECT_EQ(Compute(code, 1, 0), 7);
  EXPECT_EQ(Compute(code, 0, 1), 0);
}

}  // namespace
}  // namespace slipway::compiler
