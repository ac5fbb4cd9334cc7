// Evaluates constant expressions: global and table initialisers, segment
// offsets, element segments. Source: core specification, section 3.4.14, with
// the extended-const proposal's arithmetic.

#ifndef SLIPWAY_RUNTIME_ENGINE_CONST_EXPR_H_
#define SLIPWAY_RUNTIME_ENGINE_CONST_EXPR_H_

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "runtime/object/object_format.h"
#include "runtime/wasm/module.h"

namespace slipway::engine {

// What an expression may refer to.
struct ConstEnvironment {
  // Values by index of the module's index spaces.
  absl::FunctionRef<object::Value(uint32_t)> global;
  absl::FunctionRef<object::FuncRef*(uint32_t)> function;
};

// The value; integers and floats leave the unused bytes zero. Validation is
// the compiler's; what it let through and this does not know is kInternal,
// with the file offset.
absl::StatusOr<object::Value> Evaluate(const wasm::ConstExpr& expr,
                                       const ConstEnvironment& environment);

// A 32-bit or 64-bit segment offset, zero-extended.
uint64_t AsAddress(object::Value value, bool is64);

}  // namespace slipway::engine

#endif  // SLIPWAY_RUNTIME_ENGINE_CONST_EXPR_H_
