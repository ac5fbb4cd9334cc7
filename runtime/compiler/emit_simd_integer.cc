// Integer vector operators (core specification, section 4.3.2, lane by lane).

#include "llvm/IR/Constants.h"
#include "llvm/IR/Intrinsics.h"
#include "llvm/IR/IntrinsicsX86.h"
#include "runtime/compiler/opcode_emitters.h"
#include "runtime/compiler/simd_shapes.h"

namespace slipway::compiler {
namespace {

using llvm::Intrinsic::ID;
using wasm::Instruction;
using BinaryOps = llvm::Instruction::BinaryOps;

constexpr Shape kI8x16 = Shape::kI8x16;
constexpr Shape kI16x8 = Shape::kI16x8;
constexpr Shape kI32x4 = Shape::kI32x4;
constexpr Shape kI64x2 = Shape::kI64x2;

void Binary(FunctionEmitter& f, Shape shape, BinaryOps op) {
  llvm::Value* const b = PopShape(f, shape);
  llvm::Value* const a = PopShape(f, shape);
  f.PushVector(f.builder().CreateBinOp(op, a, b));
}

void Binary(FunctionEmitter& f, Shape shape, ID intrinsic) {
  llvm::Value* const b = PopShape(f, shape);
  llvm::Value* const a = PopShape(f, shape);
  f.PushVector(f.builder().CreateBinaryIntrinsic(intrinsic, a, b));
}

// An x86 instruction that is exactly the wasm one.
void BinaryX86(FunctionEmitter& f, Shape shape, ID intrinsic) {
  llvm::Value* const b = PopShape(f, shape);
  llvm::Value* const a = PopShape(f, shape);
  f.PushVector(f.builder().CreateIntrinsic(intrinsic, {}, {a, b}));
}

void Neg(FunctionEmitter& f, Shape shape) {
  f.PushVector(f.builder().CreateNeg(PopShape(f, shape)));
}

void Abs(FunctionEmitter& f, Shape shape) {
  f.PushVector(f.builder().CreateBinaryIntrinsic(
      llvm::Intrinsic::abs, PopShape(f, shape), f.builder().getFalse()));
}

void Popcnt(FunctionEmitter& f, Shape shape) {
  f.PushVector(f.builder().CreateUnaryIntrinsic(llvm::Intrinsic::ctpop,
                                                PopShape(f, shape)));
}

void Shift(FunctionEmitter& f, Shape shape, BinaryOps op) {
  llvm::Type* const lane = VectorType(f, shape)->getElementType();
  llvm::Value* const count = f.builder().CreateAnd(
      f.Pop(), f.builder().getInt32(lane->getIntegerBitWidth() - 1));
  llvm::Value* const counts = f.builder().CreateVectorSplat(
      LaneCount(shape), f.builder().CreateZExtOrTrunc(count, lane));
  f.PushVector(f.builder().CreateBinOp(op, PopShape(f, shape), counts));
}

void Compare(FunctionEmitter& f, Shape shape,
             llvm::CmpInst::Predicate predicate) {
  llvm::Value* const b = PopShape(f, shape);
  llvm::Value* const a = PopShape(f, shape);
  f.PushVector(f.builder().CreateSExt(f.builder().CreateICmp(predicate, a, b),
                                      VectorType(f, shape)));
}

// One bit per lane, lane 0 lowest, as an integer.
llvm::Value* LaneBits(FunctionEmitter& f, Shape shape, llvm::Value* bits) {
  return f.builder().CreateBitCast(bits,
                                   f.builder().getIntNTy(LaneCount(shape)));
}

void Bitmask(FunctionEmitter& f, Shape shape) {
  llvm::Value* const negative = f.builder().CreateICmpSLT(
      PopShape(f, shape), llvm::Constant::getNullValue(VectorType(f, shape)));
  f.Push(f.builder().CreateZExt(LaneBits(f, shape, negative),
                                f.builder().getInt32Ty()));
}

void AllTrue(FunctionEmitter& f, Shape shape) {
  llvm::Value* const zero = f.builder().CreateICmpEQ(
      PopShape(f, shape), llvm::Constant::getNullValue(VectorType(f, shape)));
  f.PushBool(f.builder().CreateIsNull(LaneBits(f, shape, zero)));
}

// (a + b + 1) / 2 without losing the carry.
void AvgrU(FunctionEmitter& f, Shape shape) {
  llvm::Value* const b = Widen(f, PopShape(f, shape), false);
  llvm::Value* const a = Widen(f, PopShape(f, shape), false);
  llvm::Value* const one = llvm::ConstantInt::get(a->getType(), 1);
  llvm::Value* const sum =
      f.builder().CreateAdd(f.builder().CreateAdd(a, b), one);
  f.PushVector(f.builder().CreateTrunc(f.builder().CreateLShr(sum, one),
                                       VectorType(f, shape)));
}

void Extend(FunctionEmitter& f, Shape from, bool high, bool is_signed) {
  f.PushVector(Widen(f, Half(f, PopShape(f, from), high), is_signed));
}

void Extmul(FunctionEmitter& f, Shape from, bool high, bool is_signed) {
  llvm::Value* const b = Widen(f, Half(f, PopShape(f, from), high), is_signed);
  llvm::Value* const a = Widen(f, Half(f, PopShape(f, from), high), is_signed);
  f.PushVector(f.builder().CreateMul(a, b));
}

llvm::Value* AddPairs(FunctionEmitter& f, llvm::Value* wide) {
  return f.builder().CreateAdd(EverySecond(f, wide, 0),
                               EverySecond(f, wide, 1));
}

void ExtaddPairwise(FunctionEmitter& f, Shape from, bool is_signed) {
  f.PushVector(AddPairs(f, Widen(f, PopShape(f, from), is_signed)));
}

llvm::Value* Q15mulr(FunctionEmitter& f) {
  llvm::Value* const b = PopShape(f, kI16x8);
  llvm::Value* const a = PopShape(f, kI16x8);
  return f.builder().CreateIntrinsic(llvm::Intrinsic::x86_ssse3_pmul_hr_sw_128,
                                     {}, {a, b});
}

// pmulhrsw wraps for -1 * -1 (the only product that overflows); its result is
// then 0x8000, whose complement is the saturated value.
void Q15mulrSat(FunctionEmitter& f) {
  llvm::Value* const product = Q15mulr(f);
  llvm::Value* const overflow = f.builder().CreateSExt(
      f.builder().CreateICmpEQ(
          product, llvm::ConstantInt::get(product->getType(), 0x8000)),
      product->getType());
  f.PushVector(f.builder().CreateXor(product, overflow));
}

// Sums of pairs of products of signed bytes, in 16 bits, saturating as
// pmaddubsw may (the second operand has seven bits, so it never does).
llvm::Value* DotBytes(FunctionEmitter& f) {
  llvm::Value* const b = Widen(f, PopShape(f, kI8x16), true);
  llvm::Value* const a = Widen(f, PopShape(f, kI8x16), true);
  return AddPairs(f, f.builder().CreateMul(a, b));
}

void DotBytesAdd(FunctionEmitter& f) {
  llvm::Value* const addend = PopShape(f, kI32x4);
  llvm::Value* const pairs = Widen(f, DotBytes(f), true);
  f.PushVector(f.builder().CreateAdd(AddPairs(f, pairs), addend));
}

// (a & mask) | (b & ~mask)
void Bitselect(FunctionEmitter& f) {
  llvm::Value* const mask = f.Pop();
  llvm::Value* const b = f.Pop();
  llvm::Value* const a = f.Pop();
  f.Push(f.builder().CreateOr(
      f.builder().CreateAnd(a, mask),
      f.builder().CreateAnd(b, f.builder().CreateNot(mask))));
}

void Andnot(FunctionEmitter& f) {
  llvm::Value* const b = f.Pop();
  f.Push(f.builder().CreateAnd(f.Pop(), f.builder().CreateNot(b)));
}

}  // namespace

#define EMIT(name, body) \
  void Emit##name(FunctionEmitter& f, const Instruction&) { body; }

// Operators that all four integer shapes have.
#define INTEGER(shape)                                            \
  EMIT(shape##Abs, Abs(f, k##shape))                              \
  EMIT(shape##Neg, Neg(f, k##shape))                              \
  EMIT(shape##AllTrue, AllTrue(f, k##shape))                      \
  EMIT(shape##Bitmask, Bitmask(f, k##shape))                      \
  EMIT(shape##Shl, Shift(f, k##shape, llvm::Instruction::Shl))    \
  EMIT(shape##ShrS, Shift(f, k##shape, llvm::Instruction::AShr))  \
  EMIT(shape##ShrU, Shift(f, k##shape, llvm::Instruction::LShr))  \
  EMIT(shape##Add, Binary(f, k##shape, llvm::Instruction::Add))   \
  EMIT(shape##Sub, Binary(f, k##shape, llvm::Instruction::Sub))   \
  EMIT(shape##Eq, Compare(f, k##shape, llvm::CmpInst::ICMP_EQ))   \
  EMIT(shape##Ne, Compare(f, k##shape, llvm::CmpInst::ICMP_NE))   \
  EMIT(shape##LtS, Compare(f, k##shape, llvm::CmpInst::ICMP_SLT)) \
  EMIT(shape##GtS, Compare(f, k##shape, llvm::CmpInst::ICMP_SGT)) \
  EMIT(shape##LeS, Compare(f, k##shape, llvm::CmpInst::ICMP_SLE)) \
  EMIT(shape##GeS, Compare(f, k##shape, llvm::CmpInst::ICMP_SGE)) \
  EMIT(shape##RelaxedLaneselect, Bitselect(f))
// Those that all but I64x2 have.
#define NARROW(shape)                                             \
  EMIT(shape##LtU, Compare(f, k##shape, llvm::CmpInst::ICMP_ULT)) \
  EMIT(shape##GtU, Compare(f, k##shape, llvm::CmpInst::ICMP_UGT)) \
  EMIT(shape##LeU, Compare(f, k##shape, llvm::CmpInst::ICMP_ULE)) \
  EMIT(shape##GeU, Compare(f, k##shape, llvm::CmpInst::ICMP_UGE)) \
  EMIT(shape##MinS, Binary(f, k##shape, llvm::Intrinsic::smin))   \
  EMIT(shape##MinU, Binary(f, k##shape, llvm::Intrinsic::umin))   \
  EMIT(shape##MaxS, Binary(f, k##shape, llvm::Intrinsic::smax))   \
  EMIT(shape##MaxU, Binary(f, k##shape, llvm::Intrinsic::umax))
// Those of I8x16 and I16x8.
#define SMALL(shape)                                                   \
  EMIT(shape##AddSatS, Binary(f, k##shape, llvm::Intrinsic::sadd_sat)) \
  EMIT(shape##AddSatU, Binary(f, k##shape, llvm::Intrinsic::uadd_sat)) \
  EMIT(shape##SubSatS, Binary(f, k##shape, llvm::Intrinsic::ssub_sat)) \
  EMIT(shape##SubSatU, Binary(f, k##shape, llvm::Intrinsic::usub_sat)) \
  EMIT(shape##AvgrU, AvgrU(f, k##shape))
// Those that widen lanes.
#define WIDENING(to, from)                                       \
  EMIT(to##ExtendLow##from##S, Extend(f, k##from, false, true))  \
  EMIT(to##ExtendHigh##from##S, Extend(f, k##from, true, true))  \
  EMIT(to##ExtendLow##from##U, Extend(f, k##from, false, false)) \
  EMIT(to##ExtendHigh##from##U, Extend(f, k##from, true, false)) \
  EMIT(to##ExtmulLow##from##S, Extmul(f, k##from, false, true))  \
  EMIT(to##ExtmulHigh##from##S, Extmul(f, k##from, true, true))  \
  EMIT(to##ExtmulLow##from##U, Extmul(f, k##from, false, false)) \
  EMIT(to##ExtmulHigh##from##U, Extmul(f, k##from, true, false))
#define EXTADD(to, from)                                              \
  EMIT(to##ExtaddPairwise##from##S, ExtaddPairwise(f, k##from, true)) \
  EMIT(to##ExtaddPairwise##from##U, ExtaddPairwise(f, k##from, false))

INTEGER(I8x16)
INTEGER(I16x8)
INTEGER(I32x4)
INTEGER(I64x2)
NARROW(I8x16)
NARROW(I16x8)
NARROW(I32x4)
SMALL(I8x16)
SMALL(I16x8)
WIDENING(I16x8, I8x16)
WIDENING(I32x4, I16x8)
WIDENING(I64x2, I32x4)
EXTADD(I16x8, I8x16)
EXTADD(I32x4, I16x8)

#undef INTEGER
#undef NARROW
#undef SMALL
#undef WIDENING
#undef EXTADD

EMIT(I8x16Popcnt, Popcnt(f, kI8x16))
EMIT(I16x8Mul, Binary(f, kI16x8, llvm::Instruction::Mul))
EMIT(I32x4Mul, Binary(f, kI32x4, llvm::Instruction::Mul))
EMIT(I64x2Mul, Binary(f, kI64x2, llvm::Instruction::Mul))
EMIT(I8x16NarrowI16x8S,
     BinaryX86(f, kI16x8, llvm::Intrinsic::x86_sse2_packsswb_128))
EMIT(I8x16NarrowI16x8U,
     BinaryX86(f, kI16x8, llvm::Intrinsic::x86_sse2_packuswb_128))
EMIT(I16x8NarrowI32x4S,
     BinaryX86(f, kI32x4, llvm::Intrinsic::x86_sse2_packssdw_128))
EMIT(I16x8NarrowI32x4U,
     BinaryX86(f, kI32x4, llvm::Intrinsic::x86_sse41_packusdw))
EMIT(I32x4DotI16x8S, BinaryX86(f, kI16x8, llvm::Intrinsic::x86_sse2_pmadd_wd))
EMIT(I16x8Q15mulrSatS, Q15mulrSat(f))
EMIT(I16x8RelaxedQ15mulrS, f.PushVector(Q15mulr(f)))
EMIT(I16x8RelaxedDotI8x16I7x16S, f.PushVector(DotBytes(f)))
EMIT(I32x4RelaxedDotI8x16I7x16AddS, DotBytesAdd(f))

EMIT(V128Not, f.Push(f.builder().CreateNot(f.Pop())))
EMIT(V128And, Binary(f, kI64x2, llvm::Instruction::And))
EMIT(V128Or, Binary(f, kI64x2, llvm::Instruction::Or))
EMIT(V128Xor, Binary(f, kI64x2, llvm::Instruction::Xor))
EMIT(V128Andnot, Andnot(f))
EMIT(V128Bitselect, Bitselect(f))

#undef EMIT

void EmitV128AnyTrue(FunctionEmitter& f, const Instruction&) {
  llvm::Value* const bits =
      f.builder().CreateBitCast(f.Pop(), f.builder().getInt128Ty());
  f.PushBool(f.builder().CreateIsNotNull(bits));
}

}  // namespace slipway::compiler
