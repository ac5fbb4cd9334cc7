// From LLVM IR to a relocatable object.

#ifndef SLIPWAY_RUNTIME_COMPILER_OPTIMIZER_H_
#define SLIPWAY_RUNTIME_COMPILER_OPTIMIZER_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "llvm/IR/Module.h"
#include "llvm/Target/TargetMachine.h"

namespace slipway::compiler {

// Runs LLVM's function passes at `level` (0 to 3). Guest modules come
// optimised from their own compiler, so nothing that works across functions is
// repeated: no inlining, no propagation of attributes. The latter also keeps a
// function from being marked as never unwinding, which would lose exceptions
// that a signal handler of the guest throws.
// Internal when a pass broke what generating code relies on.
absl::Status Optimize(llvm::Module& module, llvm::TargetMachine& machine,
                      int level);

// Generates the ELF object. Internal when LLVM finds the module malformed or
// cannot generate code for it, which is a bug of the emitters.
absl::StatusOr<std::string> GenerateObject(llvm::Module& module,
                                           llvm::TargetMachine& machine);
// The same as text, for people and tests.
absl::StatusOr<std::string> GenerateAssembly(llvm::Module& module,
                                             llvm::TargetMachine& machine);

}  // namespace slipway::compiler

#endif  // SLIPWAY_RUNTIME_COMPILER_OPTIMIZER_H_
