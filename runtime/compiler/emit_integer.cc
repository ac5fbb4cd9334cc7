// Integer operators (core specification, section 4.3.2).

#include "llvm/IR/Intrinsics.h"
#include "runtime/compiler/opcode_emitters.h"

namespace slipway::compiler {
namespace {

using llvm::Intrinsic::ID;
using object::TrapCode;
using wasm::Instruction;

llvm::Constant* Int(llvm::Value* like, uint64_t value) {
  return llvm::ConstantInt::get(like->getType(), value);
}

void Count(FunctionEmitter& f, ID intrinsic) {
  llvm::Value* const a = f.Pop();
  // A zero operand is defined: the result is the width.
  f.Push(
      f.builder().CreateBinaryIntrinsic(intrinsic, a, f.builder().getFalse()));
}

void Popcnt(FunctionEmitter& f) {
  f.Push(f.builder().CreateUnaryIntrinsic(llvm::Intrinsic::ctpop, f.Pop()));
}

using BinaryOps = llvm::Instruction::BinaryOps;

void Binary(FunctionEmitter& f, BinaryOps op) {
  llvm::Value* const b = f.Pop();
  llvm::Value* const a = f.Pop();
  f.Push(f.builder().CreateBinOp(op, a, b));
}

// Shift counts are taken modulo the width.
void Shift(FunctionEmitter& f, BinaryOps op) {
  llvm::Value* const b = f.Pop();
  llvm::Value* const a = f.Pop();
  const uint64_t width = a->getType()->getIntegerBitWidth();
  f.Push(f.builder().CreateBinOp(op, a,
                                 f.builder().CreateAnd(b, Int(b, width - 1))));
}

void Rotate(FunctionEmitter& f, ID funnel_shift) {
  llvm::Value* const b = f.Pop();
  llvm::Value* const a = f.Pop();
  f.Push(f.builder().CreateIntrinsic(a->getType(), funnel_shift, {a, a, b}));
}

llvm::Value* CheckedDivisor(FunctionEmitter& f) {
  llvm::Value* const b = f.Pop();
  f.TrapIf(f.builder().CreateICmpEQ(b, Int(b, 0)),
           TrapCode::kIntegerDivideByZero);
  return b;
}

void DivU(FunctionEmitter& f) {
  llvm::Value* const b = CheckedDivisor(f);
  f.Push(f.builder().CreateUDiv(f.Pop(), b));
}

void RemU(FunctionEmitter& f) {
  llvm::Value* const b = CheckedDivisor(f);
  f.Push(f.builder().CreateURem(f.Pop(), b));
}

void DivS(FunctionEmitter& f) {
  llvm::Value* const b = CheckedDivisor(f);
  llvm::Value* const a = f.Pop();
  const uint64_t width = a->getType()->getIntegerBitWidth();
  llvm::Value* const overflow = f.builder().CreateAnd(
      f.builder().CreateICmpEQ(a, Int(a, uint64_t{1} << (width - 1))),
      f.builder().CreateICmpEQ(b,
                               llvm::Constant::getAllOnesValue(b->getType())));
  f.TrapIf(overflow, TrapCode::kIntegerOverflow);
  f.Push(f.builder().CreateSDiv(a, b));
}

void RemS(FunctionEmitter& f) {
  llvm::Value* const b = CheckedDivisor(f);
  llvm::Value* const a = f.Pop();
  // The remainder by -1 is 0, as by 1, but LLVM leaves the former undefined
  // for the smallest dividend.
  llvm::Value* const is_minus_one = f.builder().CreateICmpEQ(
      b, llvm::Constant::getAllOnesValue(b->getType()));
  llvm::Value* const divisor =
      f.builder().CreateSelect(is_minus_one, Int(b, 1), b);
  f.Push(f.builder().CreateSRem(a, divisor));
}

void Compare(FunctionEmitter& f, llvm::CmpInst::Predicate predicate) {
  llvm::Value* const b = f.Pop();
  llvm::Value* const a = f.Pop();
  f.PushBool(f.builder().CreateICmp(predicate, a, b));
}

void Eqz(FunctionEmitter& f) {
  llvm::Value* const a = f.Pop();
  f.PushBool(f.builder().CreateICmpEQ(a, Int(a, 0)));
}

void ExtendFrom(FunctionEmitter& f, unsigned bits) {
  llvm::Value* const a = f.Pop();
  f.Push(f.builder().CreateSExt(
      f.builder().CreateTrunc(a, f.builder().getIntNTy(bits)), a->getType()));
}

}  // namespace

void EmitI32Const(FunctionEmitter& f, const Instruction& instruction) {
  f.Push(f.builder().getInt32(static_cast<uint32_t>(instruction.i32)));
}

void EmitI64Const(FunctionEmitter& f, const Instruction& instruction) {
  f.Push(f.builder().getInt64(static_cast<uint64_t>(instruction.i64)));
}

// Both widths of one operator.
#define INTEGER(name, body)                                            \
  void EmitI32##name(FunctionEmitter& f, const Instruction&) { body; } \
  void EmitI64##name(FunctionEmitter& f, const Instruction&) { body; }

INTEGER(Clz, Count(f, llvm::Intrinsic::ctlz))
INTEGER(Ctz, Count(f, llvm::Intrinsic::cttz))
INTEGER(Popcnt, Popcnt(f))
INTEGER(Add, Binary(f, llvm::Instruction::Add))
INTEGER(Sub, Binary(f, llvm::Instruction::Sub))
INTEGER(Mul, Binary(f, llvm::Instruction::Mul))
INTEGER(DivS, DivS(f))
INTEGER(DivU, DivU(f))
INTEGER(RemS, RemS(f))
INTEGER(RemU, RemU(f))
INTEGER(And, Binary(f, llvm::Instruction::And))
INTEGER(Or, Binary(f, llvm::Instruction::Or))
INTEGER(Xor, Binary(f, llvm::Instruction::Xor))
INTEGER(Shl, Shift(f, llvm::Instruction::Shl))
INTEGER(ShrS, Shift(f, llvm::Instruction::AShr))
INTEGER(ShrU, Shift(f, llvm::Instruction::LShr))
INTEGER(Rotl, Rotate(f, llvm::Intrinsic::fshl))
INTEGER(Rotr, Rotate(f, llvm::Intrinsic::fshr))
INTEGER(Eqz, Eqz(f))
INTEGER(Eq, Compare(f, llvm::CmpInst::ICMP_EQ))
INTEGER(Ne, Compare(f, llvm::CmpInst::ICMP_NE))
INTEGER(LtS, Compare(f, llvm::CmpInst::ICMP_SLT))
INTEGER(LtU, Compare(f, llvm::CmpInst::ICMP_ULT))
INTEGER(GtS, Compare(f, llvm::CmpInst::ICMP_SGT))
INTEGER(GtU, Compare(f, llvm::CmpInst::ICMP_UGT))
INTEGER(LeS, Compare(f, llvm::CmpInst::ICMP_SLE))
INTEGER(LeU, Compare(f, llvm::CmpInst::ICMP_ULE))
INTEGER(GeS, Compare(f, llvm::CmpInst::ICMP_SGE))
INTEGER(GeU, Compare(f, llvm::CmpInst::ICMP_UGE))
INTEGER(Extend8S, ExtendFrom(f, 8))
INTEGER(Extend16S, ExtendFrom(f, 16))

#undef INTEGER

void EmitI64Extend32S(FunctionEmitter& f, const Instruction&) {
  ExtendFrom(f, 32);
}

void EmitI32WrapI64(FunctionEmitter& f, const Instruction&) {
  f.Push(f.builder().CreateTrunc(f.Pop(), f.builder().getInt32Ty()));
}

void EmitI64ExtendI32S(FunctionEmitter& f, const Instruction&) {
  f.Push(f.builder().CreateSExt(f.Pop(), f.builder().getInt64Ty()));
}

void EmitI64ExtendI32U(FunctionEmitter& f, const Instruction&) {
  f.Push(f.builder().CreateZExt(f.Pop(), f.builder().getInt64Ty()));
}

}  // namespace slipway::compiler
