// Imports that match and that do not, and what instantiation leaves behind
// (core specification, sections 4.5.3 and 4.5.4).

#include <string>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "runtime/engine/testing/world.h"
#include "runtime/engine/value.h"

namespace slipway::engine {
namespace {

using object::TrapCode;
using wasm::Code;
using wasm::ExternKind;
using wasm::ModuleBuilder;
using wasm::Opcode;
using wasm::ValueType;

const wasm::TableType kTwoFunctions = {ValueType::FuncRef(),
                                       {.min = 2, .max = 2}};

// The error of a module that imports "m" "x".
absl::Status Error(World& world, const ModuleBuilder& builder) {
  return world.TryInstantiate(builder).status();
}

void ExpectMismatch(World& world, const ModuleBuilder& builder,
                    const std::string& expected, const std::string& got) {
  const absl::Status status = Error(world, builder);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  EXPECT_EQ(status.message(),
            "unlinkable: import m.x: incompatible import type: expected " +
                expected + ", got " + got);
}

TEST(LinkingTest, AnUnknownImportSaysWhatIsExpected) {
  World world;
  ModuleBuilder builder;
  builder.ImportMemory("m", "x", {.min = 1});
  const absl::Status status = Error(world, builder);
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(status.message(),
            "unlinkable: import m.x: unknown import: expected memory {min 1, "
            "i32}");
}

TEST(LinkingTest, MemoriesMatchByLimitsAndKind) {
  World world;
  auto memory = Memory::Create({.min = 1, .max = 3});
  ASSERT_TRUE(memory.ok());
  world.linker.Define("m", "x", *memory);
  const auto import = [](const wasm::Limits& limits) {
    ModuleBuilder builder;
    builder.ImportMemory("m", "x", limits);
    return builder;
  };
  const std::string actual = "memory {min 1, max 3, i32}";
  ExpectMismatch(world, import({.min = 2}), "memory {min 2, i32}", actual);
  ExpectMismatch(world, import({.min = 1, .max = 2}),
                 "memory {min 1, max 2, i32}", actual);
  ExpectMismatch(world, import({.min = 1, .max = 3, .shared = true}),
                 "memory {min 1, max 3, shared, i32}", actual);
  ExpectMismatch(world, import({.min = 1, .is64 = true}), "memory {min 1, i64}",
                 actual);
  // Growth counts as the minimum.
  ASSERT_EQ((*memory)->Grow(1), 1u);
  EXPECT_TRUE(Error(world, import({.min = 2, .max = 3})).ok());
  EXPECT_EQ((*memory)->Grow(2), UINT64_MAX);
}

TEST(LinkingTest, TablesMatchByElementExactly) {
  World world;
  auto table = Table::Create(MakeLinkType(ValueType::FuncRef()), {.min = 2});
  ASSERT_TRUE(table.ok());
  world.linker.Define("m", "x", *table);
  ModuleBuilder builder;
  builder.ImportTable("m", "x", {ValueType::ExternRef(), {.min = 2}});
  ExpectMismatch(
      world, builder,
      "table of " + ValueType::ExternRef().ToString() + " {min 2, i32}",
      "table of " + ValueType::FuncRef().ToString() + " {min 2, i32}");
}

TEST(LinkingTest, MutabilityMustAgree) {
  World world;
  world.linker.Define("m", "x",
                      world.store.AddSharedGlobal({ValueType::kI32}, I32(1)));
  ModuleBuilder builder;
  builder.ImportGlobal("m", "x", {ValueType::kI32, true});
  ExpectMismatch(world, builder, "global mut i32", "global i32");
}

// What was written before the trap stays, functions of the failed instance
// included.
TEST(LinkingTest, WhatAFailedInstantiationWroteStays) {
  World world;
  auto table =
      Table::Create(MakeLinkType(ValueType::FuncRef()), kTwoFunctions.limits);
  auto memory = Memory::Create({.min = 1});
  ASSERT_TRUE(table.ok() && memory.ok());
  world.linker.Define("m", "table", *table);
  world.linker.Define("m", "memory", *memory);
  ModuleBuilder builder;
  builder.ImportTable("m", "table", kTwoFunctions);
  builder.ImportMemory("m", "memory", {.min = 1});
  const uint32_t seven =
      builder.Function(builder.Type({}, {ValueType::kI32}), Code().I32(7));
  builder.Elements(0, Code().I32(1), {seven});
  builder.Data(0, Code().I32(10), "stays");
  builder.Data(0, Code().I32(65535), "no");
  const absl::Status status = Error(world, builder);
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(InstantiationTrap(status), TrapCode::kMemoryOutOfBounds);
  EXPECT_EQ(std::string(reinterpret_cast<char*>((*memory)->base()) + 10, 5),
            "stays");
  EXPECT_EQ((*memory)->base()[65535], 0);  // all of a segment or nothing

  const auto* left = static_cast<const object::FuncRef*>((*table)->Get(1));
  ASSERT_NE(left, nullptr);
  object::Value result = ZeroValue();
  EXPECT_EQ(Invoke(*world.thread, *left, {&result, 1}).kind,
            Outcome::kReturned);
  EXPECT_EQ(result.i32, 7);
}

TEST(LinkingTest, ATrapInTheStartFunctionEndsInstantiation) {
  World world;
  ModuleBuilder builder;
  builder.Start(
      builder.Function(builder.Type({}, {}), Code().Op(Opcode::kUnreachable)));
  EXPECT_EQ(InstantiationTrap(Error(world, builder)), TrapCode::kUnreachable);
  EXPECT_EQ(InstantiationTrap(absl::InternalError("other")), std::nullopt);
}

TEST(LinkingTest, ActiveSegmentsAreDropped) {
  ModuleBuilder builder;
  builder.Memory({.min = 1});
  const uint32_t data = builder.Data(0, Code().I32(0), "x");
  builder.Export("again", ExternKind::kFunction,
                 builder.Function(builder.Type({}, {}),
                                  Code().I32(0).I32(0).I32(1).Op(
                                      Opcode::kMemoryInit, data, 0)));
  World world;
  EXPECT_EQ(world.Call(world.Instantiate(builder), "again").trap(),
            TrapCode::kMemoryOutOfBounds);
}

// A counter: "next" adds 1 to the global "count".
ModuleBuilder Counter(bool imported) {
  ModuleBuilder builder;
  const wasm::GlobalType type = {ValueType::kI32, true};
  const uint32_t count = imported
                             ? builder.ImportGlobal("counter", "count", type)
                             : builder.Global(type, Code().I32(0));
  if (!imported) builder.Export("count", ExternKind::kGlobal, count);
  builder.Export("next", ExternKind::kFunction,
                 builder.Function(builder.Type({}, {ValueType::kI32}),
                                  Code()
                                      .Op(Opcode::kGlobalGet, count)
                                      .I32(1)
                                      .Op(Opcode::kI32Add)
                                      .Op(Opcode::kGlobalSet, count)
                                      .Op(Opcode::kGlobalGet, count)));
  return builder;
}

TEST(LinkingTest, InstancesShareAnExportedGlobal) {
  World world;
  const Instance& owner = world.Instantiate(Counter(/*imported=*/false));
  world.linker.DefineInstance("counter", owner);
  const Instance& user = world.Instantiate(Counter(/*imported=*/true));
  EXPECT_EQ(world.Call(owner, "next").value.i32, 1);
  EXPECT_EQ(world.Call(user, "next").value.i32, 2);
  EXPECT_EQ(world.Call(owner, "next").value.i32, 3);
}

TEST(LinkingTest, InstancesOfOneModuleShareNothing) {
  World world;
  const CodeObject& code = CompileForTest(Counter(/*imported=*/false).Build());
  const auto first = Instance::Create(*world.thread, code, world.linker);
  const auto second = Instance::Create(*world.thread, code, world.linker);
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(world.Call(**first, "next").value.i32, 1);
  EXPECT_EQ(world.Call(**first, "next").value.i32, 2);
  EXPECT_EQ(world.Call(**second, "next").value.i32, 1);
}

}  // namespace
}  // namespace slipway::engine
