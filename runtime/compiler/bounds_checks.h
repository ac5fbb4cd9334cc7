// Removes bounds checks that the guard behind a memory64 makes unnecessary,
// without changing when anything traps.
//
// A check compares the base operand A of an access with the size of the
// reservation; the access follows at once. Three kinds can go:
//
// - A = B + c, where the check of B dominates this one and c is a small
//   constant, not negative: an A beyond the reservation lies in the guard, and
//   the access faults there.
// - A grows by a constant in a loop whose every iteration makes the access.
//   When one succeeded, the next is in the memory or in the guard. Only the
//   first address is in doubt.
// - A does not change in the loop.
//
// The last two need the first address s in order. It is not checked, which
// would trap before the loop's other effects, but clamped: an access at min(s,
// reservation) faults if and only if one at s is out of bounds, and where that
// would have trapped. The clamp is outside of the loop, as an amount to add to
// the pointer (0, unless the program is about to trap).
//
// What is left to the guard: object::kGuardSize for static offsets, and
// object::kStrideSize for distances and strides.

#ifndef SLIPWAY_RUNTIME_COMPILER_BOUNDS_CHECKS_H_
#define SLIPWAY_RUNTIME_COMPILER_BOUNDS_CHECKS_H_

#include "llvm/IR/Function.h"
#include "llvm/IR/PassManager.h"

namespace slipway::compiler {

// To run on functions in SSA form with simplified loops, before passes that
// rewrite conditions.
class RemoveBoundsChecks : public llvm::PassInfoMixin<RemoveBoundsChecks> {
 public:
  llvm::PreservedAnalyses run(llvm::Function& function,
                              llvm::FunctionAnalysisManager& analyses);
};

}  // namespace slipway::compiler

#endif  // SLIPWAY_RUNTIME_COMPILER_BOUNDS_CHECKS_H_
