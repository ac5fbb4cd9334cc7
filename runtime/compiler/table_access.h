// Inline access to tables, with the bounds check against the current size.

#ifndef SLIPWAY_RUNTIME_COMPILER_TABLE_ACCESS_H_
#define SLIPWAY_RUNTIME_COMPILER_TABLE_ACCESS_H_

#include <cstdint>

#include "llvm/IR/Value.h"
#include "runtime/compiler/function_emitter.h"

namespace slipway::compiler {

// In elements, as 64 bits.
llvm::Value* TableSize(FunctionEmitter& f, uint32_t table);

// `index` has the table's address type. Both trap when it is out of bounds.
llvm::Value* ElementPointer(FunctionEmitter& f, uint32_t table,
                            llvm::Value* index);
llvm::Value* LoadElement(FunctionEmitter& f, uint32_t table,
                         llvm::Value* index);

}  // namespace slipway::compiler

#endif  // SLIPWAY_RUNTIME_COMPILER_TABLE_ACCESS_H_
