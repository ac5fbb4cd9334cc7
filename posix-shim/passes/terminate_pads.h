// Functions that promise no exception (noexcept). For wasm clang has them catch
// whatever is thrown, without telling C++'s runtime what it was, and so a
// longjmp through such a function or the end of a thread would end the program,
// too. They catch C++'s exceptions instead and hand them to __slipway_terminate
// (posix-shim/cxx/terminate.cc).

#ifndef SLIPWAY_POSIX_SHIM_PASSES_TERMINATE_PADS_H_
#define SLIPWAY_POSIX_SHIM_PASSES_TERMINATE_PADS_H_

#include <llvm/IR/PassManager.h>

namespace slipway {

struct TerminatePads : llvm::PassInfoMixin<TerminatePads> {
  static bool isRequired() { return true; }
  llvm::PreservedAnalyses run(llvm::Module& module,
                              llvm::ModuleAnalysisManager& analyses);
};

}  // namespace slipway

#endif  // SLIPWAY_POSIX_SHIM_PASSES_TERMINATE_PADS_H_
