#include "runtime/host/function_slots.h"

#include <optional>

#include "gtest/gtest.h"
#include "runtime/engine/link_type.h"
#include "runtime/wasm/types.h"

namespace slipway::host {
namespace {

constexpr uint64_t kSize = 4;

std::shared_ptr<engine::Table> MakeTable() {
  return *engine::Table::Create(
      engine::MakeLinkType(wasm::ValueType::FuncRef()),
      {.min = kSize, .max = std::nullopt, .shared = false, .is64 = true});
}

TEST(FunctionSlotsTest, AFunctionHasOneSlot) {
  FunctionSlots slots(MakeTable(), 0);
  object::FuncRef one{};
  object::FuncRef other{};
  const uint64_t slot = slots.Of(&one);
  EXPECT_EQ(slot, kSize);
  EXPECT_EQ(slots.At(slot), &one);
  EXPECT_NE(slots.Of(&other), slot);
  EXPECT_EQ(slots.Of(&one), slot);
}

TEST(FunctionSlotsTest, FindsWhatIsInTheTable) {
  const auto table = MakeTable();
  object::FuncRef before{};
  object::FuncRef after{};
  table->Set(2, &before);
  FunctionSlots slots(table, 0);
  EXPECT_EQ(slots.Of(&before), 2u);
  const uint64_t base = slots.Reserve(3, 8);
  EXPECT_EQ(base, 8u);
  table->Set(base + 1, &after);
  slots.Note(base, base + 3);
  EXPECT_EQ(slots.Of(&after), base + 1);
}

TEST(FunctionSlotsTest, AGuestThatChangesItsTableGetsAnotherSlot) {
  const auto table = MakeTable();
  FunctionSlots slots(table, 0);
  object::FuncRef one{};
  object::FuncRef other{};
  const uint64_t slot = slots.Of(&one);
  table->Set(slot, &other);
  EXPECT_NE(slots.Of(&one), slot);
}

TEST(FunctionSlotsTest, AnInstanceThatComesBackHasItsSlotsAgain) {
  FunctionSlots slots(MakeTable(), 0);
  object::FuncRef gone{.instance = 1};
  object::FuncRef kept{.instance = 2};
  const uint64_t slot = slots.Of(&gone);
  const uint64_t kept_slot = slots.Of(&kept);
  slots.Clear(1);
  EXPECT_EQ(slots.At(slot), nullptr);
  EXPECT_EQ(slots.Of(&kept), kept_slot);
  EXPECT_EQ(slots.Of(&gone), slot);
  EXPECT_EQ(slots.At(slot), &gone);
}

TEST(FunctionSlotsTest, IsFullAtTheLimit) {
  FunctionSlots slots(MakeTable(), 0);
  EXPECT_EQ(slots.Reserve(engine::Table::kMaxElements + 1, 1), 0u);
  EXPECT_EQ(slots.Reserve(engine::Table::kMaxElements, 1), 0u);
  EXPECT_EQ(slots.At(engine::Table::kMaxElements), nullptr);
}

}  // namespace
}  // namespace slipway::host
