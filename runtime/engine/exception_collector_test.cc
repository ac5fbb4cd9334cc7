// Exceptions that are caught by reference are freed once nothing refers to
// them, and not before.

#include "runtime/engine/exception_collector.h"

#include <semaphore>
#include <thread>

#include "gtest/gtest.h"
#include "runtime/engine/exception.h"
#include "runtime/engine/testing/world.h"
#include "runtime/engine/value.h"

namespace slipway::engine {
namespace {

using wasm::CatchClause;
using wasm::Code;
using wasm::ExternKind;
using wasm::ModuleBuilder;
using wasm::Opcode;
using wasm::ValueType;

// Enough exceptions to make the collector run several times.
constexpr int64_t kMany = 20000;
constexpr size_t kBound = 4 * ExceptionArena::kMinimumBatch;

// Functions that each keep an exception with the value 7 somewhere, throw and
// catch by reference argument-many others, and return the value that they find
// in the one that they kept.
class Keeper {
 public:
  Keeper() {
    const uint32_t value = builder_.Type({ValueType::kI64}, {});
    const uint32_t reference = builder_.Type({ValueType::ExnRef()}, {});
    both_ = builder_.Type({}, {ValueType::kI64, ValueType::ExnRef()});
    pair_ = builder_.Type({}, {ValueType::ExnRef(), ValueType::ExnRef()});
    unary_ = builder_.Type({ValueType::kI64}, {ValueType::kI64});
    plain_ = builder_.Tag(value);
    outer_ = builder_.Tag(reference);
    builder_.Global({ValueType::ExnRef(), true},
                    Code().RefNull(wasm::HeapType::kExn));
    builder_.Table({ValueType::ExnRef(), {.min = 4, .is64 = true}});
    builder_.Export("global", ExternKind::kGlobal, 0);
    AddMake();
    AddValue();
    AddChurn();
    Export("churn", churn_);
    AddKeeping("local", Code().LocalSet(1), Code().LocalGet(1));
    AddKeeping("global_variable", Code().Op(Opcode::kGlobalSet, 0),
               Code().Op(Opcode::kGlobalGet, 0));
    AddKeeping("table",
               Code().LocalSet(1).I64(2).LocalGet(1).Op(Opcode::kTableSet),
               Code().I64(2).Op(Opcode::kTableGet));
    AddPayload();
    AddDeep();
    AddForget();
  }

  const ModuleBuilder& builder() const { return builder_; }

 private:
  void Export(std::string_view name, uint32_t function) {
    builder_.Export(name, ExternKind::kFunction, function);
  }

  // (i64) -> exnref: of a caught exception.
  void AddMake() {
    const uint32_t type =
        builder_.Type({ValueType::kI64}, {ValueType::ExnRef()});
    make_ = builder_.Function(
        type, {ValueType::ExnRef()},
        Code()
            .BlockOfType(Opcode::kBlock, both_)
            .TryTable({{.kind = CatchClause::Kind::kCatchRef, .tag = plain_}})
            .LocalGet(0)
            .Op(Opcode::kThrow, plain_)
            .End()
            .Op(Opcode::kUnreachable)
            .End()
            .LocalSet(1)
            .Op(Opcode::kDrop)
            .LocalGet(1));
  }

  // (exnref) -> i64: throws it and catches its value.
  void AddValue() {
    const uint32_t type =
        builder_.Type({ValueType::ExnRef()}, {ValueType::kI64});
    value_ = builder_.Function(
        type,
        Code()
            .Block(Opcode::kBlock, ValueType::kI64)
            .TryTable({{.kind = CatchClause::Kind::kCatch, .tag = plain_}})
            .LocalGet(0)
            .Op(Opcode::kThrowRef)
            .End()
            .Op(Opcode::kUnreachable)
            .End());
  }

  void AddChurn() {
    churn_ = builder_.Function(unary_, Code()
                                           .Block(Opcode::kLoop)
                                           .LocalGet(0)
                                           .Op(Opcode::kCall, make_)
                                           .Op(Opcode::kDrop)
                                           .LocalGet(0)
                                           .I64(1)
                                           .Op(Opcode::kI64Sub)
                                           .Op(Opcode::kLocalTee, 0)
                                           .I64(0)
                                           .Op(Opcode::kI64Ne)
                                           .Op(Opcode::kBrIf, 0)
                                           .End()
                                           .I64(0));
  }

  // `keep` takes the reference from the stack, `find` puts it there; local 1 is
  // an exnref.
  void AddKeeping(std::string_view name, const Code& keep, const Code& find) {
    Code code;
    code.I64(7).Op(Opcode::kCall, make_);
    Append(code, keep);
    code.LocalGet(0).Op(Opcode::kCall, churn_).Op(Opcode::kDrop);
    Append(code, find);
    code.Op(Opcode::kCall, value_);
    Export(name, builder_.Function(unary_, {ValueType::ExnRef()}, code));
  }

  static void Append(Code& to, const Code& from) {
    for (char byte : from.bytes()) to.Raw({static_cast<uint8_t>(byte)});
  }

  // Keeps an exception whose payload is the exception.
  void AddPayload() {
    Code code;
    code.BlockOfType(Opcode::kBlock, pair_)
        .TryTable({{.kind = CatchClause::Kind::kCatchRef, .tag = outer_}})
        .I64(7)
        .Op(Opcode::kCall, make_)
        .Op(Opcode::kThrow, outer_)
        .End()
        .Op(Opcode::kUnreachable)
        .End()
        .Op(Opcode::kGlobalSet, 0)
        .Op(Opcode::kDrop)
        .LocalGet(0)
        .Op(Opcode::kCall, churn_)
        .Op(Opcode::kDrop)
        .Block(Opcode::kBlock, ValueType::ExnRef())
        .TryTable({{.kind = CatchClause::Kind::kCatch, .tag = outer_}})
        .Op(Opcode::kGlobalGet, 0)
        .Op(Opcode::kThrowRef)
        .End()
        .Op(Opcode::kUnreachable)
        .End()
        .Op(Opcode::kCall, value_);
    payload_ = builder_.Function(unary_, code);
    Export("payload", payload_);
  }

  // deep(n) keeps one in each of n frames: n + (n - 1) + … + 1. The innermost
  // frame churns.
  void AddDeep() {
    const uint32_t self = payload_ + 1;
    const uint32_t deep = builder_.Function(unary_, {ValueType::ExnRef()},
                                            Code()
                                                .LocalGet(0)
                                                .Op(Opcode::kI64Eqz)
                                                .Block(Opcode::kIf)
                                                .I64(kMany)
                                                .Op(Opcode::kCall, churn_)
                                                .Op(Opcode::kReturn)
                                                .End()
                                                .LocalGet(0)
                                                .Op(Opcode::kCall, make_)
                                                .LocalSet(1)
                                                .LocalGet(0)
                                                .I64(1)
                                                .Op(Opcode::kI64Sub)
                                                .Op(Opcode::kCall, self)
                                                .LocalGet(1)
                                                .Op(Opcode::kCall, value_)
                                                .Op(Opcode::kI64Add));
    EXPECT_EQ(deep, self);
    Export("deep", deep);
  }

  void AddForget() {
    Export("forget",
           builder_.Function(unary_, Code()
                                         .RefNull(wasm::HeapType::kExn)
                                         .Op(Opcode::kGlobalSet, 0)
                                         .I64(2)
                                         .RefNull(wasm::HeapType::kExn)
                                         .Op(Opcode::kTableSet)
                                         .LocalGet(0)));
  }

  ModuleBuilder builder_;
  uint32_t both_, pair_, unary_;             // types
  uint32_t plain_, outer_;                   // tags
  uint32_t make_, value_, churn_, payload_;  // functions
};

class ExceptionCollectorTest : public testing::Test {
 protected:
  ExceptionCollectorTest()
      : instance_(world_.Instantiate(Keeper().builder())) {}

  int64_t Call(std::string_view function, int64_t argument) {
    return world_.Call(instance_, function, {I64(argument)}).value.i64;
  }
  size_t bytes() const { return world_.thread->exceptions().bytes(); }

  World world_;
  const Instance& instance_;
};

TEST_F(ExceptionCollectorTest, FreesWhatNothingRefersTo) {
  for (int i = 0; i < 10; ++i) {
    Call("churn", kMany);
    EXPECT_LT(bytes(), kBound);
  }
}

TEST_F(ExceptionCollectorTest, KeepsWhatAnotherThreadWasGiven) {
  const auto other = Thread::Create(world_.store, {.stack_size = 1 << 20});
  ASSERT_TRUE(other.ok());
  Call("global_variable", 1);
  instance_.CopyGlobals(*world_.thread, [](const Thread&) { return true; });
  void* given = nullptr;
  instance_.VisitExceptionGlobals(**other,
                                  [&](void* reference) { given = reference; });
  ASSERT_NE(given, nullptr);
  Call("forget", 0);
  Call("churn", kMany);
  bool found = false;
  world_.thread->exceptions().ForEach(
      [&](const object::Exception* exception) { found |= exception == given; });
  EXPECT_TRUE(found);
}

TEST_F(ExceptionCollectorTest, KeepsWhatIsReferredTo) {
  for (const char* where : {"local", "global_variable", "table", "payload"}) {
    EXPECT_EQ(Call(where, kMany), 7) << where;
    EXPECT_LT(bytes(), kBound) << where;
  }
  EXPECT_EQ(Call("deep", 5000), 5000 * 5001 / 2);
  EXPECT_LT(bytes(), 2 * kBound);
}

TEST_F(ExceptionCollectorTest, FreesWhatWasForgotten) {
  Call("global_variable", 1);
  Call("table", 1);
  Call("forget", 0);
  CollectExceptions(*world_.thread);  // nothing: this is not the guest's stack
  EXPECT_FALSE(world_.thread->exceptions().empty());
  for (int i = 0; i < 3; ++i) Call("churn", kMany);
  EXPECT_LT(bytes(), kBound);
}

// References in tables are other threads' as well: they are valid as long as
// there are others, whatever becomes of the table and of the thread.
TEST_F(ExceptionCollectorTest, WhatWasInATableOutlivesItsThread) {
  std::binary_semaphore stored{0};
  auto thread = Thread::Create(world_.store);
  ASSERT_TRUE(thread.ok());
  std::thread other([&, mine = *std::move(thread)]() mutable {
    mine->Attach();
    EXPECT_EQ(CallOn(*mine, instance_, "table", {I64(kMany)}).value.i64, 7);
    mine.reset();
    stored.release();
  });
  stored.acquire();
  object::Exception* const found =
      static_cast<object::Exception*>(instance_.table(0).Get(2));
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(ExceptionValues(found)[0].i64, 7);
  Call("churn", kMany);
  EXPECT_EQ(ExceptionValues(found)[0].i64, 7);
  other.join();
}

TEST_F(ExceptionCollectorTest, PinnedOnesStay) {
  Call("global_variable", 1);
  auto* const pinned = static_cast<object::Exception*>(
      instance_.FindGlobal(*world_.thread, "global")->ref);
  ASSERT_NE(pinned, nullptr);
  PinException(pinned);
  Call("forget", 0);
  for (int i = 0; i < 3; ++i) Call("churn", kMany);
  EXPECT_EQ(ExceptionValues(pinned)[0].i64, 7);
}

}  // namespace
}  // namespace slipway::engine
