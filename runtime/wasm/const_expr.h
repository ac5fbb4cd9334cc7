// Validates constant expressions (core specification, section 3.4.12), with
// the extended ones (integer add, sub, mul).

#ifndef SLIPWAY_RUNTIME_WASM_CONST_EXPR_H_
#define SLIPWAY_RUNTIME_WASM_CONST_EXPR_H_

#include <cstdint>

#include "absl/status/status.h"
#include "runtime/wasm/module.h"
#include "runtime/wasm/types.h"

namespace slipway::wasm {

// Checks that the expression is constant and leaves one value that matches
// `expected`. It may read the immutable globals below index `globals`.
absl::Status ValidateConstExpr(const Module& module, const ConstExpr& expr,
                               ValueType expected, uint32_t globals);

}  // namespace slipway::wasm

#endif  // SLIPWAY_RUNTIME_WASM_CONST_EXPR_H_
