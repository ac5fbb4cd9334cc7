#include "runtime/wasm/section_rewriter.h"

#include <string>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "runtime/wasm/decoder.h"
#include "runtime/wasm/opcode.h"
#include "runtime/wasm/testing/module_builder.h"
#include "runtime/wasm/validator.h"

namespace slipway::wasm {
namespace {

// Function 0 is imported, 1 and 2 defined.
std::string TwoBodies() {
  ModuleBuilder builder;
  const uint32_t type = builder.Type({}, {ValueType::kI64});
  builder.ImportFunction("env", "f", type);
  builder.Function(type, Code().I64(1));
  builder.Function(type, Code().I64(2));
  builder.NameFunction(2, "two");
  return builder.Build();
}

std::string BodyOf(const Module& module, uint32_t index) {
  const Bytes bytes = module.bodies[index].bytes;
  return {bytes.begin(), bytes.end()};
}

TEST(SectionRewriterTest, ReplacesOneBodyAndNothingElse) {
  const std::string before = TwoBodies();
  const absl::StatusOr<Module> module = DecodeModule(AsBytes(before));
  ASSERT_TRUE(module.ok()) << module.status();
  // Long enough for the section's size to take another byte.
  const std::string body =
      '\0' + std::string(200, '\x01') + Code().I64(3).End().bytes();
  const std::string after = ReplaceBodies(*module, {{1, body}});
  const absl::StatusOr<Module> replaced = DecodeModule(AsBytes(after));
  ASSERT_TRUE(replaced.ok()) << replaced.status();
  EXPECT_TRUE(ValidateAll(*replaced).ok());
  EXPECT_EQ(BodyOf(*replaced, 0), body);
  EXPECT_EQ(BodyOf(*replaced, 1), BodyOf(*module, 1));
  EXPECT_EQ(replaced->FunctionName(2), "two");
  // The old body again gives the old bytes.
  EXPECT_EQ(ReplaceBodies(*replaced, {{1, BodyOf(*module, 0)}}), before);
}

TEST(SectionRewriterTest, NothingToReplace) {
  const std::string before = TwoBodies();
  const absl::StatusOr<Module> module = DecodeModule(AsBytes(before));
  ASSERT_TRUE(module.ok()) << module.status();
  EXPECT_EQ(ReplaceBodies(*module, {}), before);
}

}  // namespace
}  // namespace slipway::wasm
