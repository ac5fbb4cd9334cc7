// Shared memory64, threads, exceptions with references, tail calls, SIMD and
// table64 in one module, together: workers take items that lie beyond 4 GiB by
// an atomic counter and send each through a machine whose states are functions
// in a table64, entered by tail calls. States add up vectors; one throws. What
// is thrown is caught by reference, kept in a table, thrown again and caught by
// value. A waiter is notified of the last item.

#include <cstdint>
#include <cstring>
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
using wasm::CatchClause;
using wasm::Code;
using wasm::ExternKind;
using wasm::HeapType;
using wasm::ModuleBuilder;
using wasm::Opcode;
using wasm::ValueType;

constexpr int64_t kItemCount = 4000;
constexpr int64_t kKept = 64;  // exceptions in the table

// An item: a state to begin with, a number, and vectors.
struct Item {
  int32_t state;
  int32_t steps;  // for kSpin
  int32_t values[14];
};
static_assert(sizeof(Item) == 64);

constexpr int64_t kNext = 64;   // addresses: the next item's number
constexpr int64_t kDone = 128;  // how many are done
constexpr int64_t kItems = (int64_t{1} << 32) + 4096;
constexpr int64_t kResults = kItems + kItemCount * sizeof(Item);
constexpr uint64_t kPages = (int64_t{1} << 32) / wasm::kPageSize + 8;

enum State : int32_t { kSum, kScale, kFail, kSpin };
constexpr uint32_t kStates = 0;  // tables
constexpr uint32_t kExceptions = 1;

constexpr uint32_t kTag = 0;
constexpr uint32_t kLast = 0;  // this thread's last exception: a global

class Machine {
 public:
  Machine() {
    payload_ = builder_.Type({ValueType::kI64}, {});
    state_ =
        builder_.Type({ValueType::kI64, ValueType::kI64}, {ValueType::kI64});
    spin_ = builder_.Type(std::vector<ValueType>(3, ValueType::kI64),
                          {ValueType::kI64});
    unary_ = builder_.Type({ValueType::kI64}, {ValueType::kI64});
    nullary_ = builder_.Type({}, {ValueType::kI64});
    caught_ = builder_.Type({}, {ValueType::kI64, ValueType::ExnRef()});
    builder_.Memory(
        {.min = kPages, .max = kPages, .shared = true, .is64 = true});
    builder_.Tag(payload_);
    builder_.Table({ValueType::FuncRef(), {.min = 4, .max = 4, .is64 = true}});
    builder_.Table({ValueType::ExnRef(), {.min = kKept, .is64 = true}});
    builder_.Global({ValueType::ExnRef(), true},
                    Code().RefNull(HeapType::kExn));
    AddStates();
    AddAttempt();
    AddWork();
    AddAwait();
    AddKept();
  }
  const ModuleBuilder& builder() const { return builder_; }

 private:
  static constexpr uint32_t kItem = 0;  // parameters of the states
  static constexpr uint32_t kSoFar = 1;

  static Code ItemAddress() {
    return Code()
        .LocalGet(kItem)
        .I64(sizeof(Item))
        .Op(Opcode::kI64Mul)
        .I64(kItems)
        .Op(Opcode::kI64Add);
  }
  static Code Vector(uint64_t offset) {
    return ItemAddress().Op(Opcode::kV128Load, offset);
  }
  // so far + the lanes of the vector in local 2
  static Code PlusLanes() {
    Code code = Code().LocalGet(kSoFar);
    for (int lane = 0; lane < 4; ++lane) {
      code.LocalGet(2)
          .Op(Opcode::kI32x4ExtractLane, lane)
          .Op(Opcode::kI64ExtendI32S)
          .Op(Opcode::kI64Add);
    }
    return code;
  }
  // With the item and the sum on the stack.
  Code GoTo(const Code& state) const {
    return Code(state).Op(Opcode::kReturnCallIndirect, state_, kStates);
  }

  void AddStates() {
    const std::vector<ValueType> vector = {ValueType::kV128};
    const uint32_t sum = builder_.Function(state_, vector,
                                           Vector(0)
                                               .Append(Vector(16))
                                               .Op(Opcode::kI32x4Add)
                                               .Append(Vector(32))
                                               .Append(Vector(48))
                                               .Op(Opcode::kI32x4Add)
                                               .Op(Opcode::kI32x4Add)
                                               .LocalSet(2)
                                               .Append(PlusLanes()));
    const uint32_t scale =
        builder_.Function(state_, vector,
                          Vector(16)
                              .Append(Vector(32))
                              .Op(Opcode::kI32x4Mul)
                              .LocalSet(2)
                              .LocalGet(kItem)
                              .Append(PlusLanes())
                              .Append(GoTo(Code().I64(kSum))));
    const uint32_t fail = builder_.Function(
        state_, Code().LocalGet(kItem).Op(Opcode::kThrow, kTag));
    const uint32_t step = fail + 1;
    EXPECT_EQ(step,
              builder_.Function(spin_, Code()
                                           .LocalGet(2)
                                           .Op(Opcode::kI64Eqz)
                                           .Block(Opcode::kIf)
                                           .LocalGet(kItem)
                                           .LocalGet(kSoFar)
                                           .Append(GoTo(Code().I64(kSum)))
                                           .End()
                                           .LocalGet(kItem)
                                           .LocalGet(kSoFar)
                                           .I64(1)
                                           .Op(Opcode::kI64Add)
                                           .LocalGet(2)
                                           .I64(1)
                                           .Op(Opcode::kI64Sub)
                                           .Op(Opcode::kReturnCall, step)));
    const uint32_t spin = builder_.Function(
        state_, Code()
                    .LocalGet(kItem)
                    .LocalGet(kSoFar)
                    .Append(ItemAddress())
                    .Op(Opcode::kI64Load32U, offsetof(Item, steps))
                    .Op(Opcode::kReturnCall, step));
    builder_.Elements(kStates, Code().I64(0), {sum, scale, fail, spin});
    begin_ = builder_.Function(
        state_,
        Code().LocalGet(kItem).LocalGet(kSoFar).Append(GoTo(
            ItemAddress().Op(Opcode::kI64Load32U, offsetof(Item, state)))));
  }

  // (item) -> its result; -1 - item when it throws.
  void AddAttempt() {
    const Code keep = Code()
                          .Op(Opcode::kGlobalSet, kLast)
                          .I64(kKept)
                          .Op(Opcode::kI64RemU)
                          .Op(Opcode::kGlobalGet, kLast)
                          .Op(Opcode::kTableSet, kExceptions)
                          .Op(Opcode::kGlobalGet, kLast)
                          .Op(Opcode::kThrowRef);
    attempt_ = builder_.Function(
        unary_,
        Code()
            .I64(-1)
            .Block(Opcode::kBlock, ValueType::kI64)
            .TryTable({{.kind = CatchClause::Kind::kCatch, .tag = kTag}})
            .BlockOfType(Opcode::kBlock, caught_)
            .TryTable({{.kind = CatchClause::Kind::kCatchRef, .tag = kTag}})
            .LocalGet(kItem)
            .I64(0)
            .Op(Opcode::kCall, begin_)
            .Op(Opcode::kReturn)
            .End()
            .Op(Opcode::kUnreachable)
            .End()
            .Append(keep)
            .End()
            .Op(Opcode::kUnreachable)
            .End()
            .Op(Opcode::kI64Sub));
  }

  // () -> how many items this thread did
  void AddWork() {
    const Code result_address = Code()
                                    .LocalGet(0)
                                    .I64(8)
                                    .Op(Opcode::kI64Mul)
                                    .I64(kResults)
                                    .Op(Opcode::kI64Add);
    const uint32_t work =
        builder_.Function(nullary_, {ValueType::kI64, ValueType::kI64},
                          Code()
                              .Block(Opcode::kLoop)
                              .I64(kNext)
                              .I64(1)
                              .Op(Opcode::kI64AtomicRmwAdd)
                              .Op(Opcode::kLocalTee, 0)
                              .I64(kItemCount)
                              .Op(Opcode::kI64LtU)
                              .Block(Opcode::kIf)
                              .Append(result_address)
                              .LocalGet(0)
                              .Op(Opcode::kCall, attempt_)
                              .Op(Opcode::kI64AtomicStore)
                              .LocalGet(1)
                              .I64(1)
                              .Op(Opcode::kI64Add)
                              .LocalSet(1)
                              .I64(kDone)
                              .I64(1)
                              .Op(Opcode::kI64AtomicRmwAdd)
                              .Op(Opcode::kDrop)
                              .I64(kDone)
                              .I32(-1)
                              .Op(Opcode::kMemoryAtomicNotify)
                              .Op(Opcode::kDrop)
                              .Op(Opcode::kBr, 1)
                              .End()
                              .End()
                              .LocalGet(1));
    builder_.Export("work", ExternKind::kFunction, work);
  }

  // () -> how often it had to look, once all items are done
  void AddAwait() {
    const uint32_t await =
        builder_.Function(nullary_, {ValueType::kI64, ValueType::kI64},
                          Code()
                              .Block(Opcode::kLoop)
                              .LocalGet(1)
                              .I64(1)
                              .Op(Opcode::kI64Add)
                              .LocalSet(1)
                              .I64(kDone)
                              .Op(Opcode::kI64AtomicLoad)
                              .Op(Opcode::kLocalTee, 0)
                              .I64(kItemCount)
                              .Op(Opcode::kI64Ne)
                              .Block(Opcode::kIf)
                              .I64(kDone)
                              .LocalGet(0)
                              .I64(-1)
                              .Op(Opcode::kMemoryAtomicWait64)
                              .Op(Opcode::kDrop)
                              .Op(Opcode::kBr, 1)
                              .End()
                              .End()
                              .LocalGet(1));
    builder_.Export("await", ExternKind::kFunction, await);
  }

  // (index) -> the value of the exception in the table; -1 for none
  void AddKept() {
    const uint32_t kept = builder_.Function(
        unary_,
        Code()
            .Block(Opcode::kBlock)
            .Block(Opcode::kBlock, ValueType::kI64)
            .TryTable({{.kind = CatchClause::Kind::kCatch, .tag = kTag}})
            .LocalGet(0)
            .Op(Opcode::kTableGet, kExceptions)
            .Op(Opcode::kBrOnNull, 2)
            .Op(Opcode::kThrowRef)
            .End()
            .Op(Opcode::kUnreachable)
            .End()
            .Op(Opcode::kReturn)
            .End()
            .I64(-1));
    builder_.Export("kept", ExternKind::kFunction, kept);
  }

  ModuleBuilder builder_;
  uint32_t payload_, state_, spin_, unary_, nullary_, caught_;  // types
  uint32_t begin_, attempt_;                                    // functions
};

Item MakeItem(int64_t number) {
  Item item = {.state = static_cast<int32_t>(number % 4),
               .steps = static_cast<int32_t>(number % 500),
               .values = {}};
  for (int i = 0; i < 14; ++i) {
    item.values[i] = static_cast<int32_t>(number * (i + 3) - 1000);
  }
  return item;
}

int64_t ExpectedResult(int64_t number) {
  const Item item = MakeItem(number);
  if (item.state == kFail) return -1 - number;
  int32_t lanes[16];
  std::memcpy(lanes, &item, sizeof(item));
  int64_t result = item.state == kSpin ? item.steps : 0;
  for (int lane = 0; lane < 4; ++lane) {
    if (item.state == kScale) {
      result += static_cast<int32_t>(static_cast<uint32_t>(lanes[4 + lane]) *
                                     static_cast<uint32_t>(lanes[8 + lane]));
    }
    result +=
        lanes[lane] + lanes[4 + lane] + lanes[8 + lane] + lanes[12 + lane];
  }
  return result;
}

class CombinedTest : public testing::Test {
 protected:
  CombinedTest() : instance_(world_.Instantiate(Machine().builder())) {
    for (int64_t i = 0; i < kItemCount; ++i) {
      const Item item = MakeItem(i);
      std::memcpy(At(kItems) + i * sizeof(Item), &item, sizeof(Item));
    }
  }
  uint8_t* At(int64_t address) { return instance_.memory(0).base() + address; }
  int64_t Call(Thread& thread, std::string_view function) {
    const CallResult result = engine::CallOn(thread, instance_, function, {});
    EXPECT_TRUE(result.returned()) << function;
    return result.value.i64;
  }

  World world_;
  const Instance& instance_;
};

TEST_F(CombinedTest, AllTogetherInThreads) {
  int64_t done[kThreads] = {};
  RunTogether(world_, kThreads + 1, [&](Thread& thread, int number) {
    if (number < kThreads) {
      done[number] = Call(thread, "work");
    } else {
      EXPECT_GE(Call(thread, "await"), 1);
    }
  });
  int64_t all = 0;
  for (int64_t each : done) all += each;
  EXPECT_EQ(all, kItemCount);
  for (int64_t i = 0; i < kItemCount; ++i) {
    int64_t result = 0;
    std::memcpy(&result, At(kResults) + 8 * i, sizeof(result));
    ASSERT_EQ(result, ExpectedResult(i)) << "item " << i;
  }
  // The exceptions outlive the threads that threw them.
  for (int64_t i = 0; i < kKept; ++i) {
    const CallResult kept = world_.Call(instance_, "kept", {I64(i)});
    ASSERT_TRUE(kept.returned());
    if (i % 4 != kFail) {
      EXPECT_EQ(kept.value.i64, -1);
    } else {
      EXPECT_EQ(kept.value.i64 % kKept, i);
    }
  }
}

}  // namespace
}  // namespace slipway::conformance
