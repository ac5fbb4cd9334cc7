#include "runtime/engine/link_type.h"

#include "gtest/gtest.h"
#include "runtime/engine/type_registry.h"

namespace slipway::engine {
namespace {

using wasm::HeapType;
using wasm::ValueType;

TEST(LinkTypeTest, ReferencesMatchTheirSupertypes) {
  wasm::Module module;
  module.types = {{{ValueType::kI32}, {}}, {{ValueType::kI32}, {}}, {{}, {}}};
  const auto concrete = [&](uint32_t index, bool nullable) {
    return MakeLinkType(module,
                        ValueType::Ref(HeapType::Index(index), nullable));
  };
  const LinkType funcref = MakeLinkType(ValueType::FuncRef());
  EXPECT_EQ(concrete(0, true), concrete(1, true));  // structurally equal
  EXPECT_TRUE(Matches(concrete(0, false), concrete(1, true)));
  EXPECT_TRUE(Matches(concrete(0, true), funcref));
  EXPECT_FALSE(Matches(funcref, concrete(0, true)));
  EXPECT_FALSE(Matches(concrete(0, true), concrete(0, false)));
  EXPECT_FALSE(Matches(concrete(0, true), concrete(2, true)));
  EXPECT_FALSE(Matches(funcref, MakeLinkType(ValueType::ExternRef())));
  const LinkType none = MakeLinkType(ValueType::Ref(HeapType::kNoFunc, true));
  EXPECT_TRUE(Matches(none, concrete(2, true)));
}

TEST(LinkTypeTest, LimitsMatch) {
  const wasm::Limits actual = {.min = 2, .max = 4};
  EXPECT_TRUE(Matches(actual, {.min = 2}));
  EXPECT_TRUE(Matches(actual, {.min = 1, .max = 4}));
  EXPECT_FALSE(Matches(actual, {.min = 3}));
  EXPECT_FALSE(Matches(actual, {.min = 2, .max = 3}));
  EXPECT_FALSE(Matches({.min = 2}, {.min = 2, .max = 3}));
  EXPECT_FALSE(Matches(actual, {.min = 2, .is64 = true}));
  EXPECT_FALSE(Matches(actual, {.min = 2, .shared = true}));
}

TEST(TypeRegistryTest, RefusesCollisionsAndCompletesThunks) {
  constexpr uint32_t kHash = 0xfeed'0001;
  constexpr uint32_t kSameSlot = kHash + (1 << 16);
  const int thunk = 0;
  EXPECT_EQ(FindType(kHash), nullptr);
  ASSERT_TRUE(RegisterType(kHash, "(a)", {}, nullptr, nullptr).ok());
  ASSERT_TRUE(RegisterType(kSameSlot, "(b)", {}, nullptr, nullptr).ok());
  ASSERT_TRUE(RegisterType(kHash, "(a)", {}, nullptr, &thunk).ok());
  EXPECT_EQ(FindType(kHash)->host_thunk.load(), &thunk);
  EXPECT_EQ(FindType(kSameSlot)->canonical, "(b)");
  EXPECT_EQ(RegisterType(kHash, "(c)", {}, nullptr, nullptr).code(),
            absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace slipway::engine
