// Turns jumps through a dispatch into direct jumps.
//
// A compiler whose language has `goto`, as Go's, writes a function as a loop
// around a br_table on a variable, and each jump as that variable's new value
// and a branch to the loop. Where the value is a constant, the jump goes to the
// case itself. LLVM's own jump threading does not: it keeps loop headers, and
// does not look for what is one memory variable's value in many blocks.

#ifndef SLIPWAY_RUNTIME_COMPILER_DISPATCH_THREADING_H_
#define SLIPWAY_RUNTIME_COMPILER_DISPATCH_THREADING_H_

#include "llvm/IR/Function.h"
#include "llvm/IR/PassManager.h"

namespace slipway::compiler {

// To run before local variables become values: they are still memory, so that
// no value has to be carried along another way. Takes linear time.
class ThreadDispatches : public llvm::PassInfoMixin<ThreadDispatches> {
 public:
  llvm::PreservedAnalyses run(llvm::Function& function,
                              llvm::FunctionAnalysisManager& analyses);
};

}  // namespace slipway::compiler

#endif  // SLIPWAY_RUNTIME_COMPILER_DISPATCH_THREADING_H_
