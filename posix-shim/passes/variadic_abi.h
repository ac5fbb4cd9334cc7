// Gives guests the variable arguments of x86-64.
//
// wasm packs them into the list by size, 4 bytes for an int and 8 for a long;
// x86-64 gives each a slot of 8 bytes. A program that passes one and reads the
// other (a size_t for "%d", a plain 0 for the null that ends a list) misreads
// the next argument on wasm only. So:
//
//   - where a variadic function is called, an argument of less than 8 bytes is
//     widened with zeros to 8, as an x86-64 register would hold it;
//   - a list without arguments, which is null on wasm, becomes one of zeros:
//     functions read an optional argument before they know that it is there
//     (fcntl, ioctl, prctl).
//
// The reading side is expanded before any pass can see it, so there it is a
// macro: include/variadic.h.
//
// Changes nothing when it runs again.

#ifndef SLIPWAY_POSIX_SHIM_PASSES_VARIADIC_ABI_H_
#define SLIPWAY_POSIX_SHIM_PASSES_VARIADIC_ABI_H_

#include "llvm/IR/PassManager.h"

namespace slipway {

struct VariadicAbi : llvm::PassInfoMixin<VariadicAbi> {
  static bool isRequired() { return true; }  // at -O0 and for optnone too
  llvm::PreservedAnalyses run(llvm::Module& module,
                              llvm::ModuleAnalysisManager& analyses);
};

}  // namespace slipway

#endif  // SLIPWAY_POSIX_SHIM_PASSES_VARIADIC_ABI_H_
