// What the emitters of blocks, branches and exceptions share.

#ifndef SLIPWAY_RUNTIME_COMPILER_CONTROL_H_
#define SLIPWAY_RUNTIME_COMPILER_CONTROL_H_

#include "runtime/compiler/function_emitter.h"
#include "runtime/wasm/instruction.h"

namespace slipway::compiler {

// Opens the block that the instruction begins; its parameters stay on the
// operand stack.
Frame& OpenFrame(FunctionEmitter& f, const wasm::Instruction& instruction);

// At the end of a try_table, whose frame is already closed: generates its
// catch clauses. Leaves code unreachable.
void EmitCatches(FunctionEmitter& f, const Frame& frame);

}  // namespace slipway::compiler

#endif  // SLIPWAY_RUNTIME_COMPILER_CONTROL_H_
