// What C++'s runtime compares types by. A type_info is one object per type
// where one linker sees the whole program; where libraries are loaded, each may
// have its own, and the types are the same if their names are. But names that
// are local to a file may be those of other types in other files. libc++ knows
// this
// (_LIBCPP_TYPEINFO_COMPARISON_IMPLEMENTATION 3) from the top bit of the
// pointer to the name, which is set where names are to be compared; clang sets
// it for one of Apple's machines alone.

#ifndef SLIPWAY_POSIX_SHIM_PASSES_TYPE_NAMES_H_
#define SLIPWAY_POSIX_SHIM_PASSES_TYPE_NAMES_H_

#include <llvm/IR/PassManager.h>

namespace slipway {

struct TypeNames : llvm::PassInfoMixin<TypeNames> {
  static bool isRequired() { return true; }
  llvm::PreservedAnalyses run(llvm::Module& module,
                              llvm::ModuleAnalysisManager& analyses);
};

}  // namespace slipway

#endif  // SLIPWAY_POSIX_SHIM_PASSES_TYPE_NAMES_H_
