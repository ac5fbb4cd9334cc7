// The legacy encoding of exceptions: try with its clauses, rethrow, delegate.

#include <cstdint>

#include "gtest/gtest.h"
#include "runtime/engine/exception.h"
#include "runtime/engine/testing/world.h"
#include "runtime/engine/value.h"

namespace slipway::engine {
namespace {

using wasm::CatchClause;
using wasm::Code;
using wasm::ExternKind;
using wasm::HeapType;
using wasm::ModuleBuilder;
using wasm::Opcode;
using wasm::ValueType;

constexpr ValueType kI64 = ValueType::kI64;
constexpr uint32_t kA = 0, kB = 1;  // tags of type (i64)
constexpr uint32_t kThrow = 0;  // function (i64): throws A, or B of a negative

ModuleBuilder Environment() {
  ModuleBuilder builder;
  const uint32_t taking = builder.Type({kI64}, {});
  builder.Tag(taking);
  builder.Tag(taking);
  builder.Function(taking, Code()
                               .LocalGet(0)
                               .I64(0)
                               .Op(Opcode::kI64LtS)
                               .Block(Opcode::kIf)
                               .LocalGet(0)
                               .Op(Opcode::kThrow, kB)
                               .End()
                               .LocalGet(0)
                               .Op(Opcode::kThrow, kA));
  return builder;
}

// A try that throws its argument.
Code TryThrow() {
  return Code()
      .Block(Opcode::kTry, kI64)
      .LocalGet(0)
      .Op(Opcode::kCall, kThrow)
      .Op(Opcode::kUnreachable);
}

Code Plus(int64_t value) { return Code().I64(value).Op(Opcode::kI64Add); }

class LegacyExceptionTest : public testing::Test {
 protected:
  // Calls a function (i64) -> i64 of this code.
  CallResult Run(const Code& code, int64_t argument) {
    ModuleBuilder builder = Environment();
    builder.Export("f", ExternKind::kFunction,
                   builder.Function(builder.Type({kI64}, {kI64}), code));
    return world_.Call(world_.Instantiate(builder), "f", {I64(argument)});
  }
  int64_t Value(const Code& code, int64_t argument) {
    const CallResult result = Run(code, argument);
    EXPECT_TRUE(result.returned());
    return result.value.i64;
  }
  // The value of the exception that leaves the function.
  int64_t Uncaught(const Code& code, int64_t argument) {
    const CallResult result = Run(code, argument);
    if (result.outcome.kind != Outcome::kException) {
      ADD_FAILURE() << "nothing was thrown";
      return 0;
    }
    const int64_t value = ExceptionValues(result.outcome.exception)[0].i64;
    ReleaseException(result.outcome.exception);
    return value;
  }

  World world_;
};

TEST_F(LegacyExceptionTest, TheClauseOfTheTagGetsTheValues) {
  const Code code = TryThrow()
                        .Op(Opcode::kCatch, kB)
                        .Append(Plus(1000))
                        .Op(Opcode::kCatch, kA)
                        .Append(Plus(1))
                        .End();
  EXPECT_EQ(Value(code, 7), 8);
  EXPECT_EQ(Value(code, -7), 993);
}

TEST_F(LegacyExceptionTest, WhatNoClauseCatchesGoesOn) {
  const Code inner = TryThrow().Op(Opcode::kCatch, kB).End();
  EXPECT_EQ(Uncaught(inner, 7), 7);
  EXPECT_EQ(Value(Code()
                      .Block(Opcode::kTry, kI64)
                      .Append(inner)
                      .Op(Opcode::kCatch, kA)
                      .Append(Plus(1))
                      .End(),
                  7),
            8);
  // A try without clauses catches nothing.
  EXPECT_EQ(Uncaught(TryThrow().End(), 7), 7);
}

TEST_F(LegacyExceptionTest, CatchAllCatchesWhatIsLeft) {
  const Code code =
      TryThrow().Op(Opcode::kCatch, kA).Op(Opcode::kCatchAll).I64(1000).End();
  EXPECT_EQ(Value(code, 7), 7);
  EXPECT_EQ(Value(code, -7), 1000);
}

TEST_F(LegacyExceptionTest, ATryThatDoesNotThrowHasTheResultsOfItsCode) {
  EXPECT_EQ(Value(Code()
                      .Block(Opcode::kTry, kI64)
                      .LocalGet(0)
                      .Op(Opcode::kCatchAll)
                      .Op(Opcode::kUnreachable)
                      .End(),
                  7),
            7);
}

TEST_F(LegacyExceptionTest, TrapsAreNotCaught) {
  const CallResult result = Run(Code()
                                    .Block(Opcode::kTry, kI64)
                                    .Op(Opcode::kUnreachable)
                                    .Op(Opcode::kCatchAll)
                                    .I64(1)
                                    .End(),
                                0);
  EXPECT_TRUE(result.trapped());
}

TEST_F(LegacyExceptionTest, ClausesThrowPastTheirOwnTry) {
  EXPECT_EQ(Uncaught(TryThrow()
                         .Op(Opcode::kCatch, kA)
                         .Append(Plus(1))
                         .Op(Opcode::kThrow, kB)
                         .Op(Opcode::kCatch, kB)
                         .Op(Opcode::kCatchAll)
                         .I64(0)
                         .End(),
                     7),
            8);
}

// In the clause of an inner try, throws what the clause `depth` blocks out has
// caught: 1 the inner, 2 the outer.
Code RethrowIn2Clauses(uint32_t depth) {
  return TryThrow()
      .Op(Opcode::kCatchAll)
      .Block(Opcode::kTry, kI64)
      .I64(100)
      .Op(Opcode::kThrow, kB)
      .Op(Opcode::kCatch, kB)
      .Block(Opcode::kBlock)
      .Op(Opcode::kRethrow, depth)
      .End()
      .End()
      .End();
}

TEST_F(LegacyExceptionTest, RethrowNamesTheClauseByDepth) {
  EXPECT_EQ(Uncaught(RethrowIn2Clauses(1), 7), 100);
  EXPECT_EQ(Uncaught(RethrowIn2Clauses(2), 7), 7);
}

TEST_F(LegacyExceptionTest, WhatIsRethrownIsCaughtAgain) {
  EXPECT_EQ(Value(Code()
                      .Block(Opcode::kTry, kI64)
                      .Append(TryThrow())
                      .Op(Opcode::kCatch, kA)
                      .Op(Opcode::kRethrow, 0)
                      .End()
                      .Op(Opcode::kCatch, kA)
                      .Append(Plus(1))
                      .End(),
                  7),
            8);
}

// try { try { try { throw } delegate } catch { +10 } } catch { +1 }
Code DelegateFrom3Tries(uint32_t label) {
  return Code()
      .Block(Opcode::kTry, kI64)
      .Block(Opcode::kTry, kI64)
      .Append(TryThrow())
      .Op(Opcode::kDelegate, label)
      .Op(Opcode::kCatch, kA)
      .Append(Plus(10))
      .End()
      .Op(Opcode::kCatch, kA)
      .Append(Plus(1))
      .End();
}

TEST_F(LegacyExceptionTest, DelegateSkipsTheTriesInBetween) {
  EXPECT_EQ(Value(DelegateFrom3Tries(0), 7), 17);
  EXPECT_EQ(Value(DelegateFrom3Tries(1), 7), 8);
  // The function's body: its caller.
  EXPECT_EQ(Uncaught(DelegateFrom3Tries(2), 7), 7);
}

TEST_F(LegacyExceptionTest, DelegateToABlockMeansTheTryAroundIt) {
  EXPECT_EQ(Value(Code()
                      .Block(Opcode::kTry, kI64)
                      .Block(Opcode::kTry, kI64)
                      .Block(Opcode::kBlock, kI64)
                      .Append(TryThrow())
                      .Op(Opcode::kDelegate, 0)
                      .End()
                      .Op(Opcode::kCatchAll)
                      .I64(10)
                      .End()
                      .Op(Opcode::kCatchAll)
                      .I64(1)
                      .End(),
                  7),
            10);
}

// The clauses of that try are over.
TEST_F(LegacyExceptionTest, DelegateToTheTryOfTheOwnClauseLeavesIt) {
  EXPECT_EQ(Value(Code()
                      .Block(Opcode::kTry, kI64)
                      .Append(TryThrow())
                      .Op(Opcode::kCatch, kA)
                      .Op(Opcode::kDrop)
                      .Append(TryThrow())
                      .Op(Opcode::kDelegate, 0)
                      .Op(Opcode::kCatchAll)
                      .I64(10)
                      .End()
                      .Op(Opcode::kCatchAll)
                      .I64(1)
                      .End(),
                  7),
            1);
}

TEST_F(LegacyExceptionTest, WhatFollowsADelegatedTryIsOutsideIt) {
  EXPECT_EQ(Value(Code()
                      .Block(Opcode::kTry, kI64)
                      .Block(Opcode::kTry, kI64)
                      .Block(Opcode::kTry)
                      .Op(Opcode::kBr, 0)
                      .Op(Opcode::kDelegate, 1)
                      .LocalGet(0)
                      .Op(Opcode::kThrow, kA)
                      .Op(Opcode::kCatch, kA)
                      .Append(Plus(10))
                      .End()
                      .Op(Opcode::kCatch, kA)
                      .Append(Plus(1))
                      .End(),
                  7),
            17);
}

TEST_F(LegacyExceptionTest, CodeThatCannotRunIsSkipped) {
  EXPECT_EQ(Value(Code()
                      .LocalGet(0)
                      .Op(Opcode::kReturn)
                      .Block(Opcode::kTry)
                      .Op(Opcode::kCatch, kA)
                      .Op(Opcode::kDrop)
                      .Op(Opcode::kRethrow, 0)
                      .End()
                      .Block(Opcode::kTry)
                      .Op(Opcode::kDelegate, 0),
                  7),
            7);
  // Clauses of a try in which nothing throws.
  EXPECT_EQ(Value(Code()
                      .Block(Opcode::kTry)
                      .Op(Opcode::kCatch, kA)
                      .Op(Opcode::kDrop)
                      .Block(Opcode::kTry)
                      .Op(Opcode::kCatchAll)
                      .Op(Opcode::kRethrow, 1)
                      .End()
                      .End()
                      .LocalGet(0),
                  7),
            7);
}

TEST_F(LegacyExceptionTest, MixesWithTryTable) {
  // throw_ref of what a try_table caught, into a clause that rethrows it into
  // another try_table.
  Code inner;
  inner.Block(Opcode::kBlock, ValueType::Ref(HeapType::kExn, false))
      .TryTable({{CatchClause::Kind::kCatchAllRef, 0, 0}})
      .LocalGet(0)
      .Op(Opcode::kCall, kThrow)
      .End()
      .Op(Opcode::kUnreachable)
      .End()
      .Op(Opcode::kThrowRef);
  Code outer;
  outer.Block(Opcode::kBlock, kI64)
      .TryTable({{CatchClause::Kind::kCatch, kA, 0}})
      .Block(Opcode::kTry)
      .Append(inner)
      .Op(Opcode::kCatch, kA)
      .Op(Opcode::kDrop)
      .Op(Opcode::kRethrow, 0)
      .End()
      .End()
      .Op(Opcode::kUnreachable)
      .End()
      .Append(Plus(1));
  EXPECT_EQ(Value(outer, 7), 8);
}

// A clause that is left by a branch, not by its end.
TEST_F(LegacyExceptionTest, ExceptionsInALoopAreFreed) {
  const Code code = Code()
                        .Block(Opcode::kLoop)
                        .Append(TryThrow())
                        .Op(Opcode::kCatch, kA)
                        .I64(1)
                        .Op(Opcode::kI64Sub)
                        .Op(Opcode::kLocalSet, 0)
                        .LocalGet(0)
                        .I64(0)
                        .Op(Opcode::kI64Ne)
                        .Op(Opcode::kBrIf, 1)  // out of the clause
                        .I64(0)
                        .End()
                        .Op(Opcode::kDrop)
                        .End()
                        .LocalGet(0);
  EXPECT_EQ(Value(code, 20000), 0);
  EXPECT_LT(world_.thread->exceptions().bytes(),
            2 * ExceptionArena::kMinimumBatch);
}

// f(n): try { throw n } catch { if (n != 0) f(n - 1); rethrow }, and returns
// what it rethrew.
TEST_F(LegacyExceptionTest, EveryActivationHoldsItsOwn) {
  const uint32_t self = 1;
  const Code code = Code()
                        .Block(Opcode::kTry, kI64)
                        .Append(TryThrow())
                        .Op(Opcode::kCatch, kA)
                        .Op(Opcode::kDrop)
                        .LocalGet(0)
                        .Op(Opcode::kI64Eqz)
                        .Block(Opcode::kIf)
                        .Op(Opcode::kElse)
                        .LocalGet(0)
                        .I64(1)
                        .Op(Opcode::kI64Sub)
                        .Op(Opcode::kCall, self)
                        .Op(Opcode::kDrop)
                        .End()
                        .Op(Opcode::kRethrow, 0)
                        .End()
                        .Op(Opcode::kCatch, kA)
                        .End();
  for (int64_t depth : {0, 1, 2, 30}) EXPECT_EQ(Value(code, depth), depth);
}

}  // namespace
}  // namespace slipway::engine
