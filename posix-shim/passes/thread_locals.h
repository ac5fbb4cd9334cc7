// Thread-local variables of other modules. wasm has one model only, an offset
// from the module's own __tls_base, and wasm-ld imports functions and ordinary
// data, but no thread-local variables. So what defines such a variable defines
// a function beside it that returns the calling thread's address, and what only
// declares it calls that. The linker drops the functions that nothing calls; in
// one module the call is inlined when the module is compiled for the machine.

#ifndef SLIPWAY_POSIX_SHIM_PASSES_THREAD_LOCALS_H_
#define SLIPWAY_POSIX_SHIM_PASSES_THREAD_LOCALS_H_

#include "llvm/IR/PassManager.h"

namespace slipway {

struct ThreadLocals : llvm::PassInfoMixin<ThreadLocals> {
  static bool isRequired() { return true; }
  llvm::PreservedAnalyses run(llvm::Module& module,
                              llvm::ModuleAnalysisManager& analyses);
};

}  // namespace slipway

#endif  // SLIPWAY_POSIX_SHIM_PASSES_THREAD_LOCALS_H_
