// Every kind of trap, raised in all threads at the same time: each thread gets
// the trap that it caused, with its own address, and can go on.

#include <cstdint>
#include <optional>
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

// A function's name and what calling it with the address means.
struct Case {
  const char* name;
  TrapCode code;
  bool has_address = false;  // the trap tells the argument
};

constexpr Case kCases[] = {
    {"unreachable", TrapCode::kUnreachable},
    {"load", TrapCode::kMemoryOutOfBounds, true},
    {"vector store", TrapCode::kMemoryOutOfBounds, true},
    {"atomic", TrapCode::kMemoryOutOfBounds, true},
    {"fill", TrapCode::kMemoryOutOfBounds},
    {"table.get", TrapCode::kTableOutOfBounds},
    {"call beyond the table", TrapCode::kTableOutOfBounds},
    {"call another type", TrapCode::kIndirectCallTypeMismatch},
    {"call null", TrapCode::kUninitializedElement},
    {"call_ref null", TrapCode::kNullReference},
    {"throw_ref null", TrapCode::kNullReference},
    {"divide", TrapCode::kIntegerDivideByZero},
    {"remainder", TrapCode::kIntegerDivideByZero},
    {"divide the least", TrapCode::kIntegerOverflow},
    {"truncate a large number", TrapCode::kIntegerOverflow},
    {"truncate NaN", TrapCode::kInvalidConversion},
    {"recurse", TrapCode::kStackExhausted},
    {"unaligned", TrapCode::kUnalignedAtomic},
    {"wait", TrapCode::kUnsharedWait},
};

constexpr uint32_t kShared = 0;  // memories
constexpr uint32_t kUnshared = 1;

// The code of a case's function, (i64) -> i64. `own`: its index, `type`: its
// type, `other`: another type.
Code CodeFor(const std::string& name, uint32_t own, uint32_t type,
             uint32_t other) {
  const Code argument = Code().LocalGet(0);
  const Code zero = Code().LocalGet(0).LocalGet(0).Op(Opcode::kI64Sub);
  if (name == "unreachable") return Code().Op(Opcode::kUnreachable);
  if (name == "load") return Code(argument).Op(Opcode::kI64Load);
  if (name == "vector store") {
    return Code(argument).V128({}).Op(Opcode::kV128Store).I64(0);
  }
  if (name == "atomic") {
    return Code(argument).I64(1).Op(Opcode::kI64AtomicRmwAdd);
  }
  if (name == "fill") {
    return Code(argument).I32(0).LocalGet(0).Op(Opcode::kMemoryFill).I64(0);
  }
  if (name == "table.get") {
    return Code(argument)
        .Op(Opcode::kTableGet)
        .Op(Opcode::kRefIsNull)
        .Op(Opcode::kI64ExtendI32U);
  }
  if (name == "call beyond the table") {
    return Code(argument).LocalGet(0).Op(Opcode::kCallIndirect, type);
  }
  if (name == "call another type") {
    return Code().I64(0).Op(Opcode::kCallIndirect, other).I64(0);
  }
  if (name == "call null") {
    return Code(argument).I64(1).Op(Opcode::kCallIndirect, type);
  }
  if (name == "call_ref null") {
    return Code(argument)
        .RefNull(HeapType::Index(type))
        .Op(Opcode::kCallRef, type);
  }
  if (name == "throw_ref null") {
    return Code().RefNull(HeapType::kExn).Op(Opcode::kThrowRef);
  }
  if (name == "divide") return Code(argument).Append(zero).Op(Opcode::kI64DivU);
  if (name == "remainder") {
    return Code(argument).Append(zero).Op(Opcode::kI64RemS);
  }
  if (name == "divide the least") {
    return Code()
        .I64(INT64_MIN)
        .Append(zero)
        .I64(1)
        .Op(Opcode::kI64Sub)
        .Op(Opcode::kI64DivS);
  }
  if (name == "truncate a large number") {
    return Code(argument)
        .Op(Opcode::kF64ConvertI64S)
        .F64(1e30)
        .Op(Opcode::kF64Mul)
        .Op(Opcode::kI64TruncF64S);
  }
  if (name == "truncate NaN") {
    return Code(zero)
        .Op(Opcode::kF64ConvertI64S)
        .F64(0)
        .Op(Opcode::kF64Div)
        .Op(Opcode::kI64TruncF64S);
  }
  if (name == "recurse") {
    return Code(argument)
        .I64(1)
        .Op(Opcode::kI64Add)
        .Op(Opcode::kCall, own)
        .LocalGet(0)
        .Op(Opcode::kI64Rotl);
  }
  if (name == "unaligned") {
    return Code(zero).I64(1).Op(Opcode::kI64Add).Op(Opcode::kI64AtomicLoad);
  }
  return Code(zero)
      .I32(0)
      .I64(0)
      .Op(Opcode::kMemoryAtomicWait32, 0, kUnshared)
      .Op(Opcode::kI64ExtendI32U);
}

ModuleBuilder Module() {
  ModuleBuilder builder;
  const uint32_t type = builder.Type({ValueType::kI64}, {ValueType::kI64});
  const uint32_t other = builder.Type({}, {});
  builder.Memory({.min = 1, .max = 1, .shared = true, .is64 = true});
  builder.Memory({.min = 1, .max = 1, .is64 = true});
  builder.Table({ValueType::FuncRef(), {.min = 2, .max = 2, .is64 = true}});
  const uint32_t alive =
      builder.Function(type, Code().LocalGet(0).I64(1).Op(Opcode::kI64Add));
  builder.Export("alive", ExternKind::kFunction, alive);
  builder.Elements(0, Code().I64(0), {alive});
  uint32_t own = alive;
  for (const Case& each : kCases) {
    ++own;
    const uint32_t function =
        builder.Function(type, CodeFor(each.name, own, type, other));
    builder.Export(each.name, ExternKind::kFunction, function);
    builder.NameFunction(function, each.name);
  }
  return builder;
}

void ExpectTrap(Thread& thread, const Instance& instance, const Case& expected,
                int64_t address) {
  const CallResult result =
      engine::CallOn(thread, instance, expected.name, {I64(address)});
  ASSERT_TRUE(result.trapped()) << expected.name;
  EXPECT_EQ(result.trap(), expected.code) << expected.name;
  const engine::Trap& trap = *result.outcome.trap;
  if (expected.has_address) {
    EXPECT_EQ(trap.guest_address, static_cast<uint64_t>(address));
    EXPECT_EQ(trap.memory, &instance.memory(kShared)) << expected.name;
  }
  ASSERT_GT(trap.backtrace.count, 0) << expected.name;
  EXPECT_EQ(engine::Symbolize(trap.backtrace.pc[0]).name, expected.name);
  EXPECT_EQ(engine::CallOn(thread, instance, "alive", {I64(address)}).value.i64,
            address + 1);
}

TEST(TrapsTest, InEveryThreadAtOnce) {
  World world;
  const Instance& instance = world.Instantiate(Module());
  constexpr int kRounds = 20;
  RunTogether(world, kThreads, [&](Thread& thread, int number) {
    for (int round = 0; round < kRounds; ++round) {
      // Different ones at the same time, and the same ones.
      for (size_t i = 0; i < std::size(kCases); ++i) {
        const size_t which = (i + round * number) % std::size(kCases);
        ExpectTrap(thread, instance, kCases[which],
                   0x100000 + 0x10000 * number + 16 * round);
      }
    }
  });
}

// So that a new kind of trap is tested here. (Nothing that a guest can do makes
// an exception leave it other than through an Invoke.)
TEST(TrapsTest, CoverEveryKind) {
  for (int code = 1; code < static_cast<int>(TrapCode::kUncaughtException);
       ++code) {
    bool covered = false;
    for (const Case& each : kCases) {
      covered |= each.code == static_cast<TrapCode>(code);
    }
    EXPECT_TRUE(covered) << engine::TrapMessage(static_cast<TrapCode>(code));
  }
}

}  // namespace
}  // namespace slipway::conformance
