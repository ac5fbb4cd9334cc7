// Loads, stores and bulk memory operators (core specification, section 4.4.7;
// multi-memory and memory64 included).

#include <algorithm>

#include "llvm/IR/Intrinsics.h"
#include "runtime/compiler/memory_access.h"
#include "runtime/compiler/opcode_emitters.h"

namespace slipway::compiler {
namespace {

using object::RuntimeTable;
using wasm::Instruction;

llvm::Type* Int(FunctionEmitter& f, unsigned bits) {
  return f.builder().getIntNTy(bits);
}

uint64_t AccessSize(const Instruction& instruction) {
  return uint64_t{1} << wasm::GetOpcodeInfo(instruction.op).detail;
}

// Pops the address.
llvm::Value* Pointer(FunctionEmitter& f, const Instruction& instruction) {
  return EffectivePointer(f, instruction.index, f.Pop(),
                          instruction.memory_offset, AccessSize(instruction));
}

llvm::Value* Load(FunctionEmitter& f, const Instruction& instruction,
                  llvm::Type* type) {
  return LoadGuest(f, type, Pointer(f, instruction));
}

void LoadS(FunctionEmitter& f, const Instruction& instruction, unsigned from,
           unsigned to) {
  f.Push(
      f.builder().CreateSExt(Load(f, instruction, Int(f, from)), Int(f, to)));
}

void LoadU(FunctionEmitter& f, const Instruction& instruction, unsigned from,
           unsigned to) {
  f.Push(
      f.builder().CreateZExt(Load(f, instruction, Int(f, from)), Int(f, to)));
}

void Store(FunctionEmitter& f, const Instruction& instruction,
           llvm::Value* value) {
  StoreGuest(f, value, Pointer(f, instruction));
}

void StoreLow(FunctionEmitter& f, const Instruction& instruction,
              unsigned bits) {
  Store(f, instruction, f.builder().CreateTrunc(f.Pop(), Int(f, bits)));
}

llvm::Value* Index(FunctionEmitter& f, uint32_t index) {
  return f.builder().getInt32(index);
}

}  // namespace

#define EMIT(name, body) \
  void Emit##name(FunctionEmitter& f, const Instruction& instruction) { body; }

EMIT(I32Load, f.Push(Load(f, instruction, Int(f, 32))))
EMIT(I64Load, f.Push(Load(f, instruction, Int(f, 64))))
EMIT(F32Load, f.Push(Load(f, instruction, f.builder().getFloatTy())))
EMIT(F64Load, f.Push(Load(f, instruction, f.builder().getDoubleTy())))
EMIT(I32Load8S, LoadS(f, instruction, 8, 32))
EMIT(I32Load8U, LoadU(f, instruction, 8, 32))
EMIT(I32Load16S, LoadS(f, instruction, 16, 32))
EMIT(I32Load16U, LoadU(f, instruction, 16, 32))
EMIT(I64Load8S, LoadS(f, instruction, 8, 64))
EMIT(I64Load8U, LoadU(f, instruction, 8, 64))
EMIT(I64Load16S, LoadS(f, instruction, 16, 64))
EMIT(I64Load16U, LoadU(f, instruction, 16, 64))
EMIT(I64Load32S, LoadS(f, instruction, 32, 64))
EMIT(I64Load32U, LoadU(f, instruction, 32, 64))
EMIT(I32Store, Store(f, instruction, f.Pop()))
EMIT(I64Store, Store(f, instruction, f.Pop()))
EMIT(F32Store, Store(f, instruction, f.Pop()))
EMIT(F64Store, Store(f, instruction, f.Pop()))
EMIT(I32Store8, StoreLow(f, instruction, 8))
EMIT(I32Store16, StoreLow(f, instruction, 16))
EMIT(I64Store8, StoreLow(f, instruction, 8))
EMIT(I64Store16, StoreLow(f, instruction, 16))
EMIT(I64Store32, StoreLow(f, instruction, 32))

#undef EMIT

void EmitMemorySize(FunctionEmitter& f, const Instruction& instruction) {
  llvm::Value* const pages = f.builder().CreateUDiv(
      MemorySize(f, instruction.index), f.builder().getInt64(wasm::kPageSize));
  f.Push(Narrow(f, pages, f.wasm().memories[instruction.index].limits));
}

void EmitMemoryGrow(FunctionEmitter& f, const Instruction& instruction) {
  llvm::Value* const old_pages = f.CallRuntime(
      offsetof(RuntimeTable, memory_grow), Int(f, 64),
      {f.instance(), Index(f, instruction.index), Extend(f, f.Pop())});
  f.Push(Narrow(f, old_pages, f.wasm().memories[instruction.index].limits));
}

void EmitMemoryInit(FunctionEmitter& f, const Instruction& instruction) {
  llvm::Value* const size = Extend(f, f.Pop());
  llvm::Value* const from = Extend(f, f.Pop());
  llvm::Value* const to = Extend(f, f.Pop());
  f.CallRuntime(offsetof(RuntimeTable, memory_init), f.builder().getVoidTy(),
                {f.instance(), Index(f, instruction.index),
                 Index(f, instruction.index2), to, from, size});
}

void EmitDataDrop(FunctionEmitter& f, const Instruction& instruction) {
  f.CallRuntime(offsetof(RuntimeTable, data_drop), f.builder().getVoidTy(),
                {f.instance(), Index(f, instruction.index)});
}

void EmitMemoryCopy(FunctionEmitter& f, const Instruction& instruction) {
  llvm::Value* const size = Extend(f, f.Pop());
  llvm::Value* const from = BulkPointer(f, instruction.index2, f.Pop(), size);
  llvm::Value* const to = BulkPointer(f, instruction.index, f.Pop(), size);
  // Not a tail call, so that a backtrace from within shows its caller.
  f.unit()
      .Tag(f.builder().CreateMemMove(to, llvm::Align(1), from, llvm::Align(1),
                                     size, /*isVolatile=*/true),
           MemoryKind::kGuest)
      ->setTailCallKind(llvm::CallInst::TCK_NoTail);
}

void EmitMemoryFill(FunctionEmitter& f, const Instruction& instruction) {
  llvm::Value* const size = Extend(f, f.Pop());
  llvm::Value* const byte = f.builder().CreateTrunc(f.Pop(), Int(f, 8));
  llvm::Value* const to = BulkPointer(f, instruction.index, f.Pop(), size);
  f.unit()
      .Tag(f.builder().CreateMemSet(to, byte, size, llvm::Align(1),
                                    /*isVolatile=*/true),
           MemoryKind::kGuest)
      ->setTailCallKind(llvm::CallInst::TCK_NoTail);
}

}  // namespace slipway::compiler
