// One function per operator: void EmitI32Add(FunctionEmitter&,
// const Instruction&), and so on for every row of opcode.def. Each lives in the
// emit_*.cc file of its family; an operator without an emitter fails to link.
//
// An emitter is called only where code is reachable. It pops its operands,
// pushes its results, and keeps every trap of the specification.

#ifndef SLIPWAY_RUNTIME_COMPILER_OPCODE_EMITTERS_H_
#define SLIPWAY_RUNTIME_COMPILER_OPCODE_EMITTERS_H_

#include "runtime/compiler/function_emitter.h"
#include "runtime/wasm/instruction.h"

namespace slipway::compiler {

#define OP(name, ...) \
  void Emit##name(FunctionEmitter& f, const wasm::Instruction& instruction);
#include "runtime/wasm/opcode.def"

}  // namespace slipway::compiler

#endif  // SLIPWAY_RUNTIME_COMPILER_OPCODE_EMITTERS_H_
