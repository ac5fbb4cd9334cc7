// Types that can be compared across modules. A wasm::ValueType may hold a type
// index, which means nothing outside its module; a LinkType holds the type's
// hash instead. Function types are compared by hash alone (TypeRegistry makes
// sure that no two loaded types collide).
// Source: core specification, sections 3.3 (matching) and 4.5.3 (linking).

#ifndef SLIPWAY_RUNTIME_ENGINE_LINK_TYPE_H_
#define SLIPWAY_RUNTIME_ENGINE_LINK_TYPE_H_

#include <cstdint>
#include <string>

#include "runtime/wasm/module.h"
#include "runtime/wasm/types.h"

namespace slipway::engine {

struct LinkType {
  wasm::ValueType::Kind kind = wasm::ValueType::kI32;
  // References only:
  bool nullable = false;
  bool concrete = false;  // heap is a type hash, else a HeapType code
  uint32_t heap = 0;

  friend bool operator==(const LinkType&, const LinkType&) = default;
  bool is_ref() const { return kind == wasm::ValueType::kRef; }
  std::string ToString() const;
};

LinkType MakeLinkType(const wasm::Module& module, wasm::ValueType type);
// For a type without a type index.
LinkType MakeLinkType(wasm::ValueType type);

// The hash of a function type without type indices (a host function's).
uint32_t HashOf(const wasm::FuncType& type);

// Whether a value of type `actual` can be used as `expected`.
bool Matches(const LinkType& actual, const LinkType& expected);
// Whether limits satisfy an import's.
bool Matches(const wasm::Limits& actual, const wasm::Limits& expected);

// "{min 1, max 2, shared, i64}".
std::string LimitsToString(const wasm::Limits& limits);

}  // namespace slipway::engine

#endif  // SLIPWAY_RUNTIME_ENGINE_LINK_TYPE_H_
