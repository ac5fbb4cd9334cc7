// Comparisons of more than 16 lanes that become bits of an integer, as libc++
// makes to find a character. LLVM has one instruction of wasm for those of up
// to 16 lanes, and takes each lane of the wider ones by itself. They become
// integers of 16 bits, put together.

#ifndef SLIPWAY_POSIX_SHIM_PASSES_WIDE_MASKS_H_
#define SLIPWAY_POSIX_SHIM_PASSES_WIDE_MASKS_H_

#include "llvm/IR/PassManager.h"

namespace slipway {

struct WideMasks : llvm::PassInfoMixin<WideMasks> {
  llvm::PreservedAnalyses run(llvm::Function& function,
                              llvm::FunctionAnalysisManager& analyses);
};

}  // namespace slipway

#endif  // SLIPWAY_POSIX_SHIM_PASSES_WIDE_MASKS_H_
