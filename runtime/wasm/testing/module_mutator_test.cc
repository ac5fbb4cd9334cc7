#include "runtime/wasm/testing/module_mutator.h"

#include <string>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "runtime/wasm/decoder.h"
#include "runtime/wasm/module.h"
#include "runtime/wasm/testing/module_parts.h"
#include "runtime/wasm/testing/sample_modules.h"
#include "runtime/wasm/validator.h"

namespace slipway::wasm {
namespace {

void FlipFirstBit(std::string& bytes) {
  if (!bytes.empty()) bytes[0] ^= 1;
}

TEST(ModulePartsTest, JoiningWhatWasSplitChangesNothing) {
  for (const SampleModule& sample : SampleModules()) {
    auto sections = SplitModule(sample.bytes);
    ASSERT_TRUE(sections) << sample.name;
    for (SectionParts& section : *sections) {
      if (section.id != SectionParts::kCode) continue;
      const auto bodies = SplitBodies(section.contents);
      ASSERT_TRUE(bodies) << sample.name;
      section.contents = JoinBodies(*bodies);
    }
    EXPECT_EQ(JoinModule(*sections), sample.bytes) << sample.name;
  }
}

TEST(ModulePartsTest, WrongSizesAreRefused) {
  std::string module = SampleModules()[0].bytes;
  EXPECT_FALSE(SplitModule(module.substr(0, module.size() - 1)));
  EXPECT_FALSE(SplitModule("not a module"));
  EXPECT_FALSE(SplitBodies("\x02\x01\x0b"));
}

TEST(ModuleMutatorTest, InsertedOperatorsKeepAModuleValid) {
  for (const SampleModule& sample : SampleModules()) {
    std::string bytes = sample.bytes;
    for (uint32_t seed = 1; seed <= 400; ++seed) {
      bytes = ModuleMutator(seed, FlipFirstBit).InsertOperator(bytes);
      const absl::StatusOr<Module> module = DecodeModule(AsBytes(bytes));
      ASSERT_TRUE(module.ok()) << module.status();
      const absl::Status status = ValidateAll(*module);
      ASSERT_TRUE(status.ok()) << sample.name << " " << seed << ": " << status;
    }
    EXPECT_GT(bytes.size(), sample.bytes.size() + 400) << sample.name;
  }
}

TEST(ModuleMutatorTest, SizesStayRight) {
  for (const SampleModule& sample : SampleModules()) {
    std::string bytes = sample.bytes;
    for (uint32_t seed = 1; seed <= 200; ++seed) {
      ModuleMutator mutator(seed, FlipFirstBit);
      bytes = mutator.CrossOver(mutator.Mutate(bytes), sample.bytes);
      EXPECT_TRUE(SplitModule(bytes)) << sample.name << " " << seed;
    }
  }
}

TEST(ModuleMutatorTest, TheSameSeedMakesTheSameChange) {
  const std::string module = SampleModules()[1].bytes;
  for (uint32_t seed = 1; seed < 50; ++seed) {
    EXPECT_EQ(ModuleMutator(seed, FlipFirstBit).Mutate(module),
              ModuleMutator(seed, FlipFirstBit).Mutate(module));
  }
}

}  // namespace
}  // namespace slipway::wasm
