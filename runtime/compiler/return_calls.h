// What makes every return_call a jump.
//
// LLVM guarantees a tail call (musttail) between functions of equal types only.
// Between others it makes one when it can, and it always can here: nothing is
// passed on the stack, all code has one convention, and functions that make
// such calls do not realign their stacks. What is left to do is to keep the
// call next to a return while passes reshape the function, and to make sure:
// generating code fails when a return_call would have grown the stack.

#ifndef SLIPWAY_RUNTIME_COMPILER_RETURN_CALLS_H_
#define SLIPWAY_RUNTIME_COMPILER_RETURN_CALLS_H_

#include "absl/status/status.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"

namespace slipway::compiler {

// Marks a call that must become a jump; a return of its result follows it.
// `caller` is the function that it is in.
void MarkReturnCall(llvm::CallInst* call, llvm::Function* caller);

// To run after the optimiser: passes that merge a function's returns part a
// call from its own, which this puts back. Internal when it cannot.
absl::Status RestoreReturns(llvm::Module& module);

// Registers, once per process, a check of the selected machine code: it
// reports an error to the LLVMContext of a function in which fewer jumps than
// marked calls were generated.
void CheckReturnCallsInMachineCode();

}  // namespace slipway::compiler

#endif  // SLIPWAY_RUNTIME_COMPILER_RETURN_CALLS_H_
