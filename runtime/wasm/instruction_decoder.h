// Decodes one operator with its immediates (core specification, section 5.4).
// Shared by function bodies and constant expressions.

#ifndef SLIPWAY_RUNTIME_WASM_INSTRUCTION_DECODER_H_
#define SLIPWAY_RUNTIME_WASM_INSTRUCTION_DECODER_H_

#include "runtime/wasm/byte_reader.h"
#include "runtime/wasm/instruction.h"
#include "runtime/wasm/module.h"

namespace slipway::wasm {

// False after recording an error in `reader`. Of the immediates only the type
// index of a block is checked, because the signature is looked up.
bool ReadInstruction(ByteReader& reader, const Module& module,
                     Instruction& instruction);

}  // namespace slipway::wasm

#endif  // SLIPWAY_RUNTIME_WASM_INSTRUCTION_DECODER_H_
