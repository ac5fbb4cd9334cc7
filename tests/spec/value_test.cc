#include "tests/spec/value.h"

#include <cstring>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/spec/script.h"

namespace slipway::spec {
namespace {

using wasm::HeapType;
using wasm::ValueType;

// The pattern that a JSON constant stands for.
ScriptValue Pattern(std::string_view json) {
  const auto script = ParseScript(
      absl::StrCat(R"({"commands": [{"type": "assert_return", "action":
                   {"type": "invoke", "field": "f"}, "expected": [)",
                   absl::string_view(json.data(), json.size()), "]}]}"),
      "");
  EXPECT_TRUE(script.ok()) << script.status();
  const Command& command = script->commands.at(0);
  EXPECT_EQ(command.problem, "") << json;
  return command.expected.at(0);
}

object::Value Bits(uint64_t low, uint64_t high = 0) {
  object::Value value;
  std::memcpy(value.v128, &low, 8);
  std::memcpy(value.v128 + 8, &high, 8);
  return value;
}

bool MatchesJson(std::string_view json, ValueType type, object::Value value) {
  return Matches(Pattern(json), type, value);
}

TEST(ValueTest, IntegersCompareByBits) {
  const auto json = R"({"type": "i32", "value": "4294967295"})";
  EXPECT_TRUE(MatchesJson(json, ValueType::kI32, Bits(0xffff'ffff)));
  EXPECT_FALSE(MatchesJson(json, ValueType::kI32, Bits(0xffff'fffe)));
  EXPECT_FALSE(MatchesJson(json, ValueType::kI64, Bits(0xffff'ffff)));
  // wasm-tools writes them signed.
  EXPECT_TRUE(MatchesJson(R"({"type": "i32", "value": "-1"})", ValueType::kI32,
                          Bits(0xffff'ffff)));
  EXPECT_TRUE(MatchesJson(R"({"type": "i64", "value": "-2"})", ValueType::kI64,
                          Bits(0xffff'ffff'ffff'fffe)));
}

TEST(ValueTest, FloatsCompareByBits) {
  EXPECT_FALSE(MatchesJson(R"({"type": "f32", "value": "2147483648"})",
                           ValueType::kF32, Bits(0)));
  EXPECT_TRUE(MatchesJson(R"({"type": "f64", "value": "9223372036854775808"})",
                          ValueType::kF64, Bits(0x8000'0000'0000'0000)));
}

TEST(ValueTest, NanPatterns) {
  const auto canonical = R"({"type": "f32", "value": "nan:canonical"})";
  EXPECT_TRUE(MatchesJson(canonical, ValueType::kF32, Bits(0x7fc0'0000)));
  EXPECT_TRUE(MatchesJson(canonical, ValueType::kF32, Bits(0xffc0'0000)));
  EXPECT_FALSE(MatchesJson(canonical, ValueType::kF32, Bits(0x7fc0'0001)));
  EXPECT_FALSE(MatchesJson(canonical, ValueType::kF32, Bits(0x7f80'0000)));
  const auto arithmetic = R"({"type": "f64", "value": "nan:arithmetic"})";
  EXPECT_TRUE(
      MatchesJson(arithmetic, ValueType::kF64, Bits(0x7ff8'0000'0000'0001)));
  EXPECT_FALSE(
      MatchesJson(arithmetic, ValueType::kF64, Bits(0x7ff0'0000'0000'0001)));
}

TEST(ValueTest, VectorsCompareLaneByLane) {
  const auto json = R"({"type": "v128", "lane_type": "f32",
      "value": ["1065353216", "nan:canonical", "nan:arithmetic", "0"]})";
  EXPECT_TRUE(MatchesJson(json, ValueType::kV128,
                          Bits(0x7fc0'0000'3f80'0000, 0x0000'0000'7fc0'0005)));
  EXPECT_FALSE(MatchesJson(json, ValueType::kV128,
                           Bits(0x7fc0'0001'3f80'0000, 0x0000'0000'7fc0'0005)));
  EXPECT_TRUE(MatchesJson(R"({"type": "v128", "lane_type": "i16", "value":
      ["-1", "1", "2", "3", "4", "5", "6", "65535"]})",
                          ValueType::kV128,
                          Bits(0x0003'0002'0001'ffff, 0xffff'0006'0005'0004)));
}

TEST(ValueTest, References) {
  const object::Value null = Bits(0);
  const object::Value some = Bits(0x1000);
  const auto func = ValueType::FuncRef();
  EXPECT_TRUE(
      MatchesJson(R"({"type": "funcref", "value": "null"})", func, null));
  EXPECT_FALSE(
      MatchesJson(R"({"type": "funcref", "value": "null"})", func, some));
  EXPECT_TRUE(MatchesJson(R"({"type": "funcref", "value": "0"})",
                          ValueType::Ref(HeapType::Index(3), false), some));
  EXPECT_FALSE(MatchesJson(R"({"type": "funcref"})", func, null));
  EXPECT_FALSE(
      MatchesJson(R"({"type": "exnref", "value": "null"})", func, null));
  EXPECT_TRUE(
      MatchesJson(R"({"type": "nullexnref"})", ValueType::ExnRef(), null));
  EXPECT_TRUE(MatchesJson(R"({"type": "refnull"})", func, null));
  EXPECT_FALSE(MatchesJson(R"({"type": "refnull"})", ValueType::kI32, null));
}

TEST(ValueTest, ExternReferencesHaveNumbers) {
  const auto zero = Pattern(R"({"type": "externref", "value": "0"})");
  const auto seven = Pattern(R"({"type": "externref", "value": "7"})");
  ASSERT_TRUE(IsArgument(zero));
  EXPECT_NE(ToArgument(zero).ref, nullptr);
  EXPECT_TRUE(Matches(zero, ValueType::ExternRef(), ToArgument(zero)));
  EXPECT_FALSE(Matches(zero, ValueType::ExternRef(), ToArgument(seven)));
}

TEST(ValueTest, EitherIsAnyOfItsAlternatives) {
  const auto json = R"({"type": "either", "values": [
      {"type": "i32", "value": "1"}, {"type": "i32", "value": "2"}]})";
  EXPECT_TRUE(MatchesJson(json, ValueType::kI32, Bits(2)));
  EXPECT_FALSE(MatchesJson(json, ValueType::kI32, Bits(3)));
}

TEST(ValueTest, PatternsAreNoArguments) {
  EXPECT_FALSE(IsArgument(Pattern(R"({"type": "f32", "value":
      "nan:canonical"})")));
  EXPECT_FALSE(IsArgument(Pattern(R"({"type": "funcref"})")));
}

}  // namespace
}  // namespace slipway::spec
