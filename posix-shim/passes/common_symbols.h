// Makes common symbols (-fcommon, __attribute__((common))) weak definitions:
// for LLVM's wasm objects they would be undefined. As elsewhere several of them
// become one, and an initialised definition takes their place; the size is that
// of the first and not of the largest.

#ifndef SLIPWAY_POSIX_SHIM_PASSES_COMMON_SYMBOLS_H_
#define SLIPWAY_POSIX_SHIM_PASSES_COMMON_SYMBOLS_H_

#include "llvm/IR/PassManager.h"

namespace slipway {

struct CommonSymbols : llvm::PassInfoMixin<CommonSymbols> {
  static bool isRequired() { return true; }
  llvm::PreservedAnalyses run(llvm::Module& module,
                              llvm::ModuleAnalysisManager& analyses);
};

}  // namespace slipway

#endif  // SLIPWAY_POSIX_SHIM_PASSES_COMMON_SYMBOLS_H_
