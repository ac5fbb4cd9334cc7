// Tail calls between instances, by every operator: constant stack, the callee's
// own globals, and all of the arguments, in registers or not.

#include <cstdint>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/engine/testing/world.h"
#include "runtime/engine/value.h"
#include "runtime/wasm/testing/module_builder.h"
#include "tests/conformance/crew.h"

namespace slipway::conformance {
namespace {

using engine::CallResult;
using engine::I64;
using engine::Instance;
using engine::Thread;
using engine::World;
using wasm::Code;
using wasm::ExternKind;
using wasm::HeapType;
using wasm::ModuleBuilder;
using wasm::Opcode;
using wasm::ValueType;

// More frames than any stack has room for.
constexpr int64_t kMany = 3'000'000;

// More parameters than registers hold: the count, then ones that are passed on.
constexpr int kParameters = 12;

std::vector<ValueType> Parameters() {
  std::vector<ValueType> types(kParameters, ValueType::kI64);
  types[3] = ValueType::kF64;
  types[7] = ValueType::kV128;
  return types;
}

// count - 1, then the other parameters as they are.
Code NextArguments() {
  Code code;
  code.LocalGet(0).I64(1).Op(Opcode::kI64Sub);
  for (int i = 1; i < kParameters; ++i) code.LocalGet(i);
  return code;
}

// The count is used up: the sum of the parameters, and of the global, which is
// the instance's own.
Code Sum() {
  Code code = Code().Op(Opcode::kGlobalGet, 0);
  for (int i = 1; i < kParameters; ++i) {
    code.LocalGet(i);
    if (i == 3) code.Op(Opcode::kI64TruncF64S);
    if (i == 7) code.Op(Opcode::kI64x2ExtractLane, 1);
    code.Op(Opcode::kI64Add);
  }
  return code;
}

Code StepCode(const Code& tail) {
  return Code()
      .LocalGet(0)
      .Op(Opcode::kI64Eqz)
      .Block(Opcode::kIf)
      .Append(Sum())
      .Op(Opcode::kReturn)
      .End()
      .Append(NextArguments())
      .Append(tail);
}

// Two instances whose functions "step" call each other: this one by what is in
// the table, with return_call_indirect or return_call_ref. The table's elements
// have the function's type. "start" (count) -> i64 begins.
ModuleBuilder First(bool by_reference) {
  ModuleBuilder builder;
  const uint32_t type = builder.Type(Parameters(), {ValueType::kI64});
  const uint32_t unary = builder.Type({ValueType::kI64}, {ValueType::kI64});
  builder.Table({ValueType::Ref(HeapType::Index(type), true),
                 {.min = 2, .max = 2, .is64 = true}});
  builder.Global({ValueType::kI64, false}, Code().I64(1000));
  Code tail = Code().I64(1);
  if (by_reference) {
    tail.Op(Opcode::kTableGet).Op(Opcode::kReturnCallRef, type);
  } else {
    tail.Op(Opcode::kReturnCallIndirect, type);
  }
  const uint32_t step = builder.Function(type, StepCode(tail));
  builder.Export("step", ExternKind::kFunction, step);
  builder.Export("table", ExternKind::kTable, 0);
  Code start = Code().LocalGet(0);
  for (int i = 1; i < kParameters; ++i) {
    if (i == 3) {
      start.F64(i);
    } else {
      start.I64(i);
    }
    if (i == 7) start.Op(Opcode::kI64x2Splat);
  }
  builder.Export("start", ExternKind::kFunction,
                 builder.Function(unary, start.Op(Opcode::kCall, step)));
  return builder;
}

// This one by return_call of the import. Puts itself into the table.
ModuleBuilder Second() {
  ModuleBuilder builder;
  const uint32_t type = builder.Type(Parameters(), {ValueType::kI64});
  const uint32_t nothing = builder.Type({}, {});
  const uint32_t other = builder.ImportFunction("first", "step", type);
  builder.ImportTable("first", "table",
                      {ValueType::Ref(HeapType::Index(type), true),
                       {.min = 2, .max = 2, .is64 = true}});
  builder.Global({ValueType::kI64, false}, Code().I64(2000));
  const uint32_t step =
      builder.Function(type, StepCode(Code().Op(Opcode::kReturnCall, other)));
  builder.Export("step", ExternKind::kFunction, step);
  builder.Start(builder.Function(
      nothing, Code().I64(1).Op(Opcode::kRefFunc, step).Op(Opcode::kTableSet)));
  return builder;
}

class TailCallsTest : public testing::TestWithParam<bool> {
 protected:
  TailCallsTest() : first_(world_.Instantiate(First(GetParam()))) {
    world_.linker.DefineInstance("first", first_);
    world_.Instantiate(Second());
  }

  // With an even count the first instance is the last one called.
  void ExpectConstantStack(Thread& thread) {
    constexpr int64_t kSum = (kParameters - 1) * kParameters / 2;
    for (int64_t count : {int64_t{0}, int64_t{1}, kMany, kMany + 1}) {
      const CallResult result =
          engine::CallOn(thread, first_, "start", {I64(count)});
      ASSERT_TRUE(result.returned()) << count;
      EXPECT_EQ(result.value.i64, kSum + (count % 2 == 0 ? 1000 : 2000));
    }
  }

  World world_;
  const Instance& first_;
};

TEST_P(TailCallsTest, BetweenInstances) { ExpectConstantStack(*world_.thread); }

TEST_P(TailCallsTest, BetweenInstancesInEveryThread) {
  RunTogether(world_, kThreads,
              [&](Thread& thread, int) { ExpectConstantStack(thread); });
}

INSTANTIATE_TEST_SUITE_P(Operators, TailCallsTest, testing::Bool(),
                         [](const auto& info) {
                           return info.param ? "return_call_ref"
                                             : "return_call_indirect";
                         });

}  // namespace
}  // namespace slipway::conformance
