#include "runtime/engine/const_expr.h"

#include <vector>

#include "gtest/gtest.h"
#include "runtime/engine/value.h"

namespace slipway::engine {
namespace {

object::FuncRef function_5;

absl::StatusOr<object::Value> EvaluateBytes(const std::vector<uint8_t>& bytes) {
  const wasm::ConstExpr expr = {.bytes = bytes, .offset = 0x20};
  return Evaluate(expr, {[](uint32_t index) { return I64(100 + index); },
                         [](uint32_t index) {
                           return index == 5 ? &function_5 : nullptr;
                         }});
}

TEST(ConstExprTest, Constants) {
  EXPECT_EQ(EvaluateBytes({0x41, 0x7f, 0x0b})->i32, -1);
  EXPECT_EQ(EvaluateBytes({0x42, 0xc0, 0x00, 0x0b})->i64, 64);
  EXPECT_EQ(EvaluateBytes({0x43, 0, 0, 0xc0, 0x3f, 0x0b})->f32, 1.5f);
  EXPECT_EQ(EvaluateBytes({0x44, 0, 0, 0, 0, 0, 0, 0, 0xc0, 0x0b})->f64, -2.0);
  std::vector<uint8_t> vector = {0xfd, 0x0c};
  for (uint8_t i = 0; i < 16; ++i) vector.push_back(i);
  vector.push_back(0x0b);
  EXPECT_EQ(EvaluateBytes(vector)->v128[15], 15);
}

TEST(ConstExprTest, References) {
  EXPECT_EQ(EvaluateBytes({0xd0, 0x70, 0x0b})->ref, nullptr);
  EXPECT_EQ(EvaluateBytes({0xd2, 0x05, 0x0b})->ref, &function_5);
  EXPECT_EQ(EvaluateBytes({0x23, 0x07, 0x0b})->i64, 107);
}

TEST(ConstExprTest, ExtendedArithmeticWraps) {
  // global 1 + 8 * 2
  EXPECT_EQ(EvaluateBytes({0x23, 1, 0x42, 8, 0x42, 2, 0x7e, 0x7c, 0x0b})->i64,
            117);
  // 0 - 1, as an address
  const auto value = EvaluateBytes({0x41, 0, 0x41, 1, 0x6b, 0x0b});
  EXPECT_EQ(value->i32, -1);
  EXPECT_EQ(AsAddress(*value, /*is64=*/false), 0xffff'ffffu);
}

TEST(ConstExprTest, SaysWhereItDoesNotUnderstand) {
  const auto value = EvaluateBytes({0x41, 0, 0x00, 0x0b});
  ASSERT_FALSE(value.ok());
  EXPECT_EQ(std::string(value.status().message()),
            "offset 0x22: bad constant expression (opcode 0x0)");
  EXPECT_FALSE(EvaluateBytes({0x7c, 0x0b}).ok());
  EXPECT_FALSE(EvaluateBytes({0x41}).ok());
}

}  // namespace
}  // namespace slipway::engine
