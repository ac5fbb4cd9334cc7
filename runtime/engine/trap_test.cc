// Traps: each kind is reported with its code, and the thread goes on.

#include "runtime/engine/trap.h"

#include <string>

#include "gtest/gtest.h"
#include "runtime/engine/fault_handler.h"
#include "runtime/engine/testing/world.h"
#include "runtime/engine/value.h"

namespace slipway::engine {
namespace {

using object::TrapCode;
using wasm::Code;
using wasm::ExternKind;
using wasm::ModuleBuilder;
using wasm::Opcode;
using wasm::ValueType;

// One function per trap, all (i64, i64) -> i64.
ModuleBuilder Trapping() {
  ModuleBuilder builder;
  const uint32_t binary =
      builder.Type({ValueType::kI64, ValueType::kI64}, {ValueType::kI64});
  const uint32_t other = builder.Type({}, {});
  builder.Memory({.min = 1, .is64 = true});
  builder.Table({ValueType::FuncRef(), {.min = 3, .is64 = true}});
  auto add = [&](std::string_view name, const Code& code) {
    const uint32_t function = builder.Function(binary, code);
    builder.Export(name, ExternKind::kFunction, function);
    builder.NameFunction(function, name);
    return function;
  };
  const uint32_t load = add("load", Code().LocalGet(0).Op(Opcode::kI64Load));
  add("store",
      Code().LocalGet(0).LocalGet(1).Op(Opcode::kI64Store, 16).LocalGet(0));
  add("fill",
      Code().LocalGet(0).I32(1).LocalGet(1).Op(Opcode::kMemoryFill).I64(0));
  add("unreachable", Code().Op(Opcode::kUnreachable));
  add("divide", Code().LocalGet(0).LocalGet(1).Op(Opcode::kI64DivS));
  add("call", Code().LocalGet(0).LocalGet(1).LocalGet(0).Op(
                  Opcode::kCallIndirect, binary));
  // Not a tail call, which would leave no frame.
  add("outer", Code()
                   .LocalGet(0)
                   .LocalGet(1)
                   .Op(Opcode::kCall, load)
                   .LocalGet(0)
                   .Op(Opcode::kI64Rotl));
  const uint32_t mismatch = builder.Function(other, Code());
  builder.Elements(0, Code().I64(0), {load, mismatch});
  return builder;
}

class TrapTest : public testing::Test {
 protected:
  TrapTest() : instance_(world_.Instantiate(Trapping())) {}

  CallResult Call(std::string_view function, int64_t a = 0, int64_t b = 0) {
    return world_.Call(instance_, function, {I64(a), I64(b)});
  }
  // The thread can run the guest after any trap.
  void ExpectAlive() { EXPECT_TRUE(Call("load", 0).returned()); }

  World world_;
  const Instance& instance_;
};

TEST_F(TrapTest, MemoryOutOfBoundsHasTheGuestAddress) {
  const CallResult result = Call("load", 0x123456);
  ASSERT_TRUE(result.trapped());
  EXPECT_EQ(result.trap(), TrapCode::kMemoryOutOfBounds);
  EXPECT_EQ(result.outcome.trap->guest_address, 0x123456u);
  EXPECT_EQ(result.outcome.trap->memory, &instance_.memory(0));
  ExpectAlive();
}

TEST_F(TrapTest, AddressesBeyondTheReservationTrap) {
  for (int64_t address : {int64_t{-1}, int64_t{1} << 40, int64_t{1} << 62}) {
    const CallResult result = Call("store", address, 1);
    ASSERT_TRUE(result.trapped());
    EXPECT_EQ(result.trap(), TrapCode::kMemoryOutOfBounds);
  }
  ExpectAlive();
}

TEST_F(TrapTest, BulkOperationsTrap) {
  const CallResult result = Call("fill", 65000, 1000);
  ASSERT_TRUE(result.trapped());
  EXPECT_EQ(result.trap(), TrapCode::kMemoryOutOfBounds);
  ExpectAlive();
}

TEST_F(TrapTest, BacktraceNamesTheGuestFunctions) {
  const CallResult result = Call("outer", 0x123456);
  ASSERT_TRUE(result.trapped());
  const std::string text = result.outcome.trap->ToString();
  EXPECT_EQ(text.find("out of bounds memory access at guest address 0x123456"),
            0u);
  // The optimiser may have inlined `load`; `outer` is there in any case.
  EXPECT_NE(text.find(" in outer (func "), std::string::npos) << text;
}

TEST_F(TrapTest, Unreachable) {
  EXPECT_EQ(Call("unreachable").trap(), TrapCode::kUnreachable);
  ExpectAlive();
}

TEST_F(TrapTest, Division) {
  EXPECT_EQ(Call("divide", 1, 0).trap(), TrapCode::kIntegerDivideByZero);
  EXPECT_EQ(Call("divide", INT64_MIN, -1).trap(), TrapCode::kIntegerOverflow);
  EXPECT_EQ(Call("divide", 12, 4).value.i64, 3);
}

TEST_F(TrapTest, IndirectCalls) {
  EXPECT_TRUE(Call("call", 0).returned());
  EXPECT_EQ(Call("call", 1).trap(), TrapCode::kIndirectCallTypeMismatch);
  EXPECT_EQ(Call("call", 2).trap(), TrapCode::kUninitializedElement);
  EXPECT_EQ(Call("call", 3).trap(), TrapCode::kTableOutOfBounds);
  ExpectAlive();
}

// recurse(n) = recurse(n + 1) rotl n: no tail call, and nothing that an
// optimiser turns into a loop.
ModuleBuilder Recursive() {
  ModuleBuilder builder;
  const uint32_t unary = builder.Type({ValueType::kI64}, {ValueType::kI64});
  const uint32_t host = builder.ImportFunction("host", "touch", unary);
  const uint32_t recurse = builder.Function(unary, Code()
                                                       .LocalGet(0)
                                                       .I64(1)
                                                       .Op(Opcode::kI64Add)
                                                       .Op(Opcode::kCall, 1)
                                                       .LocalGet(0)
                                                       .Op(Opcode::kI64Rotl));
  const uint32_t through_host =
      builder.Function(unary, Code()
                                  .LocalGet(0)
                                  .Op(Opcode::kCall, host)
                                  .Op(Opcode::kCall, 2)
                                  .LocalGet(0)
                                  .Op(Opcode::kI64Rotl));
  const uint32_t identity = builder.Function(unary, Code().LocalGet(0));
  builder.Export("recurse", ExternKind::kFunction, recurse);
  builder.Export("through_host", ExternKind::kFunction, through_host);
  builder.Export("identity", ExternKind::kFunction, identity);
  return builder;
}

int64_t Touch(Thread** thread, int64_t value) {
  (*thread)->CheckHostStack();
  volatile char buffer[16384];
  buffer[0] = static_cast<char>(value);
  return value + buffer[0];
}

class StackTest : public testing::Test {
 protected:
  StackTest() {
    thread_ = world_.thread.get();
    EXPECT_TRUE(
        world_.linker.DefineFunction("host", "touch", &thread_, &Touch).ok());
  }

  World world_;
  Thread* thread_;
};

TEST_F(StackTest, ExhaustionTrapsAndTheThreadGoesOn) {
  const Instance& instance = world_.Instantiate(Recursive());
  for (int i = 0; i < 3; ++i) {
    for (const char* function : {"recurse", "through_host"}) {
      const CallResult result = world_.Call(instance, function, {I64(1)});
      ASSERT_TRUE(result.trapped());
      EXPECT_EQ(result.trap(), TrapCode::kStackExhausted);
      EXPECT_TRUE(result.outcome.trap->backtrace.truncated);
    }
    EXPECT_EQ(world_.Call(instance, "identity", {I64(7)}).value.i64, 7);
  }
}

// A host function that ends the guest, from inside a nested Invoke as well.
struct Exiter {
  Thread* thread = nullptr;
  const Instance* instance = nullptr;
};

int64_t Exit(Exiter* exiter, int64_t value) {
  if (value > 0) ExitGuest(*exiter->thread, value);
  const CallResult inner =
      CallOn(*exiter->thread, *exiter->instance, "exit", {I64(-value)});
  return inner.outcome.kind == Outcome::kExited ? inner.outcome.exit_value + 1
                                                : 0;
}

TEST(ExitTest, EndsTheNearestInvoke) {
  ModuleBuilder builder;
  const uint32_t unary = builder.Type({ValueType::kI64}, {ValueType::kI64});
  const uint32_t exit = builder.ImportFunction("host", "exit", unary);
  builder.Export(
      "exit", ExternKind::kFunction,
      builder.Function(unary, Code().LocalGet(0).Op(Opcode::kCall, exit)));
  World world;
  Exiter exiter{world.thread.get()};
  ASSERT_TRUE(world.linker.DefineFunction("host", "exit", &exiter, &Exit).ok());
  const Instance& instance = world.Instantiate(builder);
  exiter.instance = &instance;
  const CallResult direct = world.Call(instance, "exit", {I64(41)});
  EXPECT_EQ(direct.outcome.kind, Outcome::kExited);
  EXPECT_EQ(direct.outcome.exit_value, 41);
  const CallResult nested = world.Call(instance, "exit", {I64(-41)});
  EXPECT_TRUE(nested.returned());
  EXPECT_EQ(nested.value.i64, 42);
}

int hook_calls = 0;

bool CountFault(const Fault& fault, ucontext_t* context) {
  ++hook_calls;
  return false;
}

TEST_F(TrapTest, TheHookSeesFaultsFirst) {
  SetFaultHook(&CountFault);
  EXPECT_TRUE(Call("load", 1 << 20).trapped());
  EXPECT_TRUE(Call("fill", 65000, 1000).trapped());
  SetFaultHook(nullptr);
  EXPECT_EQ(hook_calls, 2);
}

TEST(TrapDeathTest, OurOwnFaultsKillTheProcess) {
  World world;
  EXPECT_DEATH(
      {
        volatile int* nowhere = reinterpret_cast<int*>(64);
        *nowhere = 1;
      },
      "");
}

}  // namespace
}  // namespace slipway::engine
