#include "runtime/wasm/testing/module_builder.h"

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "runtime/wasm/decoder.h"
#include "runtime/wasm/module.h"
#include "runtime/wasm/opcode.h"
#include "runtime/wasm/testing/code.h"
#include "runtime/wasm/testing/sample_modules.h"
#include "runtime/wasm/validator.h"

namespace slipway::wasm {
namespace {

TEST(ModuleBuilderTest, SamplesAreValid) {
  for (const SampleModule& sample : SampleModules()) {
    const absl::StatusOr<Module> module = DecodeModule(AsBytes(sample.bytes));
    ASSERT_TRUE(module.ok()) << sample.name << ": " << module.status();
    const absl::Status status = ValidateAll(*module);
    EXPECT_TRUE(status.ok()) << sample.name << ": " << status;
  }
}

TEST(ModuleBuilderTest, PutsEverythingInItsPlace) {
  const std::string bytes = SampleModules()[0].bytes;
  const absl::StatusOr<Module> module = DecodeModule(AsBytes(bytes));
  ASSERT_TRUE(module.ok()) << module.status();
  EXPECT_EQ(module->FunctionName(1), "load_from");
  EXPECT_EQ(module->imports.size(), 5u);
  EXPECT_TRUE(module->memories[0].limits.shared);
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
