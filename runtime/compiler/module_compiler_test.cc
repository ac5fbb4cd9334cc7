// The compiler as a whole: reproducibility, errors, and the shape of code.

#include "runtime/compiler/module_compiler.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "runtime/compiler/linker.h"
#include "runtime/wasm/decoder.h"
#include "runtime/wasm/opcode.h"
#include "runtime/wasm/testing/module_builder.h"

namespace slipway::compiler {
namespace {

using wasm::CatchClause;
using wasm::Code;
using wasm::ModuleBuilder;
using wasm::Opcode;
using wasm::ValueType;

constexpr ValueType kI64 = ValueType::kI64;

std::string Ir(const ModuleBuilder& builder, uint32_t function) {
  const std::string bytes = builder.Build();
  const absl::StatusOr<std::string> ir =
      FunctionIr(wasm::AsBytes(bytes), {.cpu = "x86-64-v3"}, function);
  EXPECT_TRUE(ir.ok()) << ir.status();
  return ir.ok() ? *ir : "";
}

size_t Count(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos;
       at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

ModuleBuilder WithMemory64() {
  ModuleBuilder builder;
  builder.Memory({.min = 1, .is64 = true});
  return builder;
}

TEST(CodeShapeTest, OneCheckPerBase) {
  ModuleBuilder builder = WithMemory64();
  Code code;
  for (int field = 0; field < 4; ++field) {
    code.LocalGet(0).I64(field).Op(Opcode::kI64Store, 8 * field);
  }
  const uint32_t f = builder.Function(builder.Type({kI64}, {}), code);
  EXPECT_EQ(Count(Ir(builder, f), "icmp"), 1u);
}

TEST(CodeShapeTest, Memory32NeedsNoCheck) {
  ModuleBuilder builder;
  builder.Memory({.min = 1});
  const uint32_t f =
      builder.Function(builder.Type({ValueType::kI32}, {kI64}),
                       Code().LocalGet(0).Op(Opcode::kI64Load, 16));
  EXPECT_EQ(Count(Ir(builder, f), "icmp"), 0u);
}

// Guest stores cannot change a global, so it is loaded once.
TEST(CodeShapeTest, GuestMemoryDoesNotAliasGlobals) {
  ModuleBuilder builder = WithMemory64();
  const uint32_t global =
      builder.Global({.value = kI64, .is_mutable = true}, Code().I64(0));
  const uint32_t f = builder.Function(builder.Type({kI64}, {kI64}),
                                      Code()
                                          .LocalGet(0)
                                          .Op(Opcode::kGlobalGet, global)
                                          .Op(Opcode::kI64Store)
                                          .Op(Opcode::kGlobalGet, global));
  EXPECT_EQ(Count(Ir(builder, f), "load i64"), 1u);
}

TEST(CodeShapeTest, TailCallsOfEqualTypesAreGuaranteed) {
  ModuleBuilder builder;
  const uint32_t f =
      builder.Function(builder.Type({kI64}, {kI64}),
                       Code().LocalGet(0).Op(Opcode::kReturnCall, 1));
  builder.Function(0, Code().LocalGet(0));
  EXPECT_EQ(Count(Ir(builder, f), "musttail call"), 1u);
}

TEST(CodeShapeTest, OnlyCallsInsideTryTableAreInvokes) {
  ModuleBuilder builder;
  const uint32_t type = builder.Type({}, {});
  const uint32_t f = builder.Function(
      type, Code()
                .Op(Opcode::kCall, 1)
                .Block(Opcode::kBlock)
                .TryTable({{.kind = CatchClause::Kind::kCatchAll}})
                .Op(Opcode::kCall, 1)
                .End()
                .End()
                .Op(Opcode::kCall, 1));
  builder.Function(type, Code());
  const std::string ir = Ir(builder, f);
  EXPECT_EQ(Count(ir, "invoke"), 1u);
  EXPECT_EQ(Count(ir, "landingpad"), 1u);
}

// As in try_table: code that does not throw pays nothing for its clauses.
TEST(CodeShapeTest, OnlyCallsInsideTryAreInvokes) {
  ModuleBuilder builder;
  const uint32_t type = builder.Type({}, {});
  const uint32_t f = builder.Function(type, Code()
                                                .Op(Opcode::kCall, 1)
                                                .Block(Opcode::kTry)
                                                .Op(Opcode::kCall, 1)
                                                .Op(Opcode::kCatchAll)
                                                .Op(Opcode::kRethrow, 0)
                                                .End()
                                                .Block(Opcode::kTry)
                                                .Op(Opcode::kCall, 1)
                                                .Op(Opcode::kDelegate, 0));
  builder.Function(type, Code());
  const std::string ir = Ir(builder, f);
  EXPECT_EQ(Count(ir, "invoke"), 2u);
  EXPECT_EQ(Count(ir, "landingpad"), 2u);
}

TEST(CodeShapeTest, BranchHintsBecomeWeights) {
  ModuleBuilder builder;
  const uint32_t effect =
      builder.ImportFunction("env", "effect", builder.Type({}, {}));
  const uint32_t f = builder.Function(
      builder.Type({ValueType::kI32}, {}),
      Code().LocalGet(0).Op(Opcode::kBrIf, 0).Op(Opcode::kCall, effect));
  EXPECT_EQ(Count(Ir(builder, f), "!prof"), 0u);
  // Function 1, at byte 3 of its body: not taken.
  builder.Custom("metadata.code.branch_hint",
                 std::string_view("\1\1\1\3\1\0", 6));
  EXPECT_EQ(Count(Ir(builder, f), "!prof"), 1u);
}

TEST(ModuleCompilerTest, OutputDoesNotDependOnThreads) {
  ModuleBuilder builder;
  const uint32_t type = builder.Type({kI64}, {kI64});
  Code code;
  code.LocalGet(0);
  for (int i = 0; i < 4000; ++i) code.I64(i).Op(Opcode::kI64Xor);
  for (int i = 0; i < 30; ++i) builder.Function(type, code);
  const std::string bytes = builder.Build();
  const auto compile = [&bytes](unsigned threads) {
    const auto objects = CompileToObjects(
        wasm::AsBytes(bytes), {.cpu = "x86-64-v3", .threads = threads});
    EXPECT_TRUE(objects.ok()) << objects.status();
    return objects.ok() ? *objects : std::vector<std::string>();
  };
  const std::vector<std::string> one = compile(1);
  EXPECT_GT(one.size(), 3u);
  EXPECT_EQ(one, compile(4));
}

TEST(ModuleCompilerTest, ReportsWhereABodyIsWrong) {
  ModuleBuilder builder;
  builder.Function(builder.Type({}, {kI64}), Code().I32(0));
  const std::string bytes = builder.Build();
  const absl::Status status =
      CompileToObjects(wasm::AsBytes(bytes), {}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(status.message().find("offset 0x"), std::string::npos) << status;
}

// The leak checker of --config=asan looks on.
TEST(ModuleCompilerTest, AWrongBodyLeavesNoBlocksBehind) {
  ModuleBuilder builder;
  builder.Function(
      builder.Type({}, {kI64}),
      Code().Block(Opcode::kBlock).Block(Opcode::kLoop).Op(Opcode::kI64Add));
  const std::string bytes = builder.Build();
  EXPECT_EQ(CompileToObjects(wasm::AsBytes(bytes), {}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(ModuleCompilerTest, FunctionNamesMayLookLikeVersionedSymbols) {
  ModuleBuilder builder;
  const uint32_t f = builder.Function(builder.Type({}, {}), Code());
  builder.NameFunction(f, "name@version");
  const std::string bytes = builder.Build();
  const absl::Status status =
      CompileModule(wasm::AsBytes(bytes), {.cpu = "x86-64-v3"},
                    testing::TempDir() + "/versioned.so");
  EXPECT_TRUE(status.ok()) << status;
}

// clang gives the function that runs destructors a name that is the assembler's
// own.
TEST(ModuleCompilerTest, FunctionNamesMayLookLikeLocalLabels) {
  ModuleBuilder builder;
  const uint32_t f = builder.Function(builder.Type({}, {}), Code());
  builder.NameFunction(f, ".Lcall_dtors");
  const std::string bytes = builder.Build();
  const absl::Status status =
      CompileModule(wasm::AsBytes(bytes), {.cpu = "x86-64-v3"},
                    testing::TempDir() + "/label.so");
  EXPECT_TRUE(status.ok()) << status;
}

// (x - 1) / (x + 1), as in atanf: a pair of operations for the vectorizer, each
// with an operand that asks for llvm.canonicalize.
TEST(ModuleCompilerTest, PairsOfFloatsAreCanonicalized) {
  constexpr ValueType kF32 = ValueType::kF32;
  ModuleBuilder builder;
  builder.Function(builder.Type({kF32}, {kF32}), Code()
                                                     .LocalGet(0)
                                                     .F32(-1)
                                                     .Op(Opcode::kF32Add)
                                                     .LocalGet(0)
                                                     .F32(1)
                                                     .Op(Opcode::kF32Add)
                                                     .Op(Opcode::kF32Div));
  const std::string bytes = builder.Build();
  const absl::Status status =
      CompileModule(wasm::AsBytes(bytes), {.cpu = "x86-64-v3"},
                    testing::TempDir() + "/pair.so");
  EXPECT_TRUE(status.ok()) << status;
}

// Two floats of four that LLVM's code generator folds to a constant,
// canonicalized when nothing optimizes.
TEST(ModuleCompilerTest, DemotedConstantsAreCanonicalizedWithoutOptimization) {
  ModuleBuilder builder;
  builder.Function(builder.Type({}, {ValueType::kV128}),
                   Code()
                       .V128({0, 0, 0, 0, 0, 0, 0xf0, 0x3f})
                       .Op(Opcode::kF32x4DemoteF64x2Zero));
  const std::string bytes = builder.Build();
  const absl::Status status = CompileModule(
      wasm::AsBytes(bytes), {.cpu = "x86-64-v3", .optimization = 0},
      testing::TempDir() + "/demote.so");
  EXPECT_TRUE(status.ok()) << status;
}

// LLVM would make a loop of it, which does not exhaust the stack.
TEST(CodeShapeTest, RecursionIsNotALoop) {
  ModuleBuilder builder;
  const uint32_t f =
      builder.Function(builder.Type({}, {}), Code().Op(Opcode::kCall, 0));
  EXPECT_EQ(Count(Ir(builder, f), "call void @"), 1u);
}

TEST(ModuleCompilerTest, RefusesOldAndUnknownCpus) {
  const std::string bytes = ModuleBuilder().Build();
  for (const char* cpu : {"x86-64", "pentium", "no-such-cpu"}) {
    EXPECT_EQ(
        CompileToObjects(wasm::AsBytes(bytes), {.cpu = cpu}).status().code(),
        absl::StatusCode::kInvalidArgument)
        << cpu;
  }
}

TEST(LinkerTest, SaysWhenThereIsNone) {
  const absl::Status status = FindLinker("/nonexistent/ld.lld").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
}

TEST(LinkerTest, PassesOnWhatTheLinkerSays) {
  const absl::StatusOr<std::string> linker = FindLinker("");
  ASSERT_TRUE(linker.ok()) << linker.status();
  const std::string output = testing::TempDir() + "/out.so";
  const absl::Status status = Link(*linker, {"not an object"}, output);
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_NE(status.message().find("0.o"), std::string::npos) << status;
}

}  // namespace
}  // namespace slipway::compiler
