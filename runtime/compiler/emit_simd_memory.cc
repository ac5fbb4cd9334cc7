// Vector loads, stores, constants and lane access (core specification,
// sections 4.4.3 and 4.4.7).

#include <vector>

#include "llvm/IR/Constants.h"
#include "llvm/IR/IntrinsicsX86.h"
#include "runtime/compiler/memory_access.h"
#include "runtime/compiler/opcode_emitters.h"
#include "runtime/compiler/simd_shapes.h"

namespace slipway::compiler {
namespace {

using wasm::Instruction;

llvm::Value* Pointer(FunctionEmitter& f, const Instruction& instruction) {
  const uint64_t size = uint64_t{1}
                        << wasm::GetOpcodeInfo(instruction.op).detail;
  return EffectivePointer(f, instruction.index, f.Pop(),
                          instruction.memory_offset, size);
}

llvm::Value* Load(FunctionEmitter& f, const Instruction& instruction,
                  llvm::Type* type) {
  return LoadGuest(f, type, Pointer(f, instruction));
}

void Store(FunctionEmitter& f, const Instruction& instruction,
           llvm::Value* value) {
  StoreGuest(f, value, Pointer(f, instruction));
}

void LoadExtended(FunctionEmitter& f, const Instruction& instruction,
                  Shape from, bool is_signed) {
  llvm::Type* const half = llvm::FixedVectorType::get(
      VectorType(f, from)->getElementType(), LaneCount(from) / 2);
  f.PushVector(Widen(f, Load(f, instruction, half), is_signed));
}

void LoadSplat(FunctionEmitter& f, const Instruction& instruction,
               Shape shape) {
  llvm::Value* const lane =
      Load(f, instruction, VectorType(f, shape)->getElementType());
  f.PushVector(f.builder().CreateVectorSplat(LaneCount(shape), lane));
}

void LoadZero(FunctionEmitter& f, const Instruction& instruction, Shape shape) {
  llvm::FixedVectorType* const type = VectorType(f, shape);
  llvm::Value* const lane = Load(f, instruction, type->getElementType());
  f.PushVector(f.builder().CreateInsertElement(
      llvm::Constant::getNullValue(type), lane, uint64_t{0}));
}

void LoadLane(FunctionEmitter& f, const Instruction& instruction, Shape shape) {
  llvm::Value* const vector = PopShape(f, shape);
  llvm::Value* const lane =
      Load(f, instruction, VectorType(f, shape)->getElementType());
  f.PushVector(f.builder().CreateInsertElement(vector, lane,
                                               uint64_t{instruction.lane}));
}

void StoreLane(FunctionEmitter& f, const Instruction& instruction,
               Shape shape) {
  llvm::Value* const vector = PopShape(f, shape);
  Store(f, instruction,
        f.builder().CreateExtractElement(vector, uint64_t{instruction.lane}));
}

void Splat(FunctionEmitter& f, Shape shape) {
  llvm::Type* const lane = VectorType(f, shape)->getElementType();
  llvm::Value* value = f.Pop();
  if (lane->isIntegerTy()) value = f.builder().CreateTrunc(value, lane);
  f.PushVector(f.builder().CreateVectorSplat(LaneCount(shape), value));
}

llvm::Value* ExtractLane(FunctionEmitter& f, const Instruction& instruction,
                         Shape shape) {
  return f.builder().CreateExtractElement(PopShape(f, shape),
                                          uint64_t{instruction.lane});
}

void ReplaceLane(FunctionEmitter& f, const Instruction& instruction,
                 Shape shape) {
  llvm::Type* const lane = VectorType(f, shape)->getElementType();
  llvm::Value* value = f.Pop();
  if (lane->isIntegerTy()) value = f.builder().CreateTrunc(value, lane);
  f.PushVector(f.builder().CreateInsertElement(PopShape(f, shape), value,
                                               uint64_t{instruction.lane}));
}

llvm::Value* Signed(FunctionEmitter& f, llvm::Value* lane) {
  return f.builder().CreateSExt(lane, f.builder().getInt32Ty());
}

llvm::Value* Unsigned(FunctionEmitter& f, llvm::Value* lane) {
  return f.builder().CreateZExt(lane, f.builder().getInt32Ty());
}

llvm::Value* ByteShuffle(FunctionEmitter& f, llvm::Value* vector,
                         llvm::Value* indices) {
  return f.builder().CreateIntrinsic(llvm::Intrinsic::x86_ssse3_pshuf_b_128, {},
                                     {vector, indices});
}

}  // namespace

#define EMIT(name, body) \
  void Emit##name(FunctionEmitter& f, const Instruction& instruction) { body; }

EMIT(V128Load, f.PushVector(Load(f, instruction, VectorType(f, Shape::kI64x2))))
EMIT(V128Store, Store(f, instruction, f.Pop()))
EMIT(V128Load8x8S, LoadExtended(f, instruction, Shape::kI8x16, true))
EMIT(V128Load8x8U, LoadExtended(f, instruction, Shape::kI8x16, false))
EMIT(V128Load16x4S, LoadExtended(f, instruction, Shape::kI16x8, true))
EMIT(V128Load16x4U, LoadExtended(f, instruction, Shape::kI16x8, false))
EMIT(V128Load32x2S, LoadExtended(f, instruction, Shape::kI32x4, true))
EMIT(V128Load32x2U, LoadExtended(f, instruction, Shape::kI32x4, false))
EMIT(V128Load8Splat, LoadSplat(f, instruction, Shape::kI8x16))
EMIT(V128Load16Splat, LoadSplat(f, instruction, Shape::kI16x8))
EMIT(V128Load32Splat, LoadSplat(f, instruction, Shape::kI32x4))
EMIT(V128Load64Splat, LoadSplat(f, instruction, Shape::kI64x2))
EMIT(V128Load32Zero, LoadZero(f, instruction, Shape::kI32x4))
EMIT(V128Load64Zero, LoadZero(f, instruction, Shape::kI64x2))
EMIT(V128Load8Lane, LoadLane(f, instruction, Shape::kI8x16))
EMIT(V128Load16Lane, LoadLane(f, instruction, Shape::kI16x8))
EMIT(V128Load32Lane, LoadLane(f, instruction, Shape::kI32x4))
EMIT(V128Load64Lane, LoadLane(f, instruction, Shape::kI64x2))
EMIT(V128Store8Lane, StoreLane(f, instruction, Shape::kI8x16))
EMIT(V128Store16Lane, StoreLane(f, instruction, Shape::kI16x8))
EMIT(V128Store32Lane, StoreLane(f, instruction, Shape::kI32x4))
EMIT(V128Store64Lane, StoreLane(f, instruction, Shape::kI64x2))

EMIT(I8x16Splat, Splat(f, Shape::kI8x16))
EMIT(I16x8Splat, Splat(f, Shape::kI16x8))
EMIT(I32x4Splat, Splat(f, Shape::kI32x4))
EMIT(I64x2Splat, Splat(f, Shape::kI64x2))
EMIT(F32x4Splat, Splat(f, Shape::kF32x4))
EMIT(F64x2Splat, Splat(f, Shape::kF64x2))

EMIT(I8x16ExtractLaneS,
     f.Push(Signed(f, ExtractLane(f, instruction, Shape::kI8x16))))
EMIT(I8x16ExtractLaneU,
     f.Push(Unsigned(f, ExtractLane(f, instruction, Shape::kI8x16))))
EMIT(I16x8ExtractLaneS,
     f.Push(Signed(f, ExtractLane(f, instruction, Shape::kI16x8))))
EMIT(I16x8ExtractLaneU,
     f.Push(Unsigned(f, ExtractLane(f, instruction, Shape::kI16x8))))
EMIT(I32x4ExtractLane, f.Push(ExtractLane(f, instruction, Shape::kI32x4)))
EMIT(I64x2ExtractLane, f.Push(ExtractLane(f, instruction, Shape::kI64x2)))
EMIT(F32x4ExtractLane, f.Push(ExtractLane(f, instruction, Shape::kF32x4)))
EMIT(F64x2ExtractLane, f.Push(ExtractLane(f, instruction, Shape::kF64x2)))
EMIT(I8x16ReplaceLane, ReplaceLane(f, instruction, Shape::kI8x16))
EMIT(I16x8ReplaceLane, ReplaceLane(f, instruction, Shape::kI16x8))
EMIT(I32x4ReplaceLane, ReplaceLane(f, instruction, Shape::kI32x4))
EMIT(I64x2ReplaceLane, ReplaceLane(f, instruction, Shape::kI64x2))
EMIT(F32x4ReplaceLane, ReplaceLane(f, instruction, Shape::kF32x4))
EMIT(F64x2ReplaceLane, ReplaceLane(f, instruction, Shape::kF64x2))

#undef EMIT

void EmitV128Const(FunctionEmitter& f, const Instruction& instruction) {
  f.PushVector(llvm::ConstantDataVector::get(
      f.unit().context(), llvm::ArrayRef<uint8_t>(instruction.v128.data(),
                                                  instruction.v128.size())));
}

void EmitI8x16Shuffle(FunctionEmitter& f, const Instruction& instruction) {
  llvm::Value* const b = PopShape(f, Shape::kI8x16);
  llvm::Value* const a = PopShape(f, Shape::kI8x16);
  const std::vector<int> mask(instruction.v128.begin(), instruction.v128.end());
  f.PushVector(f.builder().CreateShuffleVector(a, b, mask));
}

// pshufb gives 0 for an index with its top bit set and else looks at four bits
// only. Adding 0x70 with saturation sets the top bit of all from 16 up.
void EmitI8x16Swizzle(FunctionEmitter& f, const Instruction&) {
  llvm::Value* const indices = PopShape(f, Shape::kI8x16);
  llvm::Value* const vector = PopShape(f, Shape::kI8x16);
  llvm::Value* const adjusted = f.builder().CreateBinaryIntrinsic(
      llvm::Intrinsic::uadd_sat, indices,
      llvm::ConstantInt::get(VectorType(f, Shape::kI8x16), 0x70));
  f.PushVector(ByteShuffle(f, vector, adjusted));
}

void EmitI8x16RelaxedSwizzle(FunctionEmitter& f, const Instruction&) {
  llvm::Value* const indices = PopShape(f, Shape::kI8x16);
  llvm::Value* const vector = PopShape(f, Shape::kI8x16);
  f.PushVector(ByteShuffle(f, vector, indices));
}

}  // namespace slipway::compiler
