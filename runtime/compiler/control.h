// What the emitters of blocks, branches and exceptions share.

#ifndef SLIPWAY_RUNTIME_COMPILER_CONTROL_H_
#define SLIPWAY_RUNTIME_COMPILER_CONTROL_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "runtime/compiler/function_emitter.h"
#include "runtime/wasm/instruction.h"

namespace slipway::compiler {

// Opens the block that the instruction begins; its parameters stay on the
// operand stack.
Frame& OpenFrame(FunctionEmitter& f, const wasm::Instruction& instruction);

// Ends the part of a block that the current code belongs to: goes to the
// block's end with its results, when reachable.
void LeavePart(FunctionEmitter& f);
// Ends the block, without what only some kinds of block need, and continues
// after it. `frame`: the block's, no longer among f.frames().
void EnterEnd(FunctionEmitter& f, Frame& frame);

// At the end of a try_table, whose frame is already closed: generates its
// catch clauses. Leaves code unreachable.
void EmitCatches(FunctionEmitter& f, const Frame& frame);
// The same of a try: passes on what no clause caught.
void EmitUncaught(FunctionEmitter& f, const Frame& frame);

// Throws an Exception*, which is not null. Leaves code unreachable.
void Raise(FunctionEmitter& f, llvm::Value* exception);

// From here on, exceptions go to a handler that belongs to the innermost frame.
void OpenHandler(FunctionEmitter& f);
// Ends that, and continues where the handler receives them. Returns what the
// unwinder hands over; null, with code unreachable, when nothing throws.
llvm::Value* CloseHandler(FunctionEmitter& f);
// Goes on unwinding in the innermost handler of the `frames` outermost frames
// of this function, or else in its callers.
void PassOn(FunctionEmitter& f, llvm::Value* unwind_exception, size_t frames);

// The Exception* of what the unwinder hands over, and its tag.
llvm::Value* ToException(FunctionEmitter& f, llvm::Value* unwind_exception);
llvm::Value* ExceptionTag(FunctionEmitter& f, llvm::Value* exception);
// Whether a tag of ExceptionTag is the module's tag with this index.
llvm::Value* IsTag(FunctionEmitter& f, llvm::Value* tag, uint32_t index);
// The values of an exception that has the tag with this index.
std::vector<llvm::Value*> LoadExceptionValues(FunctionEmitter& f, uint32_t tag,
                                              llvm::Value* exception);

}  // namespace slipway::compiler

#endif  // SLIPWAY_RUNTIME_COMPILER_CONTROL_H_
