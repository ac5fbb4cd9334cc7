// Floating-point vector operators and conversions (core specification,
// sections 4.3.3 and 4.3.4, lane by lane).

#include "llvm/IR/Constants.h"
#include "llvm/IR/Intrinsics.h"
#include "runtime/compiler/float_ops.h"
#include "runtime/compiler/opcode_emitters.h"
#include "runtime/compiler/simd_shapes.h"

namespace slipway::compiler {
namespace {

using llvm::Intrinsic::ID;
using wasm::Instruction;

constexpr Shape kF32x4 = Shape::kF32x4;
constexpr Shape kF64x2 = Shape::kF64x2;
constexpr Shape kI32x4 = Shape::kI32x4;

void Unary(FunctionEmitter& f, Shape shape, ID intrinsic) {
  f.PushVector(f.builder().CreateUnaryIntrinsic(intrinsic, PopShape(f, shape)));
}

void Arithmetic(FunctionEmitter& f, Shape shape,
                llvm::Instruction::BinaryOps op) {
  llvm::Value* const b = PopShape(f, shape);
  llvm::Value* const a = PopShape(f, shape);
  f.PushVector(FloatArithmetic(f.builder(), op, a, b));
}

void Minimum(FunctionEmitter& f, Shape shape) {
  llvm::Value* const b = PopShape(f, shape);
  llvm::Value* const a = PopShape(f, shape);
  f.PushVector(FloatMinimum(f.builder(), a, b));
}

void Maximum(FunctionEmitter& f, Shape shape) {
  llvm::Value* const b = PopShape(f, shape);
  llvm::Value* const a = PopShape(f, shape);
  f.PushVector(FloatMaximum(f.builder(), a, b));
}

// b < a ? b : a, and a < b ? b : a.
void PseudoMinimum(FunctionEmitter& f, Shape shape) {
  llvm::Value* const b = PopShape(f, shape);
  llvm::Value* const a = PopShape(f, shape);
  f.PushVector(f.builder().CreateSelect(f.builder().CreateFCmpOLT(b, a), b, a));
}

void PseudoMaximum(FunctionEmitter& f, Shape shape) {
  llvm::Value* const b = PopShape(f, shape);
  llvm::Value* const a = PopShape(f, shape);
  f.PushVector(f.builder().CreateSelect(f.builder().CreateFCmpOLT(a, b), b, a));
}

void Compare(FunctionEmitter& f, Shape shape, Shape integers,
             llvm::CmpInst::Predicate predicate) {
  llvm::Value* const b = PopShape(f, shape);
  llvm::Value* const a = PopShape(f, shape);
  f.PushVector(f.builder().CreateSExt(f.builder().CreateFCmp(predicate, a, b),
                                      VectorType(f, integers)));
}

// a * b + c, or -(a * b) + c, fused where the CPU can. Which of the two is
// decided here: llvm.fmuladd is fused when its operands are constants, and when
// they are not it depends on the CPU.
void Madd(FunctionEmitter& f, Shape shape, bool negate) {
  llvm::Value* const c = PopShape(f, shape);
  llvm::Value* const b = PopShape(f, shape);
  llvm::Value* a = PopShape(f, shape);
  if (negate) a = f.builder().CreateFNeg(a);
  if (f.unit().has_fma()) {
    f.PushVector(f.builder().CreateIntrinsic(VectorType(f, shape),
                                             llvm::Intrinsic::fma, {a, b, c}));
    return;
  }
  llvm::Value* const product =
      FloatArithmetic(f.builder(), llvm::Instruction::FMul, a, b);
  f.PushVector(
      FloatArithmetic(f.builder(), llvm::Instruction::FAdd, product, c));
}

llvm::Value* TruncateSaturating(FunctionEmitter& f, Shape from,
                                bool is_signed) {
  llvm::Type* const type =
      llvm::FixedVectorType::get(f.builder().getInt32Ty(), LaneCount(from));
  return f.builder().CreateIntrinsic(
      is_signed ? llvm::Intrinsic::fptosi_sat : llvm::Intrinsic::fptoui_sat,
      {type, VectorType(f, from)}, {PopShape(f, from)});
}

void Demote(FunctionEmitter& f) {
  llvm::Type* const half =
      llvm::FixedVectorType::get(f.builder().getFloatTy(), 2);
  f.PushVector(
      PadWithZero(f, FloatDemote(f.builder(), PopShape(f, kF64x2), half)));
}

llvm::Value* LowHalf(FunctionEmitter& f, Shape shape) {
  return Half(f, PopShape(f, shape), /*high=*/false);
}

}  // namespace

#define EMIT(name, body) \
  void Emit##name(FunctionEmitter& f, const Instruction&) { body; }
#define FLOAT(shape, integers)                                             \
  EMIT(shape##Ceil, Unary(f, k##shape, llvm::Intrinsic::ceil))             \
  EMIT(shape##Floor, Unary(f, k##shape, llvm::Intrinsic::floor))           \
  EMIT(shape##Trunc, Unary(f, k##shape, llvm::Intrinsic::trunc))           \
  EMIT(shape##Nearest, Unary(f, k##shape, llvm::Intrinsic::roundeven))     \
  EMIT(shape##Abs, Unary(f, k##shape, llvm::Intrinsic::fabs))              \
  EMIT(shape##Sqrt, Unary(f, k##shape, llvm::Intrinsic::sqrt))             \
  EMIT(shape##Neg,                                                         \
       f.PushVector(f.builder().CreateFNeg(PopShape(f, k##shape))))        \
  EMIT(shape##Add, Arithmetic(f, k##shape, llvm::Instruction::FAdd))       \
  EMIT(shape##Sub, Arithmetic(f, k##shape, llvm::Instruction::FSub))       \
  EMIT(shape##Mul, Arithmetic(f, k##shape, llvm::Instruction::FMul))       \
  EMIT(shape##Div, Arithmetic(f, k##shape, llvm::Instruction::FDiv))       \
  EMIT(shape##Min, Minimum(f, k##shape))                                   \
  EMIT(shape##Max, Maximum(f, k##shape))                                   \
  EMIT(shape##Pmin, PseudoMinimum(f, k##shape))                            \
  EMIT(shape##Pmax, PseudoMaximum(f, k##shape))                            \
  EMIT(shape##RelaxedMin, PseudoMinimum(f, k##shape))                      \
  EMIT(shape##RelaxedMax, PseudoMaximum(f, k##shape))                      \
  EMIT(shape##RelaxedMadd, Madd(f, k##shape, false))                       \
  EMIT(shape##RelaxedNmadd, Madd(f, k##shape, true))                       \
  EMIT(shape##Eq, Compare(f, k##shape, integers, llvm::CmpInst::FCMP_OEQ)) \
  EMIT(shape##Ne, Compare(f, k##shape, integers, llvm::CmpInst::FCMP_UNE)) \
  EMIT(shape##Lt, Compare(f, k##shape, integers, llvm::CmpInst::FCMP_OLT)) \
  EMIT(shape##Gt, Compare(f, k##shape, integers, llvm::CmpInst::FCMP_OGT)) \
  EMIT(shape##Le, Compare(f, k##shape, integers, llvm::CmpInst::FCMP_OLE)) \
  EMIT(shape##Ge, Compare(f, k##shape, integers, llvm::CmpInst::FCMP_OGE))

FLOAT(F32x4, Shape::kI32x4)
FLOAT(F64x2, Shape::kI64x2)

#undef FLOAT

EMIT(F32x4DemoteF64x2Zero, Demote(f))
EMIT(F64x2PromoteLowF32x4,
     f.PushVector(f.builder().CreateFPExt(LowHalf(f, kF32x4),
                                          VectorType(f, kF64x2))))
EMIT(F32x4ConvertI32x4S,
     f.PushVector(f.builder().CreateSIToFP(PopShape(f, kI32x4),
                                           VectorType(f, kF32x4))))
EMIT(F32x4ConvertI32x4U,
     f.PushVector(f.builder().CreateUIToFP(PopShape(f, kI32x4),
                                           VectorType(f, kF32x4))))
EMIT(F64x2ConvertLowI32x4S,
     f.PushVector(f.builder().CreateSIToFP(LowHalf(f, kI32x4),
                                           VectorType(f, kF64x2))))
EMIT(F64x2ConvertLowI32x4U,
     f.PushVector(f.builder().CreateUIToFP(LowHalf(f, kI32x4),
                                           VectorType(f, kF64x2))))
// The relaxed forms may do the same.
#define TRUNCATE(name)                                                         \
  EMIT(I32x4##name##F32x4S, f.PushVector(TruncateSaturating(f, kF32x4, true))) \
  EMIT(I32x4##name##F32x4U,                                                    \
       f.PushVector(TruncateSaturating(f, kF32x4, false)))                     \
  EMIT(I32x4##name##F64x2SZero,                                                \
       f.PushVector(PadWithZero(f, TruncateSaturating(f, kF64x2, true))))      \
  EMIT(I32x4##name##F64x2UZero,                                                \
       f.PushVector(PadWithZero(f, TruncateSaturating(f, kF64x2, false))))

TRUNCATE(TruncSat)
TRUNCATE(RelaxedTrunc)

#undef TRUNCATE
#undef EMIT

}  // namespace slipway::compiler
