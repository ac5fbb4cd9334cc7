// Matching of types (core specification, section 3.3) and the existence of the
// types that they name (3.2).

#ifndef SLIPWAY_RUNTIME_WASM_SUBTYPING_H_
#define SLIPWAY_RUNTIME_WASM_SUBTYPING_H_

#include <span>

#include "runtime/wasm/module.h"
#include "runtime/wasm/types.h"

namespace slipway::wasm {

// Whether a value of type `sub` may stand where `super` is expected. Bottom
// matches everything. Preconditions: both exist in the module.
bool Matches(const Module& module, ValueType sub, ValueType super);
// Pointwise, with equal lengths.
bool Matches(const Module& module, std::span<const ValueType> sub,
             std::span<const ValueType> super);

// Whether the type index in a reference type, if there is one, is below
// `types`.
inline bool TypeExists(ValueType type, size_t types) {
  return !type.is_ref() || !type.heap().is_index() ||
         type.heap().index() < types;
}

// Whether a local of this type starts out with a value.
inline bool IsDefaultable(ValueType type) {
  return !type.is_ref() || type.nullable();
}

}  // namespace slipway::wasm

#endif  // SLIPWAY_RUNTIME_WASM_SUBTYPING_H_
