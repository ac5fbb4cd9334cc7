#include "runtime/wasm/subtyping.h"

namespace slipway::wasm {
namespace {

bool HeapMatches(const Module& module, HeapType sub, HeapType super) {
  if (sub == super || sub.code() == HeapType::kBottomHeap) return true;
  if (sub.is_index() && super.is_index()) {
    return module.canonical_types[sub.index()] ==
           module.canonical_types[super.index()];
  }
  switch (sub.code()) {
    case HeapType::kNoFunc:
      return super.is_index() || super.code() == HeapType::kFunc;
    case HeapType::kNoExtern:
      return super.code() == HeapType::kExtern;
    case HeapType::kNoExn:
      return super.code() == HeapType::kExn;
    default:
      // Every concrete type is a function type here.
      return sub.is_index() && super.code() == HeapType::kFunc;
  }
}

}  // namespace

bool Matches(const Module& module, ValueType sub, ValueType super) {
  if (sub == super || sub.kind() == ValueType::kBottom) return true;
  if (!sub.is_ref() || !super.is_ref()) return false;
  if (sub.nullable() && !super.nullable()) return false;
  return HeapMatches(module, sub.heap(), super.heap());
}

bool Matches(const Module& module, std::span<const ValueType> sub,
             std::span<const ValueType> super) {
  if (sub.size() != super.size()) return false;
  for (size_t i = 0; i < sub.size(); ++i) {
    if (!Matches(module, sub[i], super[i])) return false;
  }
  return true;
}

}  // namespace slipway::wasm
