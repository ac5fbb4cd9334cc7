// Validation of the legacy encoding of exceptions, beside try_table's in
// function_reader_test.cc.

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "runtime/wasm/decoder.h"
#include "runtime/wasm/error.h"
#include "runtime/wasm/function_reader.h"
#include "runtime/wasm/opcode.h"
#include "runtime/wasm/testing/module_builder.h"
#include "runtime/wasm/validator.h"

namespace slipway::wasm {
namespace {

constexpr ValueType kI32 = ValueType::kI32;
constexpr ValueType kI64 = ValueType::kI64;

// Indices in the module that bodies are tested in.
constexpr uint32_t kNothing = 0;  // () -> ()
constexpr uint32_t kUnary = 1;    // (i32) -> (i32)
constexpr uint32_t kEmptyTag = 0;
constexpr uint32_t kPairTag = 1;  // (i32, i64)
constexpr uint32_t kDefined = 1;  // the function; 0 is imported

ModuleBuilder Environment() {
  ModuleBuilder builder;
  builder.Type({}, {});
  builder.Type({kI32}, {kI32});
  builder.ImportFunction("env", "f", kNothing);
  builder.Tag(kNothing);
  builder.Tag(builder.Type({kI32, kI64}, {}));
  builder.DeclareElements({0});
  return builder;
}

// "ok", or the error of a function of this type without its offset.
std::string Check(uint32_t type, const Code& code,
                  std::vector<ValueType> locals = {}) {
  ModuleBuilder builder = Environment();
  builder.Function(type, std::move(locals), code);
  const std::string bytes = builder.Build();
  const absl::StatusOr<Module> module = DecodeModule(AsBytes(bytes));
  if (!module.ok()) return module.status().ToString();
  absl::Status status = ValidateModule(*module);
  if (status.ok()) status = ValidateFunction(*module, kDefined);
  if (status.ok()) return "ok";
  const std::string message(status.message());
  const std::string text = message.substr(message.find(": ") + 2);
  return IsMalformed(status) ? "malformed: " + text : text;
}

Code Try() { return Code().Block(Opcode::kTry); }

TEST(LegacyExceptionTest, ClausesStartWithTheValuesOfTheirTag) {
  EXPECT_EQ(Check(kUnary, Code()
                              .LocalGet(0)
                              .BlockOfType(Opcode::kTry, kUnary)
                              .Op(Opcode::kCatch, kPairTag)
                              .Op(Opcode::kDrop)
                              .Op(Opcode::kCatch, kEmptyTag)
                              .I32(1)
                              .Op(Opcode::kCatchAll)
                              .I32(2)
                              .End()),
            "ok");
  EXPECT_EQ(
      Check(kNothing, Try().Op(Opcode::kCatch, kPairTag).End()),
      "end: type mismatch: expected the end of the operands, found 2 more");
  EXPECT_EQ(Check(kNothing, Try().Op(Opcode::kCatch, 2).End()),
            "catch: unknown tag 2");
}

TEST(LegacyExceptionTest, EveryPartLeavesTheResults) {
  const Code start = Code().Block(Opcode::kTry, kI32);
  EXPECT_EQ(Check(kNothing, Code(start).End().Op(Opcode::kDrop)),
            "end: type mismatch: expected i32, found an empty stack");
  EXPECT_EQ(Check(kNothing, Code(start).I64(1).Op(Opcode::kCatchAll)),
            "catch_all: type mismatch: expected i32, found i64");
  EXPECT_EQ(
      Check(kNothing, Code(start).I32(1).Op(Opcode::kCatch, kPairTag).End()),
      "end: type mismatch: expected i32, found i64");
  EXPECT_EQ(Check(kNothing, Code(start).Op(Opcode::kDelegate, 0)),
            "delegate: type mismatch: expected i32, found an empty stack");
  EXPECT_EQ(
      Check(kNothing,
            Code(start).I32(1).Op(Opcode::kDelegate, 0).Op(Opcode::kDrop)),
      "ok");
}

TEST(LegacyExceptionTest, ClausesStandInOrder) {
  EXPECT_EQ(Check(kNothing, Code().Op(Opcode::kCatch, kEmptyTag)),
            "malformed: catch without try");
  EXPECT_EQ(Check(kNothing, Code().Op(Opcode::kCatchAll)),
            "malformed: catch_all without try");
  EXPECT_EQ(Check(kNothing, Code().Op(Opcode::kDelegate, 0)),
            "malformed: delegate without try");
  EXPECT_EQ(Check(kNothing, Try().Op(Opcode::kCatchAll).Op(Opcode::kCatchAll)),
            "malformed: catch_all after catch_all");
  EXPECT_EQ(Check(kNothing,
                  Try().Op(Opcode::kCatchAll).Op(Opcode::kCatch, kEmptyTag)),
            "malformed: catch after catch_all");
  EXPECT_EQ(Check(kNothing, Try().Op(Opcode::kCatchAll).Op(Opcode::kDelegate)),
            "malformed: delegate without try");
  EXPECT_EQ(Check(kNothing, Try().Op(Opcode::kElse)),
            "malformed: else without if");
  EXPECT_EQ(Check(kNothing, Code().TryTable({}).Op(Opcode::kCatchAll)),
            "malformed: catch_all without try");
}

TEST(LegacyExceptionTest, RethrowNamesAClause) {
  EXPECT_EQ(Check(kUnary, Try()
                              .Op(Opcode::kCatch, kEmptyTag)
                              .Block(Opcode::kBlock)
                              .Op(Opcode::kRethrow, 1)
                              .End()
                              .Op(Opcode::kCatchAll)
                              .Op(Opcode::kRethrow, 0)
                              .End()
                              .I32(0)),
            "ok");
  EXPECT_EQ(Check(kNothing, Code().Op(Opcode::kRethrow, 0)),
            "rethrow: invalid rethrow label 0: not a catch clause");
  EXPECT_EQ(Check(kNothing, Try().Op(Opcode::kRethrow, 0).End()),
            "rethrow: invalid rethrow label 0: not a catch clause");
  EXPECT_EQ(
      Check(kNothing, Try().Op(Opcode::kCatchAll).Op(Opcode::kRethrow, 2)),
      "rethrow: unknown label 2");
}

TEST(LegacyExceptionTest, DelegateCountsLabelsOutsideItsTry) {
  EXPECT_EQ(Check(kNothing, Try().Op(Opcode::kDelegate, 0)), "ok");
  EXPECT_EQ(Check(kNothing, Try().Op(Opcode::kDelegate, 1)),
            "delegate: unknown label 1");
  EXPECT_EQ(Check(kNothing, Try().Append(Try()).Op(Opcode::kDelegate, 1).End()),
            "ok");
}

TEST(LegacyExceptionTest, MixesWithTryTable) {
  EXPECT_EQ(
      Check(kNothing,
            Try()
                .Block(Opcode::kBlock, ValueType::Ref(HeapType::kExn, false))
                .TryTable({{CatchClause::Kind::kCatchAllRef, 0, 0}})
                .Op(Opcode::kThrow, kEmptyTag)
                .End()
                .Op(Opcode::kReturn)
                .End()
                .Op(Opcode::kThrowRef)
                .Op(Opcode::kCatchAll)
                .Op(Opcode::kRethrow, 0)
                .End()),
      "ok");
}

// What a part set is forgotten in the next, as at the end of a block.
TEST(LegacyExceptionTest, LocalsSetInThePartBeforeAreUnset) {
  EXPECT_EQ(Check(kNothing,
                  Try()
                      .Op(Opcode::kRefFunc, 0)
                      .LocalSet(0)
                      .Op(Opcode::kCatchAll)
                      .LocalGet(0)
                      .Op(Opcode::kDrop)
                      .End(),
                  {ValueType::Ref(HeapType::kFunc, false)}),
            "local.get: uninitialized local 0");
}

TEST(LegacyExceptionTest, ClausesAreReachableWhenTheirTryWas) {
  ModuleBuilder builder = Environment();
  builder.Function(kNothing, Try()
                                 .Op(Opcode::kUnreachable)
                                 .Append(Try())
                                 .Op(Opcode::kCatchAll)
                                 .End()
                                 .Op(Opcode::kCatchAll)
                                 .Op(Opcode::kRethrow, 0)
                                 .End());
  const std::string bytes = builder.Build();
  const absl::StatusOr<Module> module = DecodeModule(AsBytes(bytes));
  ASSERT_TRUE(module.ok()) << module.status();
  FunctionReader reader(*module, kDefined);
  std::vector<std::pair<Opcode, bool>> seen;
  Instruction instruction;
  while (reader.Next(instruction)) {
    seen.emplace_back(instruction.op, instruction.reachable);
  }
  EXPECT_TRUE(reader.status().ok()) << reader.status();
  const std::vector<std::pair<Opcode, bool>> expected = {
      {Opcode::kTry, true},     {Opcode::kUnreachable, true},
      {Opcode::kTry, false},    {Opcode::kCatchAll, false},
      {Opcode::kEnd, false},    {Opcode::kCatchAll, true},
      {Opcode::kRethrow, true}, {Opcode::kEnd, false},
      {Opcode::kEnd, true}};
  EXPECT_EQ(seen, expected);
}

// Outside function bodies blocks are invalid, but still parse.
TEST(LegacyExceptionTest, IsNotConstant) {
  ModuleBuilder builder = Environment();
  builder.Global({kI32, false},
                 Code().I32(1).Append(Try()).Op(Opcode::kDelegate, 0));
  const std::string bytes = builder.Build();
  const absl::StatusOr<Module> module = DecodeModule(AsBytes(bytes));
  ASSERT_TRUE(module.ok()) << module.status();
  const absl::Status status = ValidateModule(*module);
  EXPECT_FALSE(IsMalformed(status));
  EXPECT_NE(status.message().find("constant expression required, found try"),
            absl::string_view::npos)
      << status;
}

}  // namespace
}  // namespace slipway::wasm
