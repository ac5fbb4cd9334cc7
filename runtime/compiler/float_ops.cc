#include "runtime/compiler/float_ops.h"

#include "llvm/IR/Constants.h"
#include "llvm/IR/Intrinsics.h"

namespace slipway::compiler {
namespace {

using llvm::Intrinsic::ID;

// The value, with a signalling NaN made quiet.
llvm::Value* Quiet(llvm::IRBuilder<>& builder, llvm::Value* value) {
  return builder.CreateUnaryIntrinsic(llvm::Intrinsic::canonicalize, value);
}

// Whether an operation with this constant may be one that changes nothing but
// the sign of the other operand.
bool MayBeIdentity(llvm::Value* operand) {
  const auto* constant = llvm::dyn_cast<llvm::Constant>(operand);
  if (constant == nullptr) return false;
  if (constant->getType()->isVectorTy()) constant = constant->getSplatValue();
  const auto* number = llvm::dyn_cast_or_null<llvm::ConstantFP>(constant);
  // A vector that is no splat may have an identity in some lane.
  if (number == nullptr) return true;
  return number->isZero() || number->isExactlyValue(1.0) ||
         number->isExactlyValue(-1.0);
}

}  // namespace

llvm::Value* FloatArithmetic(llvm::IRBuilder<>& builder,
                             llvm::Instruction::BinaryOps op, llvm::Value* a,
                             llvm::Value* b) {
  llvm::Value* const result = builder.CreateBinOp(op, a, b);
  return MayBeIdentity(a) || MayBeIdentity(b) ? Quiet(builder, result) : result;
}

llvm::Value* FloatMinimum(llvm::IRBuilder<>& builder, llvm::Value* a,
                          llvm::Value* b) {
  return Quiet(builder, builder.CreateMinimum(a, b));
}

llvm::Value* FloatMaximum(llvm::IRBuilder<>& builder, llvm::Value* a,
                          llvm::Value* b) {
  return Quiet(builder, builder.CreateMaximum(a, b));
}

llvm::Value* FloatDemote(llvm::IRBuilder<>& builder, llvm::Value* value,
                         llvm::Type* type) {
  // LLVM cancels a promotion against a demotion.
  return Quiet(builder, builder.CreateFPTrunc(value, type));
}

}  // namespace slipway::compiler
