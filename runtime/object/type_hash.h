// The identity of function types across modules: one 32-bit number per
// structural type, so that call_indirect compares against an immediate.

#ifndef SLIPWAY_RUNTIME_OBJECT_TYPE_HASH_H_
#define SLIPWAY_RUNTIME_OBJECT_TYPE_HASH_H_

#include <cstdint>
#include <string>

#include "runtime/wasm/module.h"

namespace slipway::object {

// A text that two function types share exactly when they are the same type:
// references to concrete types are spelled out structurally (recursion by
// back-reference).
std::string CanonicalType(const wasm::Module& module, uint32_t type_index);

// A hash of CanonicalType. Distinct types may collide: the engine keeps the
// canonical texts of all loaded types and refuses a module that collides.
uint32_t TypeHash(const wasm::Module& module, uint32_t type_index);

}  // namespace slipway::object

#endif  // SLIPWAY_RUNTIME_OBJECT_TYPE_HASH_H_
