// One wasm function into one LLVM function: reads and validates the body, and
// calls the emitter of each reachable instruction.

#ifndef SLIPWAY_RUNTIME_COMPILER_FUNCTION_COMPILER_H_
#define SLIPWAY_RUNTIME_COMPILER_FUNCTION_COMPILER_H_

#include <cstdint>

#include "absl/status/status.h"
#include "runtime/compiler/unit.h"

namespace slipway::compiler {

// `function`: index of a defined function. An error carries the byte offset;
// the unit is then of no further use.
absl::Status CompileFunction(Unit& unit, uint32_t function);

}  // namespace slipway::compiler

#endif  // SLIPWAY_RUNTIME_COMPILER_FUNCTION_COMPILER_H_
