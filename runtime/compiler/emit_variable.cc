// Local and global variables, drop and select (core specification, sections
// 4.4.4 and 4.4.5).

#include "llvm/IR/Instructions.h"
#include "runtime/compiler/calling_convention.h"
#include "runtime/compiler/opcode_emitters.h"

namespace slipway::compiler {
namespace {

using wasm::Instruction;

// An imported global is reached through a pointer; the module's own are part
// of the context.
llvm::Value* GlobalPointer(FunctionEmitter& f, uint32_t index) {
  const object::ContextLayout& layout = f.unit().info().layout;
  const uint32_t imported = f.wasm().imported_globals;
  if (index < imported) {
    return f.LoadContext(
        f.unit().ptr(), layout.global_imports + index * sizeof(object::Value*));
  }
  return f.unit().Offset(
      f.instance(),
      layout.globals + (index - imported) * sizeof(object::Value));
}

}  // namespace

void EmitDrop(FunctionEmitter& f, const Instruction&) { f.Pop(); }

void EmitSelect(FunctionEmitter& f, const Instruction&) {
  llvm::Value* const condition = f.PopBool();
  llvm::Value* const b = f.Pop();
  llvm::Value* const a = f.Pop();
  f.Push(f.builder().CreateSelect(condition, a, b));
}

void EmitSelectTyped(FunctionEmitter& f, const Instruction& instruction) {
  EmitSelect(f, instruction);
}

void EmitLocalGet(FunctionEmitter& f, const Instruction& instruction) {
  f.Push(f.GetLocal(instruction.index));
}

void EmitLocalSet(FunctionEmitter& f, const Instruction& instruction) {
  f.SetLocal(instruction.index, f.Pop());
}

void EmitLocalTee(FunctionEmitter& f, const Instruction& instruction) {
  f.SetLocal(instruction.index, f.Peek());
}

void EmitGlobalGet(FunctionEmitter& f, const Instruction& instruction) {
  const wasm::GlobalType& global = f.wasm().globals[instruction.index].type;
  llvm::Type* const type = LowerType(f.unit().context(), global.value);
  llvm::Value* const pointer = GlobalPointer(f, instruction.index);
  f.Push(global.is_mutable
             ? f.unit().Load(type, pointer, 0, MemoryKind::kGlobal)
             : f.unit().LoadInvariant(type, pointer, 0, MemoryKind::kGlobal));
}

void EmitGlobalSet(FunctionEmitter& f, const Instruction& instruction) {
  llvm::Value* const value = f.Pop();
  f.unit()
      .Store(value, GlobalPointer(f, instruction.index), 0,
             MemoryKind::kGlobal)
      ->setVolatile(true);  // a trap makes it visible: see memory_access.h
}

}  // namespace slipway::compiler
