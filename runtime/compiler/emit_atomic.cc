// Atomic operators (threads proposal). Every access is sequentially
// consistent, and traps unless its address is a multiple of its size; that is
// checked first, then the bounds, as the proposal's reference interpreter does.
// All are volatile: see memory_access.h.

#include "llvm/IR/Instructions.h"
#include "runtime/compiler/memory_access.h"
#include "runtime/compiler/opcode_emitters.h"

namespace slipway::compiler {
namespace {

using llvm::AtomicOrdering;
using llvm::AtomicRMWInst;
using object::RuntimeTable;
using object::TrapCode;
using wasm::Instruction;

constexpr AtomicOrdering kSeqCst = AtomicOrdering::SequentiallyConsistent;

uint64_t AccessSize(const Instruction& instruction) {
  return uint64_t{1} << wasm::GetOpcodeInfo(instruction.op).detail;
}

llvm::Type* AccessType(FunctionEmitter& f, const Instruction& instruction) {
  return f.builder().getIntNTy(8 * AccessSize(instruction));
}

// The wasm type of the operator's values: its name begins with it.
llvm::Type* ValueType(FunctionEmitter& f, const Instruction& instruction) {
  const bool is64 = wasm::OpcodeName(instruction.op).starts_with("i64");
  return f.builder().getIntNTy(is64 ? 64 : 32);
}

void CheckAligned(FunctionEmitter& f, const Instruction& instruction,
                  llvm::Value* address) {
  if (AccessSize(instruction) == 1) return;
  llvm::Value* const low = f.builder().CreateAnd(
      Extend(f, address), f.builder().getInt64(AccessSize(instruction) - 1));
  // The static offset shifts which addresses are aligned.
  const uint64_t aligned =
      -instruction.memory_offset & (AccessSize(instruction) - 1);
  f.TrapIf(f.builder().CreateICmpNE(low, f.builder().getInt64(aligned)),
           TrapCode::kUnalignedAtomic);
}

// Pops the address.
llvm::Value* Pointer(FunctionEmitter& f, const Instruction& instruction) {
  llvm::Value* const address = f.Pop();
  CheckAligned(f, instruction, address);
  return EffectivePointer(f, instruction.index, address,
                          instruction.memory_offset, AccessSize(instruction));
}

llvm::Align Alignment(const Instruction& instruction) {
  return llvm::Align(AccessSize(instruction));
}

llvm::Value* PopNarrow(FunctionEmitter& f, const Instruction& instruction) {
  return f.builder().CreateTrunc(f.Pop(), AccessType(f, instruction));
}

void PushWide(FunctionEmitter& f, const Instruction& instruction,
              llvm::Value* value) {
  f.Push(f.builder().CreateZExt(value, ValueType(f, instruction)));
}

void AtomicLoad(FunctionEmitter& f, const Instruction& instruction) {
  llvm::Value* const pointer = Pointer(f, instruction);
  llvm::LoadInst* const load = f.unit().Tag(
      f.builder().CreateAlignedLoad(AccessType(f, instruction), pointer,
                                    Alignment(instruction)),
      MemoryKind::kGuest);
  load->setAtomic(kSeqCst);
  load->setVolatile(true);
  PushWide(f, instruction, load);
}

void AtomicStore(FunctionEmitter& f, const Instruction& instruction) {
  llvm::Value* const value = PopNarrow(f, instruction);
  llvm::Value* const pointer = Pointer(f, instruction);
  llvm::StoreInst* const store = f.unit().Tag(
      f.builder().CreateAlignedStore(value, pointer, Alignment(instruction)),
      MemoryKind::kGuest);
  store->setAtomic(kSeqCst);
  store->setVolatile(true);
}

void Rmw(FunctionEmitter& f, const Instruction& instruction,
         AtomicRMWInst::BinOp op) {
  llvm::Value* const value = PopNarrow(f, instruction);
  llvm::Value* const pointer = Pointer(f, instruction);
  AtomicRMWInst* const rmw =
      f.unit().Tag(f.builder().CreateAtomicRMW(op, pointer, value,
                                               Alignment(instruction), kSeqCst),
                   MemoryKind::kGuest);
  rmw->setVolatile(true);
  PushWide(f, instruction, rmw);
}

// Narrow forms wrap the expected value as well as the replacement.
void Cmpxchg(FunctionEmitter& f, const Instruction& instruction) {
  llvm::Value* const replacement = PopNarrow(f, instruction);
  llvm::Value* const expected = PopNarrow(f, instruction);
  llvm::Value* const pointer = Pointer(f, instruction);
  llvm::AtomicCmpXchgInst* const exchange = f.unit().Tag(
      f.builder().CreateAtomicCmpXchg(pointer, expected, replacement,
                                      Alignment(instruction), kSeqCst, kSeqCst),
      MemoryKind::kGuest);
  exchange->setVolatile(true);
  PushWide(f, instruction, f.builder().CreateExtractValue(exchange, 0));
}

// Pops the address; checks all that can be checked without the memory.
llvm::Value* WaitAddress(FunctionEmitter& f, const Instruction& instruction) {
  llvm::Value* const address = f.Pop();
  CheckAligned(f, instruction, address);
  return EffectiveAddress(f, address, instruction.memory_offset);
}

void Wait(FunctionEmitter& f, const Instruction& instruction, uint64_t slot) {
  llvm::Value* const timeout = f.Pop();
  llvm::Value* const expected = f.Pop();
  llvm::Value* const address = WaitAddress(f, instruction);
  f.Push(f.CallRuntime(slot, f.builder().getInt32Ty(),
                       {f.instance(), f.builder().getInt32(instruction.index),
                        address, expected, timeout},
                       // By a signal handler that runs meanwhile.
                       FunctionEmitter::Unwind::kMay));
}

}  // namespace

#define EMIT(name, body) \
  void Emit##name(FunctionEmitter& f, const Instruction& instruction) { body; }
// The seven widths of one operator.
#define WIDTHS(before, after, u, body)        \
  EMIT(I32Atomic##before##after, body)        \
  EMIT(I64Atomic##before##after, body)        \
  EMIT(I32Atomic##before##8##after##u, body)  \
  EMIT(I32Atomic##before##16##after##u, body) \
  EMIT(I64Atomic##before##8##after##u, body)  \
  EMIT(I64Atomic##before##16##after##u, body) \
  EMIT(I64Atomic##before##32##after##u, body)

WIDTHS(Load, , U, AtomicLoad(f, instruction))
WIDTHS(Store, , , AtomicStore(f, instruction))
WIDTHS(Rmw, Add, U, Rmw(f, instruction, AtomicRMWInst::Add))
WIDTHS(Rmw, Sub, U, Rmw(f, instruction, AtomicRMWInst::Sub))
WIDTHS(Rmw, And, U, Rmw(f, instruction, AtomicRMWInst::And))
WIDTHS(Rmw, Or, U, Rmw(f, instruction, AtomicRMWInst::Or))
WIDTHS(Rmw, Xor, U, Rmw(f, instruction, AtomicRMWInst::Xor))
WIDTHS(Rmw, Xchg, U, Rmw(f, instruction, AtomicRMWInst::Xchg))
WIDTHS(Rmw, Cmpxchg, U, Cmpxchg(f, instruction))

EMIT(MemoryAtomicWait32,
     Wait(f, instruction, offsetof(RuntimeTable, memory_wait32)))
EMIT(MemoryAtomicWait64,
     Wait(f, instruction, offsetof(RuntimeTable, memory_wait64)))

#undef WIDTHS
#undef EMIT

void EmitMemoryAtomicNotify(FunctionEmitter& f,
                            const Instruction& instruction) {
  llvm::Value* const count = f.Pop();
  llvm::Value* const address = WaitAddress(f, instruction);
  f.Push(f.CallRuntime(
      offsetof(RuntimeTable, memory_notify), f.builder().getInt32Ty(),
      {f.instance(), f.builder().getInt32(instruction.index), address, count}));
}

void EmitAtomicFence(FunctionEmitter& f, const Instruction&) {
  f.builder().CreateFence(kSeqCst);
}

}  // namespace slipway::compiler
