// Blocks, branches, calls, tables and globals.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/compiler/testing/object_runner.h"
#include "runtime/object/object_format.h"
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

constexpr ValueType kI64 = ValueType::kI64;

int64_t CallFor(ObjectRunner& runner, uint32_t function, int64_t a = 0,
                int64_t b = 0) {
  Value values[2] = {{.i64 = a}, {.i64 = b}};
  EXPECT_TRUE(runner.Call(function, values).ok());
  return values[0].i64;
}

TEST(ControlTest, LoopsWithParameters) {
  ModuleBuilder builder;
  const uint32_t unary = builder.Type({kI64}, {kI64});
  const uint32_t pair = builder.Type({kI64, kI64}, {kI64});
  // (n, sum) on the stack; sum += n until n is 0.
  const uint32_t sum = builder.Function(unary, {kI64},
                                        Code()
                                            .LocalGet(0)
                                            .I64(0)
                                            .BlockOfType(Opcode::kLoop, pair)
                                            .LocalSet(1)
                                            .LocalSet(0)
                                            .LocalGet(0)
                                            .I64(1)
                                            .Op(Opcode::kI64Sub)
                                            .LocalGet(1)
                                            .LocalGet(0)
                                            .Op(Opcode::kI64Add)
                                            .LocalGet(0)
                                            .Op(Opcode::kI64Eqz)
                                            .Op(Opcode::kI32Eqz)
                                            .Op(Opcode::kBrIf, 0)
                                            .LocalSet(1)
                                            .Op(Opcode::kDrop)
                                            .LocalGet(1)
                                            .End());
  ObjectRunner runner(builder.Build());
  EXPECT_EQ(CallFor(runner, sum, 10), 55);
}

TEST(ControlTest, BranchTables) {
  ModuleBuilder builder;
  const uint32_t type = builder.Type({ValueType::kI32}, {kI64});
  const uint32_t pick = builder.Function(type, Code()
                                                   .Block(Opcode::kBlock)
                                                   .Block(Opcode::kBlock)
                                                   .Block(Opcode::kBlock)
                                                   .LocalGet(0)
                                                   .BrTable({0, 1, 0}, 2)
                                                   .End()
                                                   .I64(10)
                                                   .Op(Opcode::kReturn)
                                                   .End()
                                                   .I64(20)
                                                   .Op(Opcode::kReturn)
                                                   .End()
                                                   .I64(30));
  ObjectRunner runner(builder.Build());
  EXPECT_EQ(CallFor(runner, pick, 0), 10);
  EXPECT_EQ(CallFor(runner, pick, 1), 20);
  EXPECT_EQ(CallFor(runner, pick, 2), 10);
  EXPECT_EQ(CallFor(runner, pick, 3), 30);
  EXPECT_EQ(CallFor(runner, pick, -1), 30);
}

TEST(ControlTest, SkipsUnreachableCode) {
  ModuleBuilder builder;
  const uint32_t type = builder.Type({kI64}, {kI64});
  const uint32_t f = builder.Function(type, Code()
                                                .Block(Opcode::kBlock, kI64)
                                                .LocalGet(0)
                                                .Op(Opcode::kBr, 0)
                                                .Op(Opcode::kI64Add)
                                                .Op(Opcode::kDrop)
                                                .Block(Opcode::kLoop)
                                                .I32(0)
                                                .Block(Opcode::kIf)
                                                .Op(Opcode::kElse)
                                                .Op(Opcode::kBr, 1)
                                                .End()
                                                .End()
                                                .Op(Opcode::kUnreachable)
                                                .End()
                                                .Op(Opcode::kReturn)
                                                .Op(Opcode::kUnreachable));
  ObjectRunner runner(builder.Build());
  EXPECT_EQ(CallFor(runner, f, 7), 7);
}

// Functions that are compiled with less effort, for the sake of time: by their
// blocks, and by their size (effort.h).
TEST(ControlTest, LargeAndHugeFunctions) {
  ModuleBuilder builder;
  const uint32_t type = builder.Type({kI64}, {kI64});
  Code branches;
  for (int i = 0; i < 5000; ++i) {
    branches.LocalGet(0).I64(i).Op(Opcode::kI64Eq).Block(Opcode::kIf);
    branches.LocalGet(0).I64(1).Op(Opcode::kI64Add).LocalSet(0).End();
  }
  Code sum;
  for (int i = 0; i < 40'000; ++i) {
    sum.LocalGet(0).I64(i).Op(Opcode::kI64Add).LocalSet(0);
  }
  const uint32_t large = builder.Function(type, branches.LocalGet(0));
  const uint32_t huge = builder.Function(type, sum.LocalGet(0));
  ASSERT_GT(sum.bytes().size(), 192u * 1024);
  ObjectRunner runner(builder.Build());
  EXPECT_EQ(CallFor(runner, large, 0), 5000);
  EXPECT_EQ(CallFor(runner, large, 5001), 5001);
  EXPECT_EQ(CallFor(runner, huge, 7), 7 + 40'000LL * 39'999 / 2);
}

TEST(ControlTest, UnreachableTraps) {
  ModuleBuilder builder;
  const uint32_t f =
      builder.Function(builder.Type({}, {}), Code().Op(Opcode::kUnreachable));
  ObjectRunner runner(builder.Build());
  EXPECT_EQ(runner.Call(f, {}).trap, TrapCode::kUnreachable);
}

TEST(CallTest, ManyValuesOverflowTheRegisters) {
  ModuleBuilder builder;
  const std::vector<ValueType> mixed = {
      kI64, kI64, kI64, kI64, kI64, kI64, ValueType::kV128, kI64};
  const std::vector<ValueType> reversed(mixed.rbegin(), mixed.rend());
  Code reverse;
  for (uint32_t i = 8; i-- > 0;) reverse.LocalGet(i);
  const uint32_t callee =
      builder.Function(builder.Type(mixed, reversed), reverse);
  Code twice;
  for (uint32_t i = 0; i < 8; ++i) twice.LocalGet(i);
  const uint32_t caller = builder.Function(builder.Type(mixed, reversed),
                                           twice.Op(Opcode::kCall, callee));
  ObjectRunner runner(builder.Build());
  std::vector<Value> values;
  for (int64_t i = 0; i < 8; ++i) values.push_back({.i64 = i});
  ASSERT_TRUE(runner.Call(caller, values).ok());
  for (int64_t i = 0; i < 8; ++i) EXPECT_EQ(values[i].i64, 7 - i);
}

// Tail calls must run in constant stack, also to other types and through
// tables, and with parameters that overflow the registers.
TEST(CallTest, TailCallsUseNoStack) {
  ModuleBuilder builder;
  const uint32_t narrow = builder.Type({kI64}, {kI64});
  const uint32_t wide = builder.Type(std::vector<ValueType>(7, kI64), {kI64});
  builder.Table({.element = ValueType::FuncRef(), .limits = {.min = 1}});
  // narrow(n) = n == 0 ? 42 : wide(n - 1, …, n - 1); wide(…, n) = narrow(n).
  Code down;
  down.LocalGet(0).Op(Opcode::kI64Eqz).Block(Opcode::kIf).I64(42);
  down.Op(Opcode::kReturn).End();
  for (int i = 0; i < 7; ++i) down.LocalGet(0).I64(1).Op(Opcode::kI64Sub);
  const uint32_t first =
      builder.Function(narrow, down.Op(Opcode::kReturnCall, 1));
  builder.Function(wide, Code().LocalGet(6).I32(0).Op(
                             Opcode::kReturnCallIndirect, narrow, 0));
  for (int level : {0, 2}) {
    ObjectRunner runner(builder.Build(), {.optimization = level});
    runner.SetTable({first});
    EXPECT_EQ(CallFor(runner, first, 3'000'000), 42);
  }
}

TEST(CallTest, IndirectCallsAreChecked) {
  ModuleBuilder builder;
  const uint32_t type = builder.Type({kI64}, {kI64});
  const uint32_t other = builder.Type({}, {kI64});
  builder.Table({.element = ValueType::FuncRef(), .limits = {.min = 3}});
  const uint32_t callee =
      builder.Function(type, Code().LocalGet(0).I64(1).Op(Opcode::kI64Add));
  const uint32_t mismatch = builder.Function(other, Code().I64(0));
  const uint32_t call = builder.Function(
      builder.Type({ValueType::kI32, kI64}, {kI64}),
      Code().LocalGet(1).LocalGet(0).Op(Opcode::kCallIndirect, type, 0));
  ObjectRunner runner(builder.Build());
  runner.SetTable({callee, mismatch, std::nullopt});
  EXPECT_EQ(CallFor(runner, call, 0, 41), 42);
  Value values[2] = {{.i64 = 1}, {.i64 = 0}};
  EXPECT_EQ(runner.Call(call, values).trap,
            TrapCode::kIndirectCallTypeMismatch);
  values[0].i64 = 3;
  EXPECT_EQ(runner.Call(call, values).trap, TrapCode::kTableOutOfBounds);
  values[0].i64 = 2;
  const std::optional<uintptr_t> fault = runner.Call(call, values).fault;
  ASSERT_TRUE(fault.has_value());
  EXPECT_LT(*fault, 4096u);
}

TEST(CallTest, ConstantNullReferencesFault) {
  ModuleBuilder builder;
  const uint32_t type = builder.Type({}, {kI64});
  const uint32_t call = builder.Function(
      type,
      Code().RefNull(wasm::HeapType::Index(type)).Op(Opcode::kCallRef, type));
  ObjectRunner runner(builder.Build());
  Value value;
  const std::optional<uintptr_t> fault = runner.Call(call, {&value, 1}).fault;
  ASSERT_TRUE(fault.has_value());
  EXPECT_LT(*fault, 4096u);
}

TEST(GlobalTest, OwnAndImported) {
  ModuleBuilder builder;
  const wasm::GlobalType type = {.value = kI64, .is_mutable = true};
  const uint32_t imported = builder.ImportGlobal("env", "sp", type);
  const uint32_t own = builder.Global(type, Code().I64(0));
  // own = imported; imported += own
  const uint32_t f = builder.Function(builder.Type({}, {kI64}),
                                      Code()
                                          .Op(Opcode::kGlobalGet, imported)
                                          .Op(Opcode::kGlobalSet, own)
                                          .Op(Opcode::kGlobalGet, imported)
                                          .Op(Opcode::kGlobalGet, own)
                                          .Op(Opcode::kI64Add)
                                          .Op(Opcode::kGlobalSet, imported)
                                          .Op(Opcode::kGlobalGet, own));
  ObjectRunner runner(builder.Build());
  runner.imported_global(0).i64 = 21;
  EXPECT_EQ(CallFor(runner, f), 21);
  EXPECT_EQ(runner.imported_global(0).i64, 42);
  EXPECT_EQ(runner.own_global(0).i64, 21);
}

}  // namespace
}  // namespace slipway::compiler
