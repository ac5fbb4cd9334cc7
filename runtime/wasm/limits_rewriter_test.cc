#include "runtime/wasm/limits_rewriter.h"

#include <string>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "runtime/wasm/decoder.h"
#include "runtime/wasm/opcode.h"
#include "runtime/wasm/testing/module_builder.h"
#include "runtime/wasm/validator.h"

namespace slipway::wasm {
namespace {

constexpr uint64_t kTebibyte = (uint64_t{1} << 40) / kPageSize;
constexpr Limits kShared64 = {
    .min = 3, .max = 262144, .shared = true, .is64 = true};

// Memory 0 is imported, memory 1 defined.
std::string TwoMemories() {
  ModuleBuilder builder;
  const uint32_t type = builder.Type({}, {ValueType::kI64});
  builder.ImportGlobal("env", "before", {ValueType::kI32, false});
  builder.ImportMemory("env", "memory", kShared64);
  builder.ImportGlobal("env", "after", {ValueType::kI32, false});
  builder.Memory({.min = 1});
  builder.Export("size", ExternKind::kFunction,
                 builder.Function(type, Code().Op(Opcode::kMemorySize, 0)));
  builder.NameFunction(0, "size");
  return builder.Build();
}

TEST(LimitsRewriterTest, ChangesAnImportedMemoryAndNothingElse) {
  const std::string before = TwoMemories();
  const absl::StatusOr<std::string> after =
      SetMemoryMaximum(AsBytes(before), 0, kTebibyte);
  ASSERT_TRUE(after.ok()) << after.status();
  const absl::StatusOr<Module> module = DecodeModule(AsBytes(*after));
  ASSERT_TRUE(module.ok()) << module.status();
  EXPECT_TRUE(ValidateAll(*module).ok());
  Limits expected = kShared64;
  expected.max = kTebibyte;
  EXPECT_EQ(module->memories[0].limits, expected);
  EXPECT_EQ(module->memories[1].limits, Limits{.min = 1});

  // Setting the old maximum again gives the old bytes.
  const absl::StatusOr<std::string> back =
      SetMemoryMaximum(AsBytes(*after), 0, *kShared64.max);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(*back, before);
}

TEST(LimitsRewriterTest, GivesADefinedMemoryAMaximum) {
  const std::string before = TwoMemories();
  const absl::StatusOr<std::string> after =
      SetMemoryMaximum(AsBytes(before), 1, 65536);
  ASSERT_TRUE(after.ok()) << after.status();
  const absl::StatusOr<Module> module = DecodeModule(AsBytes(*after));
  ASSERT_TRUE(module.ok()) << module.status();
  EXPECT_TRUE(ValidateAll(*module).ok());
  EXPECT_EQ(module->memories[0].limits, kShared64);
  EXPECT_EQ(module->memories[1].limits, (Limits{.min = 1, .max = 65536}));
}

TEST(LimitsRewriterTest, RefusesWhatCannotBe) {
  const std::string bytes = TwoMemories();
  EXPECT_FALSE(SetMemoryMaximum(AsBytes(bytes), 2, 10).ok());  // no such memory
  EXPECT_FALSE(SetMemoryMaximum(AsBytes(bytes), 0, 2).ok());   // below minimum
  EXPECT_FALSE(SetMemoryMaximum(AsBytes(bytes), 1, 65537).ok());  // beyond i32
  EXPECT_FALSE(SetMemoryMaximum(AsBytes("not wasm"), 0, 10).ok());
}

}  // namespace
}  // namespace slipway::wasm
