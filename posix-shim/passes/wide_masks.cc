#include "posix-shim/passes/wide_masks.h"

#include <numeric>

#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"

namespace slipway {
namespace {

constexpr unsigned kLanes = 16;

// The lanes of a vector of bits that becomes an integer; otherwise 0.
unsigned MaskLanes(const llvm::BitCastInst& cast) {
  const auto* from = llvm::dyn_cast<llvm::FixedVectorType>(cast.getSrcTy());
  if (from == nullptr || !from->getElementType()->isIntegerTy(1) ||
      !cast.getDestTy()->isIntegerTy()) {
    return 0;
  }
  return from->getNumElements();
}

void Split(llvm::BitCastInst& cast, unsigned lanes) {
  llvm::IRBuilder<> builder(&cast);
  llvm::Value* result = nullptr;
  for (unsigned first = 0; first < lanes; first += kLanes) {
    llvm::SmallVector<int, kLanes> part(kLanes);
    std::iota(part.begin(), part.end(), first);
    llvm::Value* const bits = builder.CreateZExt(
        builder.CreateBitCast(
            builder.CreateShuffleVector(cast.getOperand(0), part),
            builder.getIntNTy(kLanes)),
        cast.getType());
    result = result == nullptr
                 ? bits
                 : builder.CreateOr(result, builder.CreateShl(bits, first));
  }
  cast.replaceAllUsesWith(result);
  cast.eraseFromParent();
}

}  // namespace

llvm::PreservedAnalyses WideMasks::run(llvm::Function& function,
                                       llvm::FunctionAnalysisManager&) {
  llvm::SmallVector<llvm::BitCastInst*> casts;
  for (llvm::Instruction& instruction : llvm::instructions(function)) {
    auto* const cast = llvm::dyn_cast<llvm::BitCastInst>(&instruction);
    if (cast == nullptr) continue;
    const unsigned lanes = MaskLanes(*cast);
    if (lanes > kLanes && lanes % kLanes == 0) casts.push_back(cast);
  }
  for (llvm::BitCastInst* cast : casts) Split(*cast, MaskLanes(*cast));
  return casts.empty() ? llvm::PreservedAnalyses::all()
                       : llvm::PreservedAnalyses::none();
}

}  // namespace slipway
