// A table64 that threads share: calls through it, while others write to it by
// every operator that does.

#include <atomic>
#include <cstdint>

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
using object::TrapCode;
using wasm::Code;
using wasm::ExternKind;
using wasm::HeapType;
using wasm::ModuleBuilder;
using wasm::Opcode;
using wasm::ValueType;

constexpr int64_t kElements = 16;
constexpr uint64_t kHigh = uint64_t{1} << 32;

// In the table: functions () -> i64 that answer 1 or 2, or null. Exports "call"
// (index) -> i64 and the writers "set", "fill", "copy", "init" (index) -> i64.
ModuleBuilder Module() {
  ModuleBuilder builder;
  const uint32_t answer = builder.Type({}, {ValueType::kI64});
  const uint32_t unary = builder.Type({ValueType::kI64}, {ValueType::kI64});
  builder.Table({ValueType::FuncRef(),
                 {.min = kElements, .max = kElements, .is64 = true}});
  const uint32_t one = builder.Function(answer, Code().I64(1));
  const uint32_t two = builder.Function(answer, Code().I64(2));
  builder.Elements(0, Code().I64(0), {one, two});
  const uint32_t segment = builder.PassiveElements({one, two, one, two});
  auto add = [&](std::string_view name, const Code& code) {
    builder.Export(name, ExternKind::kFunction, builder.Function(unary, code));
  };
  const Code index = Code().LocalGet(0);
  add("call", Code(index).Op(Opcode::kCallIndirect, answer));
  add("set", Code(index)
                 .Op(Opcode::kRefFunc, one)
                 .Op(Opcode::kRefFunc, two)
                 .LocalGet(0)
                 .I64(1)
                 .Op(Opcode::kI64And)
                 .Op(Opcode::kI64Eqz)
                 .SelectTyped(ValueType::FuncRef())
                 .Op(Opcode::kTableSet)
                 .I64(0));
  add("fill", Code(index)
                  .RefNull(HeapType::kFunc)
                  .I64(2)
                  .Op(Opcode::kTableFill)
                  .I64(0));
  add("copy", Code(index).I64(0).I64(2).Op(Opcode::kTableCopy).I64(0));
  add("init",
      Code(index).I32(1).I32(2).Op(Opcode::kTableInit, segment, 0).I64(0));
  return builder;
}

TEST(TablesTest, AreSharedByThreads) {
  World world;
  const Instance& instance = world.Instantiate(Module());
  std::atomic<int> writing{kThreads / 2};
  std::atomic<int64_t> called{0};
  RunTogether(world, kThreads, [&](Thread& thread, int number) {
    if (number % 2 == 0) {
      for (int64_t i = 0; i < 20000; ++i) {
        // The first two elements stay as they are.
        const char* const writer =
            (const char*[]){"set", "fill", "copy", "init"}[(i / 7) % 4];
        const int64_t index = 2 + (i + number) % (kElements - 4);
        EXPECT_TRUE(
            engine::CallOn(thread, instance, writer, {I64(index)}).returned());
      }
      --writing;
      return;
    }
    for (int64_t i = 0; writing > 0; ++i) {
      const CallResult result =
          engine::CallOn(thread, instance, "call", {I64(i % kElements)});
      if (result.trapped()) {
        EXPECT_EQ(result.trap(), TrapCode::kUninitializedElement);
        EXPECT_GE(i % kElements, 2);
        continue;
      }
      ++called;
      EXPECT_TRUE(result.value.i64 == 1 || result.value.i64 == 2);
    }
  });
  EXPECT_GT(called, 0);
}

// What one thread writes, another one calls.
TEST(TablesTest, IndicesHave64Bits) {
  World world;
  const Instance& instance = world.Instantiate(Module());
  RunTogether(world, 1, [&](Thread& thread, int) {
    EXPECT_TRUE(engine::CallOn(thread, instance, "set", {I64(5)}).returned());
  });
  EXPECT_EQ(world.Call(instance, "call", {I64(5)}).value.i64, 2);
  for (const char* function : {"call", "set", "fill", "copy", "init"}) {
    const CallResult result =
        world.Call(instance, function, {I64(static_cast<int64_t>(kHigh + 5))});
    ASSERT_TRUE(result.trapped()) << function;
    EXPECT_EQ(result.trap(), TrapCode::kTableOutOfBounds) << function;
  }
}

}  // namespace
}  // namespace slipway::conformance
