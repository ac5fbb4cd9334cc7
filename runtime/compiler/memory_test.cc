// Linear memory: bounds, offsets, bulk operations and atomics.

#include <cstdint>
#include <cstring>
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

constexpr uint64_t kSize = ObjectRunner::kMemorySize;

class MemoryTest : public testing::TestWithParam<bool> {
 protected:
  MemoryTest() : address_(GetParam() ? ValueType::kI64 : ValueType::kI32) {
    builder_.Memory({.min = 4, .max = 4, .shared = true, .is64 = GetParam()});
  }

  // A function of (address, i64, i64) with the body given.
  uint32_t Add(const Code& code, ValueType result = ValueType::kI64) {
    return builder_.Function(
        builder_.Type({address_, ValueType::kI64, ValueType::kI64}, {result}),
        code);
  }
  uint32_t AddLoad(Opcode op, uint64_t offset) {
    return Add(Code().LocalGet(0).Op(op, offset));
  }

  ModuleBuilder builder_;
  const ValueType address_;
};

CallResult Call(ObjectRunner& runner, uint32_t function, uint64_t address,
                uint64_t b = 0, uint64_t c = 0, uint64_t* result = nullptr) {
  Value values[3];
  values[0].i64 = static_cast<int64_t>(address);
  values[1].i64 = static_cast<int64_t>(b);
  values[2].i64 = static_cast<int64_t>(c);
  const CallResult called = runner.Call(function, values);
  if (result != nullptr) *result = static_cast<uint64_t>(values[0].i64);
  return called;
}

TEST_P(MemoryTest, LoadsAtOffsets) {
  const uint32_t near = AddLoad(Opcode::kI64Load, 8);
  const uint32_t narrow = AddLoad(Opcode::kI64Load16S, 0);
  ObjectRunner runner(builder_.Build());
  const uint64_t stored = 0xfedcba9876548000;
  memcpy(runner.memory() + 13, &stored, 8);
  uint64_t loaded = 0;
  EXPECT_TRUE(Call(runner, near, 5, 0, 0, &loaded).ok());
  EXPECT_EQ(loaded, stored);
  EXPECT_TRUE(Call(runner, narrow, 13, 0, 0, &loaded).ok());
  EXPECT_EQ(loaded, 0xffffffffffff8000);
}

TEST_P(MemoryTest, FaultsBeyondTheEnd) {
  const uint32_t load = AddLoad(Opcode::kI64Load, 0);
  const uint32_t far = AddLoad(Opcode::kI64Load, 0xfffffff0);
  ObjectRunner runner(builder_.Build());
  EXPECT_TRUE(Call(runner, load, kSize - 8).ok());
  const CallResult over = Call(runner, load, kSize - 7);
  ASSERT_TRUE(over.fault.has_value());
  EXPECT_EQ(*over.fault, reinterpret_cast<uintptr_t>(runner.memory()) + kSize);
  // The last address of a 32-bit memory with the largest offset stays inside
  // the guard.
  EXPECT_FALSE(Call(runner, far, 0xffffffff).ok());
}

TEST_P(MemoryTest, BulkOperationsCheckBeforeTheyWrite) {
  const auto size = [](Code code) {
    return GetParam() ? code.LocalGet(2)
                      : code.LocalGet(2).Op(Opcode::kI32WrapI64);
  };
  const auto second = [](Code code) {
    return GetParam() ? code.LocalGet(1)
                      : code.LocalGet(1).Op(Opcode::kI32WrapI64);
  };
  const uint32_t copy =
      Add(size(second(Code().LocalGet(0))).Op(Opcode::kMemoryCopy).I64(0));
  const uint32_t fill =
      Add(size(Code().LocalGet(0).LocalGet(1).Op(Opcode::kI32WrapI64))
              .Op(Opcode::kMemoryFill)
              .I64(0));
  ObjectRunner runner(builder_.Build());
  EXPECT_TRUE(Call(runner, fill, 100, 0x1ab, 3).ok());
  EXPECT_EQ(runner.memory()[100], 0xab);
  EXPECT_EQ(runner.memory()[103], 0);
  // Overlapping.
  EXPECT_TRUE(Call(runner, copy, 101, 100, 3).ok());
  EXPECT_EQ(runner.memory()[103], 0xab);
  EXPECT_TRUE(Call(runner, copy, kSize, 0, 0).ok());
  EXPECT_EQ(Call(runner, copy, kSize + 1, 0, 0).trap,
            TrapCode::kMemoryOutOfBounds);
  EXPECT_EQ(Call(runner, fill, kSize - 1, 1, 2).trap,
            TrapCode::kMemoryOutOfBounds);
  EXPECT_EQ(runner.memory()[kSize - 1], 0);
  EXPECT_EQ(Call(runner, fill, 8, 1, 0xffffffff).trap,
            TrapCode::kMemoryOutOfBounds);
}

TEST_P(MemoryTest, AtomicsMustBeAligned) {
  const uint32_t add =
      Add(Code().LocalGet(0).LocalGet(1).Op(Opcode::kI64AtomicRmw32AddU, 2));
  ObjectRunner runner(builder_.Build());
  runner.memory()[16] = 0xff;
  uint64_t old = 0;
  EXPECT_TRUE(Call(runner, add, 14, 0xffffffff00000001, 0, &old).ok());
  EXPECT_EQ(old, 0xffu);
  EXPECT_EQ(runner.memory()[17], 1);
  EXPECT_EQ(runner.memory()[20], 0);
  EXPECT_EQ(Call(runner, add, 16).trap, TrapCode::kUnalignedAtomic);
}

// Also where the address is out of bounds, near or far.
TEST_P(MemoryTest, AtomicsCheckAlignmentFirst) {
  std::vector<uint32_t> functions;
  for (Opcode op : {Opcode::kI32AtomicLoad, Opcode::kI32AtomicLoad16U,
                    Opcode::kI64AtomicLoad, Opcode::kI64AtomicLoad16U,
                    Opcode::kI64AtomicLoad32U}) {
    functions.push_back(
        Add(Code().LocalGet(0).Op(op, 8).Op(Opcode::kDrop).I64(0)));
  }
  functions.push_back(
      Add(Code().LocalGet(0).I64(1).Op(Opcode::kI64AtomicStore16).I64(0)));
  functions.push_back(
      Add(Code().LocalGet(0).LocalGet(1).Op(Opcode::kI64AtomicRmwXchg)));
  functions.push_back(Add(Code().LocalGet(0).LocalGet(1).LocalGet(2).Op(
      Opcode::kI64AtomicRmw32CmpxchgU)));
  functions.push_back(Add(Code()
                              .LocalGet(0)
                              .I32(0)
                              .Op(Opcode::kMemoryAtomicNotify)
                              .Op(Opcode::kI64ExtendI32U)));
  ObjectRunner runner(builder_.Build());
  for (uint32_t function : functions) {
    for (uint64_t address : {uint64_t{1}, kSize + 1, ~uint64_t{0}}) {
      EXPECT_EQ(Call(runner, function, address).trap,
                TrapCode::kUnalignedAtomic)
          << function << " at " << address;
    }
  }
}

// Adding zero changes nothing, but accesses memory.
TEST_P(MemoryTest, IdempotentAtomicWithoutUseStillTraps) {
  const uint32_t add = Add(Code()
                               .LocalGet(0)
                               .I32(0)
                               .Op(Opcode::kI32AtomicRmwAdd)
                               .Op(Opcode::kDrop)
                               .I64(0));
  ObjectRunner runner(builder_.Build());
  EXPECT_TRUE(Call(runner, add, kSize - 4).ok());
  EXPECT_TRUE(Call(runner, add, kSize).fault.has_value());
}

// LLVM made one memset of them, after the trap.
TEST_P(MemoryTest, StoresBeforeATrapAreDone) {
  Code stores;
  for (int i = 0; i < 8; ++i) {
    stores.LocalGet(0).I32(1).Op(Opcode::kI32Store8, i);
  }
  const uint32_t store = Add(stores.Op(Opcode::kUnreachable));
  ObjectRunner runner(builder_.Build());
  EXPECT_EQ(Call(runner, store, 8).trap, TrapCode::kUnreachable);
  for (int i = 8; i < 16; ++i) EXPECT_EQ(runner.memory()[i], 1) << i;
}

TEST_P(MemoryTest, NarrowCompareExchangeWrapsItsOperands) {
  const uint32_t exchange = Add(Code().LocalGet(0).LocalGet(1).LocalGet(2).Op(
      Opcode::kI64AtomicRmw8CmpxchgU));
  ObjectRunner runner(builder_.Build());
  runner.memory()[0] = 5;
  uint64_t old = 0;
  EXPECT_TRUE(Call(runner, exchange, 0, 6, 9, &old).ok());
  EXPECT_EQ(old, 5u);
  EXPECT_EQ(runner.memory()[0], 5);
  EXPECT_TRUE(Call(runner, exchange, 0, 0x105, 0x209, &old).ok());
  EXPECT_EQ(old, 5u);
  EXPECT_EQ(runner.memory()[0], 9);
  EXPECT_EQ(runner.memory()[1], 0);
}

TEST_P(MemoryTest, SizeIsInPages) {
  const uint32_t size = builder_.Function(builder_.Type({}, {address_}),
                                          Code().Op(Opcode::kMemorySize));
  ObjectRunner runner(builder_.Build());
  Value value{.i64 = 0};
  EXPECT_TRUE(runner.Call(size, {&value, 1}).ok());
  EXPECT_EQ(value.i64, 4);
}

INSTANTIATE_TEST_SUITE_P(AddressTypes, MemoryTest, testing::Bool(),
                         [](const auto& info) {
                           return info.param ? "Memory64" : "Memory32";
                         });

TEST(Memory64Test, BaseBeyondTheReservationTraps) {
  ModuleBuilder builder;
  builder.Memory({.min = 4, .is64 = true});
  const uint32_t type = builder.Type({ValueType::kI64}, {ValueType::kI64});
  const uint32_t load =
      builder.Function(type, Code().LocalGet(0).Op(Opcode::kI64Load, 8));
  const uint32_t huge = builder.Function(
      type,
      Code().LocalGet(0).Op(Opcode::kI64Load, object::kMemory64Reservation));
  const uint32_t wrapping = builder.Function(
      type, Code().LocalGet(0).Op(Opcode::kI64Load, uint64_t{1} << 63));
  ObjectRunner runner(builder.Build());
  EXPECT_EQ(Call(runner, load, object::kMemory64Reservation).trap,
            TrapCode::kMemoryOutOfBounds);
  EXPECT_EQ(Call(runner, load, ~uint64_t{0}).trap,
            TrapCode::kMemoryOutOfBounds);
  EXPECT_TRUE(
      Call(runner, load, object::kMemory64Reservation - 1).fault.has_value());
  EXPECT_EQ(Call(runner, huge, 0).trap, TrapCode::kMemoryOutOfBounds);
  EXPECT_EQ(Call(runner, wrapping, (uint64_t{1} << 63) + 8).trap,
            TrapCode::kMemoryOutOfBounds);
}

}  // namespace
}  // namespace slipway::compiler
