#include "posix-shim/passes/destructors.h"

#include "llvm/IR/InstIterator.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/LowerGlobalDtors.h"

namespace slipway {
namespace {

// The functions that LLVM's pass makes.
bool Registers(const llvm::Function& function) {
  return function.hasLocalLinkage() &&
         function.getName().starts_with("register_call_dtors");
}

}  // namespace

llvm::PreservedAnalyses Destructors::run(
    llvm::Module& module, llvm::ModuleAnalysisManager& analyses) {
  if (module.getNamedGlobal("llvm.global_dtors") == nullptr) {
    return llvm::PreservedAnalyses::all();
  }
  llvm::LowerGlobalDtorsPass().run(module, analyses);
  for (llvm::Function& function : module) {
    if (!Registers(function)) continue;
    for (llvm::Instruction& instruction : llvm::instructions(function)) {
      auto* const call = llvm::dyn_cast<llvm::CallBase>(&instruction);
      if (call == nullptr || call->getCalledFunction() == nullptr ||
          call->getCalledFunction()->getName() != "__cxa_atexit") {
        continue;
      }
      call->setCalledFunction(module.getOrInsertFunction(
          "__slipway_at_fini", call->getFunctionType()));
    }
  }
  return llvm::PreservedAnalyses::none();
}

}  // namespace slipway
