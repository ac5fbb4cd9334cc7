// Tail calls that leave the instance: through imports, tables and references,
// to other instances and to the host, in constant stack. Within an instance:
// runtime/compiler/tail_call_test.cc.

#include <cstdint>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/engine/testing/world.h"
#include "runtime/engine/value.h"

namespace slipway::engine {
namespace {

using wasm::Code;
using wasm::ExternKind;
using wasm::ModuleBuilder;
using wasm::Opcode;
using wasm::ValueType;

constexpr ValueType kI64 = ValueType::kI64;
constexpr int64_t kDepth = 10'000'000;

struct Calls {
  int count = 0;
};

// More parameters than a native function takes in registers.
int64_t Finish(Calls* calls, int64_t a, int64_t b, int64_t c, int64_t d,
               int64_t e, int64_t f, int64_t g) {
  ++calls->count;
  return a + 10 * (b + 10 * (c + 10 * (d + 10 * (e + 10 * (f + 10 * g)))));
}

// down(n) = n == 0 ? host(1, …, 7) : table[0](n, …, n), a function of another
// instance and type.
ModuleBuilder Provider(Opcode call) {
  ModuleBuilder builder;
  const uint32_t narrow = builder.Type({kI64}, {kI64});
  const uint32_t wide = builder.Type(std::vector<ValueType>(7, kI64), {kI64});
  const uint32_t finish = builder.ImportFunction("host", "finish", wide);
  builder.Table(
      {ValueType::Ref(wasm::HeapType::Index(wide), true), {.min = 1}});
  Code code;
  code.LocalGet(0).Op(Opcode::kI64Eqz).Block(Opcode::kIf);
  for (int i = 1; i <= 7; ++i) code.I64(i);
  code.Op(Opcode::kReturnCall, finish).End();
  for (int i = 0; i < 7; ++i) code.LocalGet(0);
  code.I32(0);
  if (call == Opcode::kReturnCallRef) {
    code.Op(Opcode::kTableGet).Op(Opcode::kReturnCallRef, wide);
  } else {
    code.Op(Opcode::kReturnCallIndirect, wide, 0);
  }
  builder.Export("down", ExternKind::kFunction, builder.Function(narrow, code));
  builder.Export("table", ExternKind::kTable, 0);
  return builder;
}

// table[0](…, n) = down(n - 1)
ModuleBuilder Consumer() {
  ModuleBuilder builder;
  const uint32_t narrow = builder.Type({kI64}, {kI64});
  const uint32_t wide = builder.Type(std::vector<ValueType>(7, kI64), {kI64});
  const uint32_t down = builder.ImportFunction("lib", "down", narrow);
  builder.ImportTable(
      "lib", "table",
      {ValueType::Ref(wasm::HeapType::Index(wide), true), {.min = 1}});
  const uint32_t back =
      builder.Function(wide, Code()
                                 .LocalGet(6)
                                 .I64(1)
                                 .Op(Opcode::kI64Sub)
                                 .Op(Opcode::kReturnCall, down));
  builder.DeclareElements({back});
  builder.Export(
      "install", ExternKind::kFunction,
      builder.Function(
          builder.Type({}, {}),
          Code().I32(0).Op(Opcode::kRefFunc, back).Op(Opcode::kTableSet)));
  return builder;
}

class TailCallTest : public testing::TestWithParam<Opcode> {};

TEST_P(TailCallTest, BetweenInstancesAndToTheHost) {
  World world;
  Calls calls;
  ASSERT_TRUE(
      world.linker.DefineFunction("host", "finish", &calls, &Finish).ok());
  const Instance& provider = world.Instantiate(Provider(GetParam()));
  world.linker.DefineInstance("lib", provider);
  const Instance& consumer = world.Instantiate(Consumer());
  ASSERT_TRUE(world.Call(consumer, "install").returned());
  const CallResult result = world.Call(provider, "down", {I64(kDepth)});
  ASSERT_TRUE(result.returned());
  EXPECT_EQ(result.value.i64, 7654321);
  EXPECT_EQ(calls.count, 1);
}

INSTANTIATE_TEST_SUITE_P(Operators, TailCallTest,
                         testing::Values(Opcode::kReturnCallIndirect,
                                         Opcode::kReturnCallRef),
                         [](const auto& info) {
                           return info.param == Opcode::kReturnCallRef
                                      ? "Ref"
                                      : "Indirect";
                         });

}  // namespace
}  // namespace slipway::engine
