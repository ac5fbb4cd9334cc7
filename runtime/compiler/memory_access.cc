#include "runtime/compiler/memory_access.h"

#include "llvm/IR/Instructions.h"
#include "llvm/IR/Intrinsics.h"
#include "runtime/object/object_format.h"

namespace slipway::compiler {
namespace {

using object::InstanceContext;
using object::MemoryRef;
using object::TrapCode;

const wasm::Limits& LimitsOf(FunctionEmitter& f, uint32_t memory) {
  return f.wasm().memories[memory].limits;
}

uint64_t RefOffset(FunctionEmitter& f, uint32_t memory) {
  return f.unit().info().layout.memories + memory * sizeof(MemoryRef);
}

llvm::Value* BasePointer(FunctionEmitter& f, uint32_t memory) {
  const uint64_t offset =
      memory == 0 ? offsetof(InstanceContext, memory0)
                  : RefOffset(f, memory) + offsetof(MemoryRef, base);
  return f.LoadContext(f.unit().ptr(), offset);
}

// Base + address: stays inside the reservation, so it cannot wrap.
llvm::Value* Index(FunctionEmitter& f, llvm::Value* pointer,
                   llvm::Value* address) {
  return f.builder().CreateGEP(f.builder().getInt8Ty(), pointer, address, "",
                               llvm::GEPNoWrapFlags::inBounds() |
                                   llvm::GEPNoWrapFlags::noUnsignedWrap());
}

void CheckBelow(FunctionEmitter& f, llvm::Value* address, uint64_t limit) {
  if (f.IsChecked(address)) return;
  f.TrapIf(f.builder().CreateICmpUGE(address, f.builder().getInt64(limit)),
           TrapCode::kMemoryOutOfBounds);
  f.SetChecked(address);
}

}  // namespace

llvm::Value* Extend(FunctionEmitter& f, llvm::Value* value) {
  return f.builder().CreateZExt(value, f.builder().getInt64Ty());
}

llvm::Value* Narrow(FunctionEmitter& f, llvm::Value* value,
                    const wasm::Limits& limits) {
  if (limits.is64) return value;
  return f.builder().CreateTrunc(value, f.builder().getInt32Ty());
}

llvm::Value* EffectiveAddress(FunctionEmitter& f, llvm::Value* address,
                              uint64_t offset) {
  llvm::Value* const base = Extend(f, address);
  if (offset == 0) return base;
  llvm::Value* const sum =
      f.builder().CreateAdd(base, f.builder().getInt64(offset));
  f.TrapIf(f.builder().CreateICmpULT(sum, base), TrapCode::kMemoryOutOfBounds);
  return sum;
}

llvm::Value* EffectivePointer(FunctionEmitter& f, uint32_t memory,
                              llvm::Value* address, uint64_t offset,
                              uint64_t size) {
  const bool is64 = LimitsOf(f, memory).is64;
  const uint64_t reservation =
      is64 ? object::kMemory64Reservation : object::kMemory32Reservation;
  llvm::Value* const base = BasePointer(f, memory);
  if (offset > object::kGuardSize - size) {
    llvm::Value* const sum = EffectiveAddress(f, address, offset);
    CheckBelow(f, sum, reservation);
    return Index(f, base, sum);
  }
  llvm::Value* const extended = Extend(f, address);
  if (is64) CheckBelow(f, extended, reservation);
  return f.unit().Offset(Index(f, base, extended), offset);
}

llvm::LoadInst* LoadGuest(FunctionEmitter& f, llvm::Type* type,
                          llvm::Value* pointer) {
  return f.unit().Tag(
      f.builder().CreateAlignedLoad(type, pointer, llvm::Align(1),
                                    /*isVolatile=*/true),
      MemoryKind::kGuest);
}

void StoreGuest(FunctionEmitter& f, llvm::Value* value, llvm::Value* pointer) {
  f.unit().Tag(f.builder().CreateAlignedStore(value, pointer, llvm::Align(1),
                                              /*isVolatile=*/true),
               MemoryKind::kGuest);
}

llvm::Value* MemorySize(FunctionEmitter& f, uint32_t memory) {
  llvm::Value* const where = f.LoadContext(
      f.unit().ptr(), RefOffset(f, memory) + offsetof(MemoryRef, size));
  llvm::LoadInst* const size =
      f.unit().Load(f.builder().getInt64Ty(), where, 0, MemoryKind::kTable);
  size->setAtomic(llvm::AtomicOrdering::Monotonic);
  return size;
}

llvm::Value* BulkPointer(FunctionEmitter& f, uint32_t memory,
                         llvm::Value* address, llvm::Value* size) {
  llvm::Value* const start = Extend(f, address);
  llvm::Value* const limit = MemorySize(f, memory);
  // A sum that does not fit saturates, and no memory is as large as that.
  llvm::Value* const end =
      f.builder().CreateBinaryIntrinsic(llvm::Intrinsic::uadd_sat, start, size);
  f.TrapIf(f.builder().CreateICmpUGT(end, limit), TrapCode::kMemoryOutOfBounds);
  return Index(f, BasePointer(f, memory), start);
}

}  // namespace slipway::compiler
