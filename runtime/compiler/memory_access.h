// From a guest address to a native pointer: the only place that knows how
// linear memory is bounds-checked and addressed (design decision 5).
//
// A memory64 base operand is compared with the constant size of the
// reservation; the static offset is covered by the guard region behind it. As
// the limit is a constant and failure a trap, LLVM merges repeated checks and
// hoists them out of loops.
//
// Addresses are formed from a base pointer loaded from the context. %gs was
// measured against it: its code is 4% smaller, but the segment costs a cycle of
// latency per load (pointer chasing 45% slower), and nothing else got faster.

#ifndef SLIPWAY_RUNTIME_COMPILER_MEMORY_ACCESS_H_
#define SLIPWAY_RUNTIME_COMPILER_MEMORY_ACCESS_H_

#include <cstdint>

#include "llvm/IR/Instructions.h"
#include "llvm/IR/Value.h"
#include "runtime/compiler/function_emitter.h"

namespace slipway::compiler {

// The pointer for an access of `size` bytes at `address` + `offset`; traps
// when it cannot lie in the memory. Whether the page is there, the access
// itself finds out. `address` has the memory's address type.
llvm::Value* EffectivePointer(FunctionEmitter& f, uint32_t memory,
                              llvm::Value* address, uint64_t offset,
                              uint64_t size);

// The effective address itself, zero-extended to 64 bits; traps on overflow.
// For operations that the runtime carries out and checks.
llvm::Value* EffectiveAddress(FunctionEmitter& f, llvm::Value* address,
                              uint64_t offset);

// The pointer for a bulk operation on `size` (a 64-bit value) bytes; traps
// unless all of them lie below the memory's current size.
llvm::Value* BulkPointer(FunctionEmitter& f, uint32_t memory,
                         llvm::Value* address, llvm::Value* size);

// The accesses of a plain load or store. They are volatile, as is everything
// else whose traps or effects a guest's trap makes visible (global.set,
// table.set, bulk operations, reading a function reference): a load out of
// bounds traps also when nothing needs its value, and memory and globals are
// then exactly what the operators before it left. LLVM would otherwise drop
// loads and overwritten stores, or move them past a fault. Volatile accesses
// measured no slower (docs/performance.md). The alignment that an instruction
// states is a hint that may be wrong, so LLVM is told 1.
llvm::LoadInst* LoadGuest(FunctionEmitter& f, llvm::Type* type,
                          llvm::Value* pointer);
void StoreGuest(FunctionEmitter& f, llvm::Value* value, llvm::Value* pointer);

// Zero-extends an address or count to 64 bits.
llvm::Value* Extend(FunctionEmitter& f, llvm::Value* value);
// Narrows a 64-bit value to the address type of a memory or table.
llvm::Value* Narrow(FunctionEmitter& f, llvm::Value* value,
                    const wasm::Limits& limits);

// The current size in bytes.
llvm::Value* MemorySize(FunctionEmitter& f, uint32_t memory);

}  // namespace slipway::compiler

#endif  // SLIPWAY_RUNTIME_COMPILER_MEMORY_ACCESS_H_
