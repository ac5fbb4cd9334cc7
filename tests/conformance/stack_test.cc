// Recursion without end is a trap, whatever it goes through, on every kind of
// stack; the thread and the host's frames are unharmed by it.

#include <cstdint>
#include <string>
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
using object::TrapCode;
using wasm::Code;
using wasm::ExternKind;
using wasm::HeapType;
using wasm::ModuleBuilder;
using wasm::Opcode;
using wasm::ValueType;

// Locals of the function with a large frame: 16 bytes each, so that one frame
// is larger than what guards the end of an ordinary thread's stack.
constexpr uint32_t kManyLocals = 4000;

struct Host {
  const Instance* instance = nullptr;
};

// Calls the guest again, from the host.
int64_t Reenter(Host* host, int64_t depth) {
  Thread& thread = *Thread::Current();
  thread.CheckHostStack();
  thread.set_in_host(true);
  const CallResult inner =
      engine::CallOn(thread, *host->instance, "through the host", {I64(depth)});
  thread.set_in_host(false);
  // The innermost Invoke has the trap; what is further out goes on.
  return inner.trapped() ? -depth : inner.value.i64;
}

constexpr uint32_t kReenter = 0;  // functions
constexpr uint32_t kDirect = 1;
constexpr uint32_t kIndirect = 2;
constexpr uint32_t kByReference = 3;
constexpr uint32_t kLarge = 4;
constexpr uint32_t kThroughHost = 5;

// All are (i64) -> i64 and call themselves with one more than their argument.
// What they do after the call makes it no tail call.
ModuleBuilder Module() {
  ModuleBuilder builder;
  const uint32_t type = builder.Type({ValueType::kI64}, {ValueType::kI64});
  builder.ImportFunction("host", "reenter", type);
  builder.Table({ValueType::FuncRef(), {.min = 1, .max = 1, .is64 = true}});
  const Code next = Code().LocalGet(0).I64(1).Op(Opcode::kI64Add);
  const Code after = Code().LocalGet(0).Op(Opcode::kI64Rotl);
  auto add = [&](std::string_view name, std::vector<ValueType> locals,
                 const Code& code) {
    const uint32_t function = builder.Function(type, std::move(locals), code);
    builder.Export(name, ExternKind::kFunction, function);
    return function;
  };
  EXPECT_EQ(
      add("directly", {}, Code(next).Op(Opcode::kCall, kDirect).Append(after)),
      kDirect);
  EXPECT_EQ(
      add("through the table", {},
          Code(next).I64(0).Op(Opcode::kCallIndirect, type).Append(after)),
      kIndirect);
  EXPECT_EQ(add("through a reference", {},
                Code(next)
                    .Op(Opcode::kRefFunc, kByReference)
                    .Op(Opcode::kCallRef, type)
                    .Append(after)),
            kByReference);
  // Locals whose values are needed after the call, all different.
  Code large;
  for (uint32_t i = 1; i <= kManyLocals; ++i) {
    large.LocalGet(0)
        .I64(i)
        .Op(Opcode::kI64Mul)
        .Op(Opcode::kI64x2Splat)
        .LocalSet(i);
  }
  large.Append(next).Op(Opcode::kCall, kLarge);
  for (uint32_t i = 1; i <= kManyLocals; ++i) {
    large.LocalGet(i).Op(Opcode::kI64x2ExtractLane, i % 2).Op(Opcode::kI64Rotl);
  }
  EXPECT_EQ(add("with large frames",
                std::vector<ValueType>(kManyLocals, ValueType::kV128), large),
            kLarge);
  EXPECT_EQ(add("through the host", {},
                Code(next).Op(Opcode::kCall, kReenter).Append(after)),
            kThroughHost);
  add("identity", {}, Code().LocalGet(0));
  builder.Elements(0, Code().I64(0), {kIndirect});
  builder.DeclareElements({kByReference});
  return builder;
}

class StackTest : public testing::Test {
 protected:
  StackTest() {
    EXPECT_TRUE(
        world_.linker.DefineFunction("host", "reenter", &host_, &Reenter).ok());
    host_.instance = instance_ = &world_.Instantiate(Module());
  }

  void ExpectExhaustion(Thread& thread) {
    for (int round = 0; round < 3; ++round) {
      for (const char* function :
           {"directly", "through the table", "through a reference",
            "with large frames"}) {
        // What the host has on the stack, above the guest's frames.
        volatile uint64_t canary = 0x5ca1ab1e;
        const CallResult result =
            engine::CallOn(thread, *instance_, function, {I64(1)});
        ASSERT_TRUE(result.trapped()) << function;
        EXPECT_EQ(result.trap(), TrapCode::kStackExhausted) << function;
        EXPECT_EQ(canary, 0x5ca1ab1eu);
        EXPECT_EQ(
            engine::CallOn(thread, *instance_, "identity", {I64(7)}).value.i64,
            7);
      }
    }
  }

  World world_;
  Host host_;
  const Instance* instance_ = nullptr;
};

TEST_F(StackTest, OnTheStackOfTheMainThread) {
  ExpectExhaustion(*world_.thread);
}

TEST_F(StackTest, OnNativeStacksAtTheSameTime) {
  RunTogether(world_, kThreads,
              [&](Thread& thread, int) { ExpectExhaustion(thread); });
}

// The trap ends the innermost Invoke, and every outer one returns through its
// own guest and host frames.
TEST_F(StackTest, ThroughTheHost) {
  for (int round = 0; round < 3; ++round) {
    const CallResult result =
        world_.Call(*instance_, "through the host", {I64(1)});
    EXPECT_TRUE(result.returned());
    EXPECT_FALSE(world_.thread->in_host());
    EXPECT_EQ(world_.thread->top_invoke(), nullptr);
    ExpectExhaustion(*world_.thread);
  }
  RunTogether(world_, 2, [&](Thread& thread, int) {
    EXPECT_TRUE(engine::CallOn(thread, *instance_, "through the host", {I64(1)})
                    .returned());
  });
}

}  // namespace
}  // namespace slipway::conformance
