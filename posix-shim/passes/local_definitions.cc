#include "posix-shim/passes/local_definitions.h"

#include "llvm/IR/Module.h"

namespace slipway {

llvm::PreservedAnalyses LocalDefinitions::run(llvm::Module& module,
                                              llvm::ModuleAnalysisManager&) {
  if (module.getPIELevel() == llvm::PIELevel::Default) {
    return llvm::PreservedAnalyses::all();
  }
  for (llvm::GlobalValue& value : module.global_values()) {
    if (!value.isDeclarationForLinker()) value.setDSOLocal(true);
  }
  return llvm::PreservedAnalyses::none();
}

}  // namespace slipway
