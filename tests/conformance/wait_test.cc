// memory.atomic.wait32, wait64 and notify under contention, on shared memories
// of both widths. (runtime/engine/wait_test.cc has waits and signals.)

#include <atomic>
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
using engine::I32;
using engine::I64;
using engine::Instance;
using engine::Thread;
using engine::World;
using wasm::Code;
using wasm::ExternKind;
using wasm::ModuleBuilder;
using wasm::Opcode;
using wasm::ValueType;

constexpr int64_t kLock = 64;      // addresses
constexpr int64_t kCounter = 128;  // guarded by the lock, plain accesses
constexpr int64_t kWord = 192;
constexpr int64_t kForEver = -1;

enum WaitAnswer : int32_t { kWoken = 0, kNotEqual = 1, kTimedOut = 2 };

// Functions for one width of words in a memory of one width of addresses:
//   lock(n)              n times: lock a mutex, count, unlock it
//   wait(word, timeout)  while it has the value 0
//   notify(word, count)
//   set(word, value)
class Waits {
 public:
  Waits(bool memory64, bool words64) : memory64_(memory64), words64_(words64) {
    builder_.Memory({.min = 1, .max = 1, .shared = true, .is64 = memory64});
    Add("wait", {ValueType::kI64, ValueType::kI64}, ValueType::kI32,
        Address(0).Append(Word(0)).LocalGet(1).Op(wait()));
    Add("notify", {ValueType::kI64, ValueType::kI32}, ValueType::kI32,
        Address(0).LocalGet(1).Op(Opcode::kMemoryAtomicNotify));
    Add("set", {ValueType::kI64, ValueType::kI64}, ValueType::kI32,
        Address(0).LocalGet(1).Op(Opcode::kI64AtomicStore).I32(0));
    Add("lock", {ValueType::kI64}, ValueType::kI32, LockLoop());
  }

  const ModuleBuilder& builder() const { return builder_; }

 private:
  Opcode wait() const {
    return words64_ ? Opcode::kMemoryAtomicWait64 : Opcode::kMemoryAtomicWait32;
  }
  Code Word(int64_t value) const {
    return words64_ ? Code().I64(value)
                    : Code().I32(static_cast<int32_t>(value));
  }
  Code At(int64_t address) const {
    return memory64_ ? Code().I64(address)
                     : Code().I32(static_cast<int32_t>(address));
  }
  Code Address(uint32_t local) const {
    Code code = Code().LocalGet(local);
    return memory64_ ? code : code.Op(Opcode::kI32WrapI64);
  }
  Code Exchange(int64_t value) const {
    return At(kLock)
        .Append(Word(value))
        .Op(words64_ ? Opcode::kI64AtomicRmwXchg : Opcode::kI32AtomicRmwXchg);
  }
  Code IsZero(Code value) const {
    return value.Op(words64_ ? Opcode::kI64Eqz : Opcode::kI32Eqz);
  }

  // The mutex of Drepper's "Futexes are tricky", second version, with 0 for
  // free, 1 for taken and 2 for taken with waiters.
  Code LockLoop() const {
    const Code compare_exchange = At(kLock).Append(Word(0)).Append(Word(1)).Op(
        words64_ ? Opcode::kI64AtomicRmwCmpxchg : Opcode::kI32AtomicRmwCmpxchg);
    Code lock = Code().Block(Opcode::kBlock).Append(IsZero(compare_exchange));
    lock.Op(Opcode::kBrIf, 0)
        .Block(Opcode::kLoop)
        .Append(IsZero(Exchange(2)))
        .Op(Opcode::kBrIf, 1)
        .Append(At(kLock))
        .Append(Word(2))
        .I64(kForEver)
        .Op(wait())
        .Op(Opcode::kDrop)
        .Op(Opcode::kBr, 0)
        .End()
        .End();
    const Code unlock = Exchange(0)
                            .Append(Word(2))
                            .Op(words64_ ? Opcode::kI64Eq : Opcode::kI32Eq)
                            .Block(Opcode::kIf)
                            .Append(At(kLock))
                            .I32(1)
                            .Op(Opcode::kMemoryAtomicNotify)
                            .Op(Opcode::kDrop)
                            .End();
    return Code()
        .Block(Opcode::kLoop)
        .Append(lock)
        .Append(At(kCounter))
        .Append(At(kCounter))
        .Op(Opcode::kI64Load)
        .I64(1)
        .Op(Opcode::kI64Add)
        .Op(Opcode::kI64Store)
        .Append(unlock)
        .LocalGet(0)
        .I64(1)
        .Op(Opcode::kI64Sub)
        .Op(Opcode::kLocalTee, 0)
        .I64(0)
        .Op(Opcode::kI64Ne)
        .Op(Opcode::kBrIf, 0)
        .End()
        .I32(0);
  }

  void Add(std::string_view name, std::vector<ValueType> params,
           ValueType result, const Code& code) {
    const uint32_t type = builder_.Type(std::move(params), {result});
    builder_.Export(name, ExternKind::kFunction, builder_.Function(type, code));
  }

  const bool memory64_;
  const bool words64_;
  ModuleBuilder builder_;
};

// Parameters: whether addresses, and whether words, have 64 bits.
class WaitTest : public testing::TestWithParam<std::tuple<bool, bool>> {
 protected:
  WaitTest()
      : instance_(world_.Instantiate(
            Waits(std::get<0>(GetParam()), std::get<1>(GetParam()))
                .builder())) {}

  int32_t Wait(Thread& thread, int64_t word, int64_t timeout) {
    return Call(thread, "wait", {I64(word), I64(timeout)});
  }
  int32_t Notify(Thread& thread, int64_t word, int32_t count) {
    return Call(thread, "notify", {I64(word), I32(count)});
  }
  int32_t Call(Thread& thread, std::string_view function,
               std::initializer_list<object::Value> arguments) {
    const CallResult result =
        engine::CallOn(thread, instance_, function, arguments);
    EXPECT_TRUE(result.returned()) << function;
    return result.value.i32;
  }

  World world_;
  const Instance& instance_;
};

TEST_P(WaitTest, AMutexOfThemExcludes) {
  constexpr int64_t kRounds = 20000;
  RunTogether(world_, kThreads, [&](Thread& thread, int) {
    Call(thread, "lock", {I64(kRounds)});
  });
  const auto* counter =
      reinterpret_cast<const int64_t*>(instance_.memory(0).base() + kCounter);
  EXPECT_EQ(*counter, kThreads * kRounds);
}

TEST_P(WaitTest, ADifferentValueIsNotWaitedFor) {
  Call(*world_.thread, "set", {I64(kWord), I64(-1)});
  EXPECT_EQ(Wait(*world_.thread, kWord, kForEver), kNotEqual);
}

// Of waits that race with their timeouts, as many end woken as the notifiers
// were told.
TEST_P(WaitTest, EveryWakeUpIsCountedOnce) {
  std::atomic<int> woken{0};
  std::atomic<int> told{0};
  std::atomic<int> waiting{kThreads / 2};
  RunTogether(world_, kThreads, [&](Thread& thread, int number) {
    if (number % 2 == 0) {
      for (int i = 0; i < 500; ++i) {
        const int32_t answer = Wait(thread, kWord, 1000 * (i % 100));
        if (answer == kWoken) ++woken;
        EXPECT_NE(answer, kNotEqual);
      }
      --waiting;
    } else {
      while (waiting > 0) told += Notify(thread, kWord, 1);
    }
  });
  EXPECT_EQ(woken, told);
  EXPECT_EQ(Notify(*world_.thread, kWord, 1000), 0);
}

// Waiters at other addresses, in any bucket, sleep on.
TEST_P(WaitTest, WakesSoManyAndOnlyThere) {
  constexpr int64_t kOther = kWord + 1024;
  std::atomic<int> here{0};
  std::atomic<int> there{0};
  RunTogether(world_, kThreads + 1, [&](Thread& thread, int number) {
    if (number < kThreads) {
      const bool other = number == 0;
      EXPECT_EQ(Wait(thread, other ? kOther : kWord, kForEver), kWoken);
      ++(other ? there : here);
      return;
    }
    int32_t told = 0;
    while (told < kThreads - 1) {
      const int32_t now = Notify(thread, kWord, 2);
      EXPECT_LE(now, 2);
      told += now;
    }
    EXPECT_EQ(told, kThreads - 1);
    EXPECT_EQ(there, 0);
    while (Notify(thread, kOther, -1) == 0) {
    }
  });
  EXPECT_EQ(here, kThreads - 1);
  EXPECT_EQ(there, 1);
}

INSTANTIATE_TEST_SUITE_P(
    Widths, WaitTest, testing::Combine(testing::Bool(), testing::Bool()),
    [](const auto& info) {
      return std::string(std::get<0>(info.param) ? "memory64" : "memory32") +
             (std::get<1>(info.param) ? "_wait64" : "_wait32");
    });

}  // namespace
}  // namespace slipway::conformance
