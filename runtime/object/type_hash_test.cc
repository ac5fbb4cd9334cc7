#include "runtime/object/type_hash.h"

#include "gtest/gtest.h"

namespace slipway::object {
namespace {

using wasm::FuncType;
using wasm::HeapType;
using wasm::Module;
using wasm::ValueType;

ValueType RefTo(uint32_t type_index) {
  return ValueType::Ref(HeapType::Index(type_index), true);
}

Module WithTypes(std::vector<FuncType> types) {
  Module module;
  module.types = std::move(types);
  return module;
}

TEST(TypeHash, DistinguishesParametersFromResults) {
  const Module m = WithTypes({{{ValueType::kI32}, {}},
                              {{}, {ValueType::kI32}},
                              {{ValueType::kI64}, {}},
                              {{ValueType::kI32}, {}}});
  EXPECT_NE(TypeHash(m, 0), TypeHash(m, 1));
  EXPECT_NE(TypeHash(m, 0), TypeHash(m, 2));
  EXPECT_EQ(TypeHash(m, 0), TypeHash(m, 3));
}

TEST(TypeHash, DoesNotDependOnIndices) {
  const Module a = WithTypes({{{}, {}}, {{}, {}}, {{RefTo(0), RefTo(1)}, {}}});
  const Module b = WithTypes({{{RefTo(1), RefTo(1)}, {}}, {{}, {}}});
  EXPECT_EQ(CanonicalType(a, 2), CanonicalType(b, 0));
}

TEST(TypeHash, SpellsReferencesStructurally) {
  const Module m = WithTypes(
      {{{}, {}}, {{ValueType::kI32}, {}}, {{RefTo(0)}, {}}, {{RefTo(1)}, {}}});
  EXPECT_NE(CanonicalType(m, 2), CanonicalType(m, 3));
}

TEST(TypeHash, HandlesRecursiveTypes) {
  const Module a = WithTypes({{{RefTo(0)}, {}}});
  const Module b = WithTypes({{{}, {}}, {{RefTo(1)}, {}}});
  EXPECT_EQ(CanonicalType(a, 0), CanonicalType(b, 1));
  EXPECT_NE(CanonicalType(a, 0), CanonicalType(b, 0));
}

TEST(TypeHash, DoublingReferencesStayLinear) {
  std::vector<FuncType> types = {{{}, {}}};
  for (uint32_t i = 0; i < 64; ++i) types.push_back({{RefTo(i), RefTo(i)}, {}});
  EXPECT_LT(CanonicalType(WithTypes(types), 64).size(), 4096u);
}

}  // namespace
}  // namespace slipway::object
