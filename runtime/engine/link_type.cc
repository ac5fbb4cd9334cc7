#include "runtime/engine/link_type.h"

#include "absl/strings/str_cat.h"
#include "runtime/object/type_hash.h"

namespace slipway::engine {

using wasm::HeapType;
using wasm::ValueType;

LinkType MakeLinkType(const wasm::Module& module, ValueType type) {
  if (!type.is_ref() || !type.heap().is_index()) return MakeLinkType(type);
  return {.kind = type.kind(),
          .nullable = type.nullable(),
          .concrete = true,
          .heap = object::TypeHash(module, type.heap().index())};
}

LinkType MakeLinkType(ValueType type) {
  if (!type.is_ref()) return {.kind = type.kind()};
  return {.kind = type.kind(),
          .nullable = type.nullable(),
          .concrete = false,
          .heap = type.heap().code()};
}

std::string LinkType::ToString() const {
  if (concrete) {
    return absl::StrCat("(ref ", nullable ? "null " : "", "type#",
                        absl::Hex(heap), ")");
  }
  if (!is_ref()) return ValueType(kind).ToString();
  return ValueType::Ref(static_cast<HeapType::Abstract>(heap), nullable)
      .ToString();
}

uint32_t HashOf(const wasm::FuncType& type) {
  wasm::Module module;
  module.types.push_back(type);
  return object::TypeHash(module, 0);
}

namespace {

// The top and bottom of each hierarchy of heap types.
bool HeapMatches(const LinkType& actual, const LinkType& expected) {
  if (actual.concrete == expected.concrete && actual.heap == expected.heap) {
    return true;
  }
  if (!actual.concrete && actual.heap == HeapType::kNoFunc) {
    return expected.concrete || expected.heap == HeapType::kFunc;
  }
  if (actual.concrete) {
    return !expected.concrete && expected.heap == HeapType::kFunc;
  }
  if (expected.concrete) return false;
  return (actual.heap == HeapType::kNoExtern &&
          expected.heap == HeapType::kExtern) ||
         (actual.heap == HeapType::kNoExn && expected.heap == HeapType::kExn);
}

}  // namespace

bool Matches(const LinkType& actual, const LinkType& expected) {
  if (actual.kind != expected.kind) return false;
  if (!actual.is_ref()) return true;
  if (actual.nullable && !expected.nullable) return false;
  return HeapMatches(actual, expected);
}

bool Matches(const wasm::Limits& actual, const wasm::Limits& expected) {
  if (actual.is64 != expected.is64 || actual.shared != expected.shared) {
    return false;
  }
  if (actual.min < expected.min) return false;
  if (!expected.max) return true;
  return actual.max && *actual.max <= *expected.max;
}

std::string LimitsToString(const wasm::Limits& limits) {
  std::string text = absl::StrCat("{min ", limits.min);
  if (limits.max) absl::StrAppend(&text, ", max ", *limits.max);
  if (limits.shared) absl::StrAppend(&text, ", shared");
  absl::StrAppend(&text, limits.is64 ? ", i64}" : ", i32}");
  return text;
}

}  // namespace slipway::engine
