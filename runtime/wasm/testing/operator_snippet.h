// Code that may be inserted anywhere in a valid body without making it
// invalid: an operator of the table with constants for its operands.

#ifndef SLIPWAY_RUNTIME_WASM_TESTING_OPERATOR_SNIPPET_H_
#define SLIPWAY_RUNTIME_WASM_TESTING_OPERATOR_SNIPPET_H_

#include <optional>
#include <random>
#include <span>
#include <string>

#include "runtime/wasm/module.h"
#include "runtime/wasm/types.h"

namespace slipway::wasm {

// What the code before the snippet has left.
struct SnippetPlace {
  std::span<const ValueType> locals;
  // The operand on top of the stack. The snippet may use it, and then leaves
  // another of the same type.
  std::optional<ValueType> top;
};

// Empty when the operator that chance picked needs what the module lacks.
std::string OperatorSnippet(const Module& module, const SnippetPlace& place,
                            std::minstd_rand& random);

}  // namespace slipway::wasm

#endif  // SLIPWAY_RUNTIME_WASM_TESTING_OPERATOR_SNIPPET_H_
