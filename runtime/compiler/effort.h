// Bounds the time that one function may take to compile. LLVM's passes are
// quadratic, or worse, in the number of basic blocks (each bounds check ends
// one) and in the length of a block; a module decides on both. Three classes,
// which depend on the module alone:
//
//   ordinary  the whole pipeline
//   large     by its basic blocks: only passes that take linear time
//   huge      by its body's size: compiled at -O0, in a partition of its own
//
// docs/performance.md has the figures behind the limits.

#ifndef SLIPWAY_RUNTIME_COMPILER_EFFORT_H_
#define SLIPWAY_RUNTIME_COMPILER_EFFORT_H_

#include <cstddef>
#include <cstdint>

#include "llvm/IR/Function.h"
#include "llvm/IR/PassInstrumentation.h"

namespace slipway::compiler {

inline constexpr size_t kLargeBlocks = 3000;  // more are large

// Marks the function if it is large. To call when all of it is emitted.
void ClassifyBySize(llvm::Function& function);

// Makes the optimiser respect the mark.
void SkipSlowPassesOnLargeFunctions(llvm::PassInstrumentationCallbacks& passes);

}  // namespace slipway::compiler

#endif  // SLIPWAY_RUNTIME_COMPILER_EFFORT_H_
