// Scalar floating-point operators and conversions (core specification,
// sections 4.3.3 and 4.3.4).

#include <cmath>

#include "llvm/ADT/APFloat.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Intrinsics.h"
#include "runtime/compiler/float_ops.h"
#include "runtime/compiler/opcode_emitters.h"

namespace slipway::compiler {
namespace {

using object::TrapCode;
using wasm::Instruction;

void Unary(FunctionEmitter& f, llvm::Intrinsic::ID intrinsic) {
  f.Push(f.builder().CreateUnaryIntrinsic(intrinsic, f.Pop()));
}

void Arithmetic(FunctionEmitter& f, llvm::Instruction::BinaryOps op) {
  llvm::Value* const b = f.Pop();
  llvm::Value* const a = f.Pop();
  f.Push(FloatArithmetic(f.builder(), op, a, b));
}

void Minimum(FunctionEmitter& f) {
  llvm::Value* const b = f.Pop();
  llvm::Value* const a = f.Pop();
  f.Push(FloatMinimum(f.builder(), a, b));
}

void Maximum(FunctionEmitter& f) {
  llvm::Value* const b = f.Pop();
  llvm::Value* const a = f.Pop();
  f.Push(FloatMaximum(f.builder(), a, b));
}

void Copysign(FunctionEmitter& f) {
  llvm::Value* const b = f.Pop();
  llvm::Value* const a = f.Pop();
  f.Push(f.builder().CreateCopySign(a, b));
}

void Compare(FunctionEmitter& f, llvm::CmpInst::Predicate predicate) {
  llvm::Value* const b = f.Pop();
  llvm::Value* const a = f.Pop();
  f.PushBool(f.builder().CreateFCmp(predicate, a, b));
}

llvm::Type* Int(FunctionEmitter& f, unsigned bits) {
  return f.builder().getIntNTy(bits);
}

// Whether truncation towards zero fits: one below the smallest integer is
// excluded, where the format can express it; the smallest is included where
// it cannot.
llvm::Value* FitsInteger(FunctionEmitter& f, llvm::Value* a, unsigned bits,
                         bool is_signed) {
  const unsigned precision = a->getType()->isFloatTy() ? 24 : 53;
  const double power = std::ldexp(1.0, static_cast<int>(bits) - is_signed);
  const double minimum = is_signed ? -power : 0;
  const bool exclusive = !is_signed || bits <= precision;
  llvm::Value* const above =
      exclusive ? f.builder().CreateFCmpOGT(
                      a, llvm::ConstantFP::get(a->getType(), minimum - 1))
                : f.builder().CreateFCmpOGE(
                      a, llvm::ConstantFP::get(a->getType(), minimum));
  return f.builder().CreateAnd(
      above,
      f.builder().CreateFCmpOLT(a, llvm::ConstantFP::get(a->getType(), power)));
}

void Truncate(FunctionEmitter& f, unsigned bits, bool is_signed) {
  llvm::Value* const a = f.Pop();
  f.TrapIf(f.builder().CreateFCmpUNO(a, a), TrapCode::kInvalidConversion);
  f.TrapIf(f.builder().CreateNot(FitsInteger(f, a, bits, is_signed)),
           TrapCode::kIntegerOverflow);
  f.Push(is_signed ? f.builder().CreateFPToSI(a, Int(f, bits))
                   : f.builder().CreateFPToUI(a, Int(f, bits)));
}

void TruncateSaturating(FunctionEmitter& f, unsigned bits, bool is_signed) {
  llvm::Value* const a = f.Pop();
  f.Push(f.builder().CreateIntrinsic(
      is_signed ? llvm::Intrinsic::fptosi_sat : llvm::Intrinsic::fptoui_sat,
      {Int(f, bits), a->getType()}, {a}));
}

void ConvertS(FunctionEmitter& f, llvm::Type* type) {
  f.Push(f.builder().CreateSIToFP(f.Pop(), type));
}

void ConvertU(FunctionEmitter& f, llvm::Type* type) {
  f.Push(f.builder().CreateUIToFP(f.Pop(), type));
}

void Reinterpret(FunctionEmitter& f, llvm::Type* type) {
  f.Push(f.builder().CreateBitCast(f.Pop(), type));
}

llvm::Type* F32(FunctionEmitter& f) { return f.builder().getFloatTy(); }
llvm::Type* F64(FunctionEmitter& f) { return f.builder().getDoubleTy(); }

}  // namespace

void EmitF32Const(FunctionEmitter& f, const Instruction& instruction) {
  f.Push(llvm::ConstantFP::get(
      F32(f), llvm::APFloat(llvm::APFloat::IEEEsingle(),
                            llvm::APInt(32, instruction.f32_bits))));
}

void EmitF64Const(FunctionEmitter& f, const Instruction& instruction) {
  f.Push(llvm::ConstantFP::get(
      F64(f), llvm::APFloat(llvm::APFloat::IEEEdouble(),
                            llvm::APInt(64, instruction.f64_bits))));
}

#define EMIT(name, body) \
  void Emit##name(FunctionEmitter& f, const Instruction&) { body; }
// Both widths of one operator.
#define FLOAT(name, body) EMIT(F32##name, body) EMIT(F64##name, body)

FLOAT(Abs, Unary(f, llvm::Intrinsic::fabs))
FLOAT(Neg, f.Push(f.builder().CreateFNeg(f.Pop())))
FLOAT(Ceil, Unary(f, llvm::Intrinsic::ceil))
FLOAT(Floor, Unary(f, llvm::Intrinsic::floor))
FLOAT(Trunc, Unary(f, llvm::Intrinsic::trunc))
FLOAT(Nearest, Unary(f, llvm::Intrinsic::roundeven))
FLOAT(Sqrt, Unary(f, llvm::Intrinsic::sqrt))
FLOAT(Add, Arithmetic(f, llvm::Instruction::FAdd))
FLOAT(Sub, Arithmetic(f, llvm::Instruction::FSub))
FLOAT(Mul, Arithmetic(f, llvm::Instruction::FMul))
FLOAT(Div, Arithmetic(f, llvm::Instruction::FDiv))
FLOAT(Min, Minimum(f))
FLOAT(Max, Maximum(f))
FLOAT(Copysign, Copysign(f))
FLOAT(Eq, Compare(f, llvm::CmpInst::FCMP_OEQ))
FLOAT(Ne, Compare(f, llvm::CmpInst::FCMP_UNE))
FLOAT(Lt, Compare(f, llvm::CmpInst::FCMP_OLT))
FLOAT(Gt, Compare(f, llvm::CmpInst::FCMP_OGT))
FLOAT(Le, Compare(f, llvm::CmpInst::FCMP_OLE))
FLOAT(Ge, Compare(f, llvm::CmpInst::FCMP_OGE))

#undef FLOAT

// From either integer width to either format, and back.
#define CONVERT(bits)                                             \
  EMIT(F32ConvertI##bits##S, ConvertS(f, F32(f)))                 \
  EMIT(F32ConvertI##bits##U, ConvertU(f, F32(f)))                 \
  EMIT(F64ConvertI##bits##S, ConvertS(f, F64(f)))                 \
  EMIT(F64ConvertI##bits##U, ConvertU(f, F64(f)))                 \
  EMIT(I##bits##TruncF32S, Truncate(f, bits, true))               \
  EMIT(I##bits##TruncF32U, Truncate(f, bits, false))              \
  EMIT(I##bits##TruncF64S, Truncate(f, bits, true))               \
  EMIT(I##bits##TruncF64U, Truncate(f, bits, false))              \
  EMIT(I##bits##TruncSatF32S, TruncateSaturating(f, bits, true))  \
  EMIT(I##bits##TruncSatF32U, TruncateSaturating(f, bits, false)) \
  EMIT(I##bits##TruncSatF64S, TruncateSaturating(f, bits, true))  \
  EMIT(I##bits##TruncSatF64U, TruncateSaturating(f, bits, false))

CONVERT(32)
CONVERT(64)

#undef CONVERT

EMIT(F32DemoteF64, f.Push(FloatDemote(f.builder(), f.Pop(), F32(f))))
EMIT(F64PromoteF32, f.Push(f.builder().CreateFPExt(f.Pop(), F64(f))))
EMIT(I32ReinterpretF32, Reinterpret(f, Int(f, 32)))
EMIT(I64ReinterpretF64, Reinterpret(f, Int(f, 64)))
EMIT(F32ReinterpretI32, Reinterpret(f, F32(f)))
EMIT(F64ReinterpretI64, Reinterpret(f, F64(f)))

#undef EMIT

}  // namespace slipway::compiler
