// In code for a program, not for a side module (clang is told which by -fPIE or
// -fPIC), nothing can take the place of what the code itself defines: it is
// reached directly and not through the global offset table. clang decides that
// for ELF alone; for wasm it would take hidden visibility, and what is hidden
// cannot be exported to side modules.

#ifndef SLIPWAY_POSIX_SHIM_PASSES_LOCAL_DEFINITIONS_H_
#define SLIPWAY_POSIX_SHIM_PASSES_LOCAL_DEFINITIONS_H_

#include "llvm/IR/PassManager.h"

namespace slipway {

struct LocalDefinitions : llvm::PassInfoMixin<LocalDefinitions> {
  static bool isRequired() { return true; }
  llvm::PreservedAnalyses run(llvm::Module& module,
                              llvm::ModuleAnalysisManager& analyses);
};

}  // namespace slipway

#endif  // SLIPWAY_POSIX_SHIM_PASSES_LOCAL_DEFINITIONS_H_
