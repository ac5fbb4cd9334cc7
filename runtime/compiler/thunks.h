// Thunks between the C convention of the engine and the wasm convention of
// generated code; see object_format.h.

#ifndef SLIPWAY_RUNTIME_COMPILER_THUNKS_H_
#define SLIPWAY_RUNTIME_COMPILER_THUNKS_H_

#include <cstdint>

#include "llvm/IR/Function.h"
#include "runtime/compiler/unit.h"

namespace slipway::compiler {

// void (InstanceContext*, const void* code, Value* values)
llvm::Function* EmitEntryThunk(Unit& unit, uint32_t type_index);

// The type in the wasm convention, on a HostFunction*. Precondition: the type
// has at most one result (the host's handlers return no more).
llvm::Function* EmitHostThunk(Unit& unit, uint32_t type_index);

// The personality routine of all functions, which jumps to the engine's.
llvm::Function* EmitPersonality(Unit& unit);

}  // namespace slipway::compiler

#endif  // SLIPWAY_RUNTIME_COMPILER_THUNKS_H_
