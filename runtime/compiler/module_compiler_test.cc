// The compiler as a whole: reproducibility, errors, and the shape of code.

#include "runtime/compiler/module_compiler.h"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
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

// A module of several partitions. Each function calls the one after it and
// has a name that a small change of its constant leaves alone.
std::string ManyFunctions(const std::vector<int64_t>& constants) {
  ModuleBuilder builder;
  const uint32_t type = builder.Type({kI64}, {kI64});
  for (uint32_t i = 0; i < constants.size(); ++i) {
    Code code;
    code.LocalGet(0);
    for (int j = 0; j < 500; ++j)
      code.I64(constants[i] + j).Op(Opcode::kI64Xor);
    const uint32_t callee = i + 1 < constants.size() ? i + 1 : i;
    builder.Function(type, code.Op(Opcode::kCall, callee));
    builder.NameFunction(i, "f" + std::to_string(constants[i] / 10000));
  }
  return builder.Build();
}

std::vector<int64_t> Constants(int count) {
  std::vector<int64_t> constants;
  for (int i = 0; i < count; ++i) constants.push_back(10000 * i);
  return constants;
}

CompiledObjects CompileUnits(const std::string& bytes, UnitStore& units) {
  auto compiled = CompileToObjects(
      wasm::AsBytes(bytes), {.cpu = "x86-64-v3", .optimization = 1}, &units);
  EXPECT_TRUE(compiled.ok()) << compiled.status();
  return compiled.ok() ? *std::move(compiled) : CompiledObjects();
}

// Compiles with the units of another module; the result must be that of a
// compilation from nothing. Returns how many partitions were not in `units`.
size_t CompiledAgain(const std::string& bytes, UnitStore units) {
  const CompiledObjects with = CompileUnits(bytes, units);
  UnitStore none;
  const CompiledObjects without = CompileUnits(bytes, none);
  EXPECT_EQ(without.reused, 0u);
  EXPECT_EQ(with.objects, without.objects);
  EXPECT_EQ(units.size(), none.size());
  return units.size() - with.reused;
}

TEST(IncrementalTest, NothingChanged) {
  const std::string module = ManyFunctions(Constants(200));
  UnitStore units;
  CompileUnits(module, units);
  EXPECT_GT(units.size(), 4u);
  EXPECT_EQ(CompiledAgain(module, units), 0u);
}

TEST(IncrementalTest, AChangedFunctionIsCompiledWithItsPartition) {
  std::vector<int64_t> constants = Constants(200);
  UnitStore units;
  CompileUnits(ManyFunctions(constants), units);
  constants[100] += 7;
  EXPECT_EQ(CompiledAgain(ManyFunctions(constants), units), 1u);
}

TEST(IncrementalTest, AFunctionMoreChangesThePartitionsThatItIsIn) {
  std::vector<int64_t> constants = Constants(200);
  UnitStore units;
  CompileUnits(ManyFunctions(constants), units);
  constants.insert(constants.begin() + 100, 5'000'000);
  const size_t again = CompiledAgain(ManyFunctions(constants), units);
  EXPECT_GE(again, 1u);
  // The one that calls it may be in another, and the boundary may move.
  EXPECT_LE(again, 3u);
}

TEST(IncrementalTest, OptionsAreInTheKey) {
  const std::string module = ManyFunctions(Constants(60));
  UnitStore units;
  CompileUnits(module, units);
  const auto compiled = CompileToObjects(
      wasm::AsBytes(module), {.cpu = "x86-64-v2", .optimization = 1}, &units);
  ASSERT_TRUE(compiled.ok()) << compiled.status();
  EXPECT_EQ(compiled->reused, 0u);
}

TEST(IncrementalTest, FilesOfUnits) {
  const std::string module = ManyFunctions(Constants(200));
  UnitStore units;
  CompileUnits(module, units);
  const std::string path = testing::TempDir() + "/module.units";
  ASSERT_TRUE(units.Write(path).ok());
  EXPECT_EQ(CompiledAgain(module, UnitStore::Read(path)), 0u);
  // The end is missing, or all of it.
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 1);
  EXPECT_EQ(CompiledAgain(module, UnitStore::Read(path)), 1u);
  std::ofstream(path, std::ios::trunc) << "something else";
  EXPECT_EQ(UnitStore::Read(path).size(), 0u);
  EXPECT_EQ(UnitStore::Read(path + ".missing").size(), 0u);
  EXPECT_FALSE(units.Write("/nonexistent/units").ok());
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
