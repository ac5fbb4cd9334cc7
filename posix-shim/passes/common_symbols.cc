#include "posix-shim/passes/common_symbols.h"

#include "llvm/IR/Module.h"

namespace slipway {

llvm::PreservedAnalyses CommonSymbols::run(llvm::Module& module,
                                           llvm::ModuleAnalysisManager&) {
  for (llvm::GlobalVariable& variable : module.globals()) {
    if (variable.hasCommonLinkage()) {
      variable.setLinkage(llvm::GlobalValue::WeakAnyLinkage);
    }
  }
  return llvm::PreservedAnalyses::none();
}

}  // namespace slipway
