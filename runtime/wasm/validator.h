// Validation (core specification, chapter 3). ValidateModule checks all that
// is outside function bodies; the compiler validates bodies while it reads
// them (function_reader.h), and ValidateFunction does it for those who only
// want to know. Both are pure: a Module may be validated from many threads.

#ifndef SLIPWAY_RUNTIME_WASM_VALIDATOR_H_
#define SLIPWAY_RUNTIME_WASM_VALIDATOR_H_

#include <cstdint>

#include "absl/status/status.h"
#include "runtime/wasm/module.h"

namespace slipway::wasm {

// Everything but function bodies.
absl::Status ValidateModule(const Module& module);

// The body of one defined function. Preconditions: ValidateModule is OK, and
// `function` indexes module.functions past the imports.
absl::Status ValidateFunction(const Module& module, uint32_t function);

// ValidateModule, then every body in order.
absl::Status ValidateAll(const Module& module);

// The limits of one memory; `index` is for messages.
absl::Status ValidateMemory(const MemoryType& memory, uint32_t index);

}  // namespace slipway::wasm

#endif  // SLIPWAY_RUNTIME_WASM_VALIDATOR_H_
