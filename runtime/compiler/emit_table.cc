// References and tables (core specification, sections 4.4.3 and 4.4.6). A
// funcref is a FuncRef*, null is null, and other references are opaque
// pointers.

#include "llvm/IR/Constants.h"
#include "runtime/compiler/memory_access.h"
#include "runtime/compiler/opcode_emitters.h"
#include "runtime/compiler/table_access.h"

namespace slipway::compiler {
namespace {

using object::RuntimeTable;
using object::TrapCode;
using wasm::Instruction;

llvm::Value* Index(FunctionEmitter& f, uint32_t index) {
  return f.builder().getInt32(index);
}

const wasm::Limits& LimitsOf(FunctionEmitter& f, uint32_t table) {
  return f.wasm().tables[table].type.limits;
}

bool HoldsExceptions(FunctionEmitter& f, uint32_t table) {
  const wasm::HeapType heap = f.wasm().tables[table].type.element.heap();
  return heap == wasm::HeapType::kExn || heap == wasm::HeapType::kNoExn;
}

// table.init and table.copy differ in the entry they call.
void CopyInto(FunctionEmitter& f, const Instruction& instruction,
              uint64_t slot) {
  llvm::Value* const size = Extend(f, f.Pop());
  llvm::Value* const from = Extend(f, f.Pop());
  llvm::Value* const to = Extend(f, f.Pop());
  f.CallRuntime(slot, f.builder().getVoidTy(),
                {f.instance(), Index(f, instruction.index),
                 Index(f, instruction.index2), to, from, size});
}

}  // namespace

llvm::Value* TableSize(FunctionEmitter& f, uint32_t table) {
  const uint64_t ref =
      f.unit().info().layout.tables + table * sizeof(object::TableRef);
  llvm::Value* const where =
      f.LoadContext(f.unit().ptr(), ref + offsetof(object::TableRef, size));
  llvm::LoadInst* const size =
      f.unit().Load(f.builder().getInt64Ty(), where, 0, MemoryKind::kTable);
  size->setAtomic(llvm::AtomicOrdering::Monotonic);
  return size;
}

llvm::Value* ElementPointer(FunctionEmitter& f, uint32_t table,
                            llvm::Value* index) {
  llvm::Value* const extended = Extend(f, index);
  f.TrapIf(f.builder().CreateICmpUGE(extended, TableSize(f, table)),
           TrapCode::kTableOutOfBounds);
  const uint64_t ref =
      f.unit().info().layout.tables + table * sizeof(object::TableRef);
  llvm::Value* const base =
      f.LoadContext(f.unit().ptr(), ref + offsetof(object::TableRef, base));
  return f.builder().CreateInBoundsGEP(f.unit().ptr(), base, extended);
}

llvm::Value* LoadElement(FunctionEmitter& f, uint32_t table,
                         llvm::Value* index) {
  return f.unit().Load(f.unit().ptr(), ElementPointer(f, table, index), 0,
                       MemoryKind::kTable);
}

void EmitRefNull(FunctionEmitter& f, const Instruction&) {
  f.Push(llvm::ConstantPointerNull::get(f.builder().getPtrTy()));
}

void EmitRefIsNull(FunctionEmitter& f, const Instruction&) {
  f.PushBool(f.builder().CreateIsNull(f.Pop()));
}

void EmitRefFunc(FunctionEmitter& f, const Instruction& instruction) {
  f.Push(f.LoadContext(f.unit().ptr(),
                       f.unit().info().layout.functions +
                           instruction.index * sizeof(object::FuncRef*)));
}

void EmitRefAsNonNull(FunctionEmitter& f, const Instruction&) {
  f.TrapIf(f.builder().CreateIsNull(f.Peek()), TrapCode::kNullReference);
}

void EmitTableGet(FunctionEmitter& f, const Instruction& instruction) {
  f.Push(LoadElement(f, instruction.index, f.Pop()));
}

void EmitTableSet(FunctionEmitter& f, const Instruction& instruction) {
  llvm::Value* const value = f.Pop();
  if (HoldsExceptions(f, instruction.index)) {
    // The engine keeps account of what other threads may refer to.
    f.CallRuntime(offsetof(RuntimeTable, table_fill), f.builder().getVoidTy(),
                  {f.instance(), Index(f, instruction.index),
                   Extend(f, f.Pop()), value, f.builder().getInt64(1)});
    return;
  }
  f.unit()
      .Store(value, ElementPointer(f, instruction.index, f.Pop()), 0,
             MemoryKind::kTable)
      ->setVolatile(true);  // a trap makes it visible: see memory_access.h
}

void EmitTableSize(FunctionEmitter& f, const Instruction& instruction) {
  f.Push(Narrow(f, TableSize(f, instruction.index),
                LimitsOf(f, instruction.index)));
}

void EmitTableGrow(FunctionEmitter& f, const Instruction& instruction) {
  llvm::Value* const delta = Extend(f, f.Pop());
  llvm::Value* const value = f.Pop();
  llvm::Value* const old_size = f.CallRuntime(
      offsetof(RuntimeTable, table_grow), f.builder().getInt64Ty(),
      {f.instance(), Index(f, instruction.index), delta, value});
  f.Push(Narrow(f, old_size, LimitsOf(f, instruction.index)));
}

void EmitTableFill(FunctionEmitter& f, const Instruction& instruction) {
  llvm::Value* const size = Extend(f, f.Pop());
  llvm::Value* const value = f.Pop();
  llvm::Value* const to = Extend(f, f.Pop());
  f.CallRuntime(offsetof(RuntimeTable, table_fill), f.builder().getVoidTy(),
                {f.instance(), Index(f, instruction.index), to, value, size});
}

void EmitTableInit(FunctionEmitter& f, const Instruction& instruction) {
  CopyInto(f, instruction, offsetof(RuntimeTable, table_init));
}

void EmitTableCopy(FunctionEmitter& f, const Instruction& instruction) {
  CopyInto(f, instruction, offsetof(RuntimeTable, table_copy));
}

void EmitElemDrop(FunctionEmitter& f, const Instruction& instruction) {
  f.CallRuntime(offsetof(RuntimeTable, elem_drop), f.builder().getVoidTy(),
                {f.instance(), Index(f, instruction.index)});
}

}  // namespace slipway::compiler
