// Removes bounds checks that the guards around a memory64 make unnecessary,
// without changing when anything traps.
//
// A check compares the base operand A of an access with the size of the
// reservation; the access follows at once. Three kinds can go:
//
// - A = B + c, where the check of B dominates this one and c is a small
//   constant: an A outside of the reservation lies in a guard, and the access
//   faults there.
// - A changes by a constant in a loop whose every iteration makes the access.
//   When one succeeded, the next is in the memory or in a guard. Only the
//   first address is in doubt.
// - A does not change in the loop.
//
// An A that may be below the memory needs an access without a static offset,
// which could bring a large A back into the memory. After that access A is
// known to be in order.
//
// The last two need the first address s in order. It is not checked, which
// would trap before the loop's other effects, but clamped: an access at min(s,
// reservation) faults if and only if one at s is out of bounds, and where that
// would have trapped. The clamp is outside of the loop, as an amount to add to
// the pointer (0, unless the program is about to trap). Loops that make calls
// have none: an amount that is spilled costs more than a check.
//
// What is left to the guards: object::kGuardSize for static offsets,
// object::kStrideSize for distances and strides, and object::kGuardBelow for
// those downwards.

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
