// Functions with __attribute__((destructor)). For wasm LLVM registers them with
// __cxa_atexit, among what the program registers itself; elsewhere they run
// after all of that when the program ends, and before it when a library is
// closed. They get a list of their own: __slipway_at_fini.

#ifndef SLIPWAY_POSIX_SHIM_PASSES_DESTRUCTORS_H_
#define SLIPWAY_POSIX_SHIM_PASSES_DESTRUCTORS_H_

#include "llvm/IR/PassManager.h"

namespace slipway {

struct Destructors : llvm::PassInfoMixin<Destructors> {
  static bool isRequired() { return true; }
  llvm::PreservedAnalyses run(llvm::Module& module,
                              llvm::ModuleAnalysisManager& analyses);
};

}  // namespace slipway

#endif  // SLIPWAY_POSIX_SHIM_PASSES_DESTRUCTORS_H_
