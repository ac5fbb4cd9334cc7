#include "runtime/engine/table.h"

#include "gtest/gtest.h"

namespace slipway::engine {
namespace {

const LinkType kFuncRef = MakeLinkType(wasm::ValueType::FuncRef());

TEST(TableTest, StartsWithItsInitialElement) {
  int element = 0;
  const auto table = Table::Create(kFuncRef, {.min = 2}, &element);
  ASSERT_TRUE(table.ok());
  EXPECT_EQ((*table)->size(), 2u);
  EXPECT_EQ((*table)->Get(1), &element);
  (*table)->Set(1, nullptr);
  EXPECT_EQ((*table)->base()[1], nullptr);
}

TEST(TableTest, GrowsToItsMaximumWithoutMoving) {
  int element = 0;
  const auto table = Table::Create(kFuncRef, {.min = 1, .max = 1000});
  ASSERT_TRUE(table.ok());
  void** base = (*table)->base();
  EXPECT_EQ((*table)->Grow(999, &element), 1u);
  EXPECT_EQ((*table)->base(), base);
  EXPECT_EQ((*table)->Get(0), nullptr);
  EXPECT_EQ((*table)->Get(999), &element);
  EXPECT_EQ((*table)->Grow(1, nullptr), UINT64_MAX);
  EXPECT_EQ((*table)->Grow(UINT64_MAX, nullptr), UINT64_MAX);
  EXPECT_EQ((*table)->limits().min, 1000u);
}

TEST(TableTest, RefusesMoreThanTheEngineSupports) {
  EXPECT_EQ(
      Table::Create(kFuncRef, {.min = Table::kMaxElements + 1}).status(),
      absl::ResourceExhaustedError(
          "a table of 16777217 elements: at most 16777216 are supported"));
}

}  // namespace
}  // namespace slipway::engine
