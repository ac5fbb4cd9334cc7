// A program that catches exceptions by reference for ever needs no more memory
// for that, and what it keeps stays valid.

#include <sys/resource.h>

#include <cstdint>

#include "gtest/gtest.h"
#include "runtime/engine/exception.h"
#include "runtime/engine/testing/world.h"
#include "runtime/engine/value.h"
#include "runtime/wasm/testing/module_builder.h"

namespace slipway::conformance {
namespace {

using engine::CallResult;
using engine::I64;
using engine::Instance;
using engine::World;
using wasm::CatchClause;
using wasm::Code;
using wasm::ExternKind;
using wasm::HeapType;
using wasm::ModuleBuilder;
using wasm::Opcode;
using wasm::ValueType;

constexpr int64_t kThrows = 10'000'000;
constexpr int64_t kKept = 1000;  // elements of the table

// "run" (n) throws n … 1 and catches each by reference; every one that kKept
// divides goes by way of a global into the table. "value" (index) is that of
// the one in the table.
ModuleBuilder Module() {
  ModuleBuilder builder;
  const uint32_t payload = builder.Type({ValueType::kI64}, {});
  const uint32_t unary = builder.Type({ValueType::kI64}, {ValueType::kI64});
  const uint32_t make = builder.Type({ValueType::kI64}, {ValueType::ExnRef()});
  const uint32_t both =
      builder.Type({}, {ValueType::kI64, ValueType::ExnRef()});
  const uint32_t tag = builder.Tag(payload);
  builder.Global({ValueType::ExnRef(), true}, Code().RefNull(HeapType::kExn));
  builder.Table({ValueType::ExnRef(), {.min = kKept, .is64 = true}});
  const uint32_t thrower =
      builder.Function(payload, Code().LocalGet(0).Op(Opcode::kThrow, tag));
  const uint32_t caught = builder.Function(
      make, {ValueType::ExnRef()},
      Code()
          .BlockOfType(Opcode::kBlock, both)
          .TryTable({{.kind = CatchClause::Kind::kCatchRef, .tag = tag}})
          .LocalGet(0)
          .Op(Opcode::kCall, thrower)
          .End()
          .Op(Opcode::kUnreachable)
          .End()
          .LocalSet(1)
          .Op(Opcode::kDrop)
          .LocalGet(1));
  const Code in_table = Code()
                            .LocalGet(0)
                            .I64(kKept)
                            .Op(Opcode::kI64DivU)
                            .I64(kKept)
                            .Op(Opcode::kI64RemU);
  builder.Export("run", ExternKind::kFunction,
                 builder.Function(unary, {ValueType::ExnRef()},
                                  Code()
                                      .Block(Opcode::kLoop)
                                      .LocalGet(0)
                                      .Op(Opcode::kCall, caught)
                                      .LocalSet(1)
                                      .LocalGet(0)
                                      .I64(kKept)
                                      .Op(Opcode::kI64RemU)
                                      .Op(Opcode::kI64Eqz)
                                      .Block(Opcode::kIf)
                                      .LocalGet(1)
                                      .Op(Opcode::kGlobalSet, 0)
                                      .Append(in_table)
                                      .Op(Opcode::kGlobalGet, 0)
                                      .Op(Opcode::kTableSet)
                                      .End()
                                      .LocalGet(0)
                                      .I64(1)
                                      .Op(Opcode::kI64Sub)
                                      .Op(Opcode::kLocalTee, 0)
                                      .I64(0)
                                      .Op(Opcode::kI64Ne)
                                      .Op(Opcode::kBrIf, 0)
                                      .End()
                                      .I64(0)));
  builder.Export(
      "value", ExternKind::kFunction,
      builder.Function(unary, Code()
                                  .Block(Opcode::kBlock, ValueType::kI64)
                                  .TryTable({{.kind = CatchClause::Kind::kCatch,
                                              .tag = tag}})
                                  .LocalGet(0)
                                  .Op(Opcode::kTableGet)
                                  .Op(Opcode::kThrowRef)
                                  .End()
                                  .Op(Opcode::kUnreachable)
                                  .End()));
  return builder;
}

int64_t PeakKilobytes() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

TEST(ExceptionMemoryTest, IsBounded) {
  World world;
  const Instance& instance = world.Instantiate(Module());
  EXPECT_TRUE(world.Call(instance, "run", {I64(kKept * kKept)}).returned());
  const int64_t before = PeakKilobytes();
  EXPECT_TRUE(world.Call(instance, "run", {I64(kThrows)}).returned());
  // A tenth of a byte for each throw.
  EXPECT_LT(PeakKilobytes() - before, kThrows / 10 / 1024);
  // The last ones that were put there.
  for (int64_t i = 0; i < kKept; ++i) {
    const int64_t last = i == 0 ? kKept * kKept : kKept * i;
    EXPECT_EQ(world.Call(instance, "value", {I64(i)}).value.i64, last);
  }
}

}  // namespace
}  // namespace slipway::conformance
