#include "runtime/compiler/function_compiler.h"

#include "runtime/compiler/effort.h"
#include "runtime/compiler/function_emitter.h"
#include "runtime/compiler/opcode_emitters.h"
#include "runtime/wasm/function_reader.h"
#include "runtime/wasm/instruction.h"

namespace slipway::compiler {
namespace {

using wasm::Instruction;
using wasm::Opcode;

using Emitter = void (*)(FunctionEmitter&, const Instruction&);

// Indexed by Opcode.
constexpr Emitter kEmitters[] = {
#define OP(name, ...) Emit##name,
#include "runtime/wasm/opcode.def"
};

bool OpensBlock(Opcode op) {
  return op == Opcode::kBlock || op == Opcode::kLoop || op == Opcode::kIf ||
         op == Opcode::kTryTable || op == Opcode::kTry;
}

bool ClosesBlock(Opcode op) {
  return op == Opcode::kElse || op == Opcode::kEnd || op == Opcode::kCatch ||
         op == Opcode::kCatchAll || op == Opcode::kDelegate;
}

void Emit(FunctionEmitter& emitter, const Instruction& instruction) {
  if (emitter.reachable() || ClosesBlock(instruction.op)) {
    kEmitters[static_cast<size_t>(instruction.op)](emitter, instruction);
  } else if (OpensBlock(instruction.op)) {
    Frame frame;
    frame.op = instruction.op;
    frame.dead = true;
    emitter.frames().push_back(std::move(frame));
  }
}

// The linker's relocation of data is one block without a branch, hundreds of
// kilobytes long and run once. LLVM's passes are quadratic in the checks on its
// one base address: they would take minutes for nothing.
bool IsNotWorthOptimizing(const Unit& unit, uint32_t function) {
  const wasm::Export* const relocations = unit.wasm().FindExport(
      "__wasm_apply_data_relocs", wasm::ExternKind::kFunction);
  return relocations != nullptr && relocations->index == function;
}

}  // namespace

absl::Status CompileFunction(Unit& unit, uint32_t function) {
  wasm::FunctionReader reader(unit.wasm(), function);
  if (!reader.status().ok()) return reader.status();
  unit.StartSources(function);
  FunctionEmitter emitter(unit, function, reader.locals());
  Instruction instruction;
  while (reader.Next(instruction)) {
    unit.SetSourceOf(instruction.offset);
    Emit(emitter, instruction);
  }
  if (!reader.status().ok()) {
    emitter.Abandon();
    return reader.status();
  }
  llvm::Function* const code = unit.GetFunction(function);
  if (IsNotWorthOptimizing(unit, function)) {
    code->addFnAttr(llvm::Attribute::OptimizeNone);
    code->addFnAttr(llvm::Attribute::NoInline);
  }
  ClassifyBySize(*code);
  return absl::OkStatus();
}

}  // namespace slipway::compiler
