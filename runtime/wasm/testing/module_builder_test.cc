#include "runtime/wasm/testing/module_builder.h"

#include <string>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "runtime/wasm/decoder.h"
#include "runtime/wasm/module.h"
#include "runtime/wasm/opcode.h"
#include "runtime/wasm/validator.h"

namespace slipway::wasm {
namespace {

constexpr Limits kMemory64 = {
    .min = 1, .max = 16, .shared = true, .is64 = true};

// One of everything, in one valid module.
ModuleBuilder Everything() {
  ModuleBuilder builder;
  const uint32_t unary = builder.Type({ValueType::kI64}, {ValueType::kI64});
  const uint32_t nothing = builder.Type({}, {});
  builder.ImportFunction("env", "f", unary);
  builder.ImportMemory("env", "memory", kMemory64);
  builder.ImportGlobal("env", "base", {ValueType::kI64, false});
  builder.ImportTable("env", "table",
                      {ValueType::FuncRef(), {.min = 1, .is64 = true}});
  builder.ImportTag("env", "tag", nothing);
  builder.Memory({.min = 1});
  builder.Table({ValueType::ExternRef(), {.min = 1}});
  builder.Tag(nothing);
  builder.Global({ValueType::kI64, true},
                 Code().Op(Opcode::kGlobalGet, 0).I64(8).Op(Opcode::kI64Add));
  const uint32_t function = builder.Function(
      unary, {ValueType::kF32, ValueType::kF32, ValueType::kV128},
      Code().LocalGet(0).Op(Opcode::kI64Load, 16));
  builder.Start(builder.Function(nothing, Code().Op(Opcode::kDataDrop, 1)));
  builder.Export("load", ExternKind::kFunction, function);
  builder.Elements(0, Code().Op(Opcode::kGlobalGet, 0), {function});
  builder.Data(1, Code().I32(4), "hello");
  builder.PassiveData("world");
  builder.NameFunction(function, "load_from");
  return builder;
}

TEST(ModuleBuilderTest, BuildsAValidModule) {
  const std::string bytes = Everything().Build();
  const absl::StatusOr<Module> module = DecodeModule(AsBytes(bytes));
  ASSERT_TRUE(module.ok()) << module.status();
  const absl::Status status = ValidateAll(*module);
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(module->FunctionName(1), "load_from");
  EXPECT_EQ(module->imports.size(), 5u);
  EXPECT_EQ(module->memories[0].limits, kMemory64);
  ASSERT_EQ(module->elements.size(), 1u);
  EXPECT_EQ(module->elements[0].functions, std::vector<uint32_t>{1});
  ASSERT_EQ(module->data.size(), 2u);
  EXPECT_EQ(module->data[0].memory, 1u);
  EXPECT_FALSE(module->data[1].active);
}

TEST(CodeTest, EncodesImmediatesAsTheTableSays) {
  EXPECT_EQ(Code().I32(-1).bytes(), "\x41\x7f");
  EXPECT_EQ(Code().Op(Opcode::kI64Load, 8).bytes(), "\x29\x03\x08");
  EXPECT_EQ(Code().Op(Opcode::kI64Load, 8, 2).bytes(), "\x29\x43\x02\x08");
  EXPECT_EQ(Code().Op(Opcode::kI8x16ExtractLaneS, 15).bytes(), "\xfd\x15\x0f");
  EXPECT_EQ(Code().Block(Opcode::kBlock, ValueType::kI32).End().bytes(),
            "\x02\x7f\x0b");
  EXPECT_EQ(Code().BrTable({2, 1}, 3).bytes(), "\x0e\x02\x02\x01\x03");
}

}  // namespace
}  // namespace slipway::wasm
