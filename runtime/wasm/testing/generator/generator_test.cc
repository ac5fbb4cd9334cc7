#include "runtime/wasm/testing/generator/generator.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "runtime/wasm/decoder.h"
#include "runtime/wasm/function_reader.h"
#include "runtime/wasm/opcode.h"
#include "runtime/wasm/validator.h"

namespace slipway::wasm {
namespace {

absl::Status Check(const GeneratedModule& module) {
  const auto decoded = DecodeModule(AsBytes(module.bytes));
  if (!decoded.ok()) return decoded.status();
  return ValidateAll(*decoded);
}

TEST(GeneratorTest, ModulesAreValid) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    for (const bool marks : {false, true}) {
      const auto module = GenerateModule(seed, {.bodies = 8, .marks = marks});
      ASSERT_EQ(Check(module), absl::OkStatus()) << "seed " << seed;
    }
  }
}

TEST(GeneratorTest, DecisionsGiveTheSameModuleAgain) {
  const GeneratorOptions options = {.bodies = 5};
  const GeneratedModule first = GenerateModule(3, options);
  const GeneratedModule second = GenerateModule(first.decisions, options);
  EXPECT_EQ(first.bytes, second.bytes);
  EXPECT_EQ(first.decisions.bodies, second.decisions.bodies);
}

TEST(GeneratorTest, AnyBytesMakeAValidModule) {
  const GeneratorOptions options = {.bodies = 3, .body_size = 60};
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    bytes += static_cast<char>(i * i + i / 7);
    const auto module =
        GenerateModule(DecisionsFromBytes(bytes, options.bodies), options);
    ASSERT_EQ(Check(module), absl::OkStatus()) << bytes.size() << " bytes";
  }
}

TEST(GeneratorTest, NoDecisionsMakeEmptyBodies) {
  const GeneratorOptions options = {.bodies = 2};
  const GeneratedModule module = GenerateModule(Decisions(), options);
  ASSERT_EQ(Check(module), absl::OkStatus());
  EXPECT_LT(module.bytes.size(), 1500u);
  ASSERT_EQ(module.entries.size(), 3u);
  EXPECT_EQ(module.entries[0].name, "f0");
  EXPECT_EQ(module.entries[2].name, "state");
}

TEST(GeneratorTest, AllOperatorsOccur) {
  std::vector<bool> seen(kOpcodeCount);
  for (uint64_t seed = 0; seed < 300; ++seed) {
    const GeneratedModule module = GenerateModule(seed, {});
    const auto decoded = DecodeModule(AsBytes(module.bytes));
    ASSERT_TRUE(decoded.ok());
    Instruction instruction;
    for (uint32_t i = 0; i < decoded->bodies.size(); ++i) {
      FunctionReader reader(*decoded, decoded->imported_functions + i);
      while (reader.Next(instruction)) {
        seen[static_cast<size_t>(instruction.op)] = true;
      }
    }
  }
  std::string missing;
  for (uint32_t i = 0; i < kOpcodeCount; ++i) {
    if (!seen[i]) {
      missing += ' ';
      missing += OpcodeName(static_cast<Opcode>(i));
    }
  }
  EXPECT_EQ(missing, "");
}

}  // namespace
}  // namespace slipway::wasm
