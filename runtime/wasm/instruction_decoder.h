// Decodes one operator with its immediates (core specification, section 5.4).
// Shared by function bodies and constant expressions.

#ifndef SLIPWAY_RUNTIME_WASM_INSTRUCTION_DECODER_H_
#define SLIPWAY_RUNTIME_WASM_INSTRUCTION_DECODER_H_

#include "runtime/wasm/byte_reader.h"
#include "runtime/wasm/instruction.h"
#include "runtime/wasm/module.h"
#include "runtime/wasm/opcode.h"

namespace slipway::wasm {

// All answer false after recording an error in `reader`.

bool ReadOpcodeSlow(ByteReader& reader, Instruction& instruction);
// Instruction::offset and op.
inline bool ReadOpcode(ByteReader& reader, Instruction& instruction) {
  instruction.offset = reader.offset();
  const int byte = reader.Peek();
  if (byte < 0 || kPlainOpcodes[byte] == kNoOpcode) [[unlikely]] {
    return ReadOpcodeSlow(reader, instruction);
  }
  instruction.op = kPlainOpcodes[byte];
  reader.Skip();
  return true;
}

// The immediates of instruction.op. Of their contents only the type index of a
// block is checked, because the signature is looked up.
bool ReadImmediates(ByteReader& reader, const Module& module,
                    Instruction& instruction);

// Those of a memory access.
bool ReadMemArg(ByteReader& reader, Instruction& instruction);

inline bool ReadInstruction(ByteReader& reader, const Module& module,
                            Instruction& instruction) {
  return ReadOpcode(reader, instruction) &&
         ReadImmediates(reader, module, instruction);
}

}  // namespace slipway::wasm

#endif  // SLIPWAY_RUNTIME_WASM_INSTRUCTION_DECODER_H_
