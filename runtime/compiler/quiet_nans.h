// Keeps NaN results quiet through LLVM's optimiser.
//
// WebAssembly's arithmetic returns quiet NaNs (core specification, section
// 4.3.3). LLVM's may return a signalling operand as it is: x * 1.0, x / -1.0,
// x - 0.0 and the like become x or its negation, and a promotion cancels
// against the demotion that follows. It may learn that an operand is such a
// constant at any time: by unrolling a loop, from a comparison that a branch
// depends on.
//
// Therefore an operation whose operand could become one is followed by
// llvm.canonicalize, which quiets, until the optimiser is done; then it is
// dropped wherever the operation is still there. Thread-safe.

#ifndef SLIPWAY_RUNTIME_COMPILER_QUIET_NANS_H_
#define SLIPWAY_RUNTIME_COMPILER_QUIET_NANS_H_

#include "llvm/IR/Function.h"
#include "llvm/IR/PassManager.h"

namespace slipway::compiler {

// To run on functions in SSA form, before any pass that simplifies.
class GuardQuietNans : public llvm::PassInfoMixin<GuardQuietNans> {
 public:
  llvm::PreservedAnalyses run(llvm::Function& function,
                              llvm::FunctionAnalysisManager& analyses);
};

// To run after the last pass that simplifies.
class DropRedundantQuieting
    : public llvm::PassInfoMixin<DropRedundantQuieting> {
 public:
  llvm::PreservedAnalyses run(llvm::Function& function,
                              llvm::FunctionAnalysisManager& analyses);
};

}  // namespace slipway::compiler

#endif  // SLIPWAY_RUNTIME_COMPILER_QUIET_NANS_H_
