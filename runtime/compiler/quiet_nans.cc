#include "runtime/compiler/quiet_nans.h"

#include <cstdint>

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Intrinsics.h"

namespace slipway::compiler {
namespace {

// Which constants a value could turn out to be; nothing for one that stays
// unknown until it is computed.
using Constants = uint8_t;
constexpr Constants kNone = 0;
constexpr Constants kPositiveZero = 1 << 0;
constexpr Constants kNegativeZero = 1 << 1;
constexpr Constants kOne = 1 << 2;
constexpr Constants kMinusOne = 1 << 3;
constexpr Constants kOther = 1 << 4;
constexpr Constants kAny = 0x1f;
constexpr Constants kOnes = kOne | kMinusOne;
constexpr Constants kZeros = kPositiveZero | kNegativeZero;

bool IsFloat(const llvm::Value& value) {
  return value.getType()->isFPOrFPVectorTy();
}

Constants OfNumber(const llvm::ConstantFP& number) {
  if (number.isZero()) {
    return number.isNegative() ? kNegativeZero : kPositiveZero;
  }
  if (number.isExactlyValue(1.0)) return kOne;
  return number.isExactlyValue(-1.0) ? kMinusOne : kOther;
}

Constants OfConstant(const llvm::Constant& constant) {
  if (!IsFloat(constant)) return kAny;
  if (const auto* number = llvm::dyn_cast<llvm::ConstantFP>(&constant)) {
    return OfNumber(*number);
  }
  const auto* vector =
      llvm::dyn_cast<llvm::FixedVectorType>(constant.getType());
  if (vector == nullptr) return kAny;
  Constants lanes = kNone;
  for (unsigned i = 0; i < vector->getNumElements(); ++i) {
    const auto* lane = llvm::dyn_cast_or_null<llvm::ConstantFP>(
        constant.getAggregateElement(i));
    lanes |= lane == nullptr ? kAny : OfNumber(*lane);
  }
  return lanes;
}

// The constants that the numbers (and vectors) of a function could become.
// Branches tell LLVM what an integer is, so scalar integers can become
// anything; numbers too when they are compared for equality.
class PossibleConstants {
 public:
  explicit PossibleConstants(llvm::Function& function) {
    bool changed = true;
    while (changed) {
      changed = false;
      for (llvm::Instruction& instruction : llvm::instructions(function)) {
        if (IsFloat(instruction) || instruction.getType()->isVectorTy()) {
          changed |= Add(instruction, Transfer(instruction));
        }
        changed |= LearnFromComparison(instruction);
      }
    }
  }

  Constants Of(const llvm::Value* value) const {
    if (const auto* constant = llvm::dyn_cast<llvm::Constant>(value)) {
      return OfConstant(*constant);
    }
    return possible_.lookup(value);
  }

 private:
  bool Add(const llvm::Value& value, Constants constants) {
    Constants& known = possible_[&value];
    const Constants before = known;
    known |= constants;
    return known != before;
  }

  bool LearnFromComparison(llvm::Instruction& instruction) {
    const auto* compare = llvm::dyn_cast<llvm::FCmpInst>(&instruction);
    if (compare == nullptr || !compare->isEquality()) return false;
    const llvm::Value* const a = compare->getOperand(0);
    const llvm::Value* const b = compare->getOperand(1);
    bool changed = false;
    if (!llvm::isa<llvm::Constant>(a)) changed |= Add(*a, Of(b));
    if (!llvm::isa<llvm::Constant>(b)) changed |= Add(*b, Of(a));
    return changed;
  }

  Constants Union(const llvm::User& user, unsigned first) const {
    Constants constants = kNone;
    for (unsigned i = first; i < user.getNumOperands(); ++i) {
      constants |= Of(user.getOperand(i));
    }
    return constants;
  }

  // An operation is a constant when all its operands are.
  Constants Folded(const llvm::User& user, unsigned operands) const {
    for (unsigned i = 0; i < operands; ++i) {
      if (Of(user.getOperand(i)) == kNone) return kNone;
    }
    return kAny;
  }

  Constants Transfer(llvm::Instruction& instruction) const {
    using llvm::Instruction;
    switch (instruction.getOpcode()) {
      case Instruction::Load:
      case Instruction::AtomicRMW:
      case Instruction::AtomicCmpXchg:
      case Instruction::ExtractValue:
      case Instruction::Invoke:
        return kNone;
      case Instruction::PHI:
      case Instruction::Freeze:
      case Instruction::InsertElement:
      case Instruction::ShuffleVector:
        return Union(instruction, 0);
      case Instruction::Select:
        return Union(instruction, 1);
      case Instruction::ExtractElement:
        return Of(instruction.getOperand(0));
      case Instruction::BitCast:
        return OfBits(*instruction.getOperand(0));
      case Instruction::FNeg:
      case Instruction::FAdd:
      case Instruction::FSub:
      case Instruction::FMul:
      case Instruction::FDiv:
      case Instruction::FPExt:
      case Instruction::FPTrunc:
        return Folded(instruction, instruction.getNumOperands());
      case Instruction::Call:
        return OfCall(llvm::cast<llvm::CallInst>(instruction));
      default:
        return kAny;
    }
  }

  // Vectors change their lanes' type by bitcasts.
  Constants OfBits(const llvm::Value& value) const {
    const bool numbers = IsFloat(value) || value.getType()->isVectorTy();
    if (!numbers || llvm::isa<llvm::Constant>(value)) return kAny;
    return Of(&value) == kNone ? kNone : kAny;
  }

  Constants OfCall(const llvm::CallInst& call) const {
    const auto* intrinsic = llvm::dyn_cast<llvm::IntrinsicInst>(&call);
    if (intrinsic == nullptr) return kNone;
    // Only its sign depends on the second operand.
    if (intrinsic->getIntrinsicID() == llvm::Intrinsic::copysign) {
      return Folded(call, 1);
    }
    return IsFloat(call) ? Folded(call, call.arg_size()) : kAny;
  }

  llvm::DenseMap<const llvm::Value*, Constants> possible_;
};

// Whether LLVM may come to know that the value is not -0, and yet not that it
// is no signalling NaN.
bool MayHaveKnownSign(const llvm::Value& value) {
  if (llvm::isa<llvm::Constant>(value)) return false;
  if (llvm::isa<llvm::IntrinsicInst, llvm::PHINode, llvm::SelectInst>(value)) {
    return true;
  }
  for (const llvm::User* user : value.users()) {
    if (llvm::isa<llvm::FCmpInst>(user)) return true;
  }
  return false;
}

// Whether a promoted number may reach this one with nothing but its sign
// changed.
bool MayBePromoted(const llvm::Value* value) {
  llvm::SmallVector<const llvm::Value*> work = {value};
  llvm::SmallPtrSet<const llvm::Value*, 8> seen;
  while (!work.empty()) {
    const auto* next = llvm::dyn_cast<llvm::Instruction>(work.pop_back_val());
    if (next == nullptr || !seen.insert(next).second) continue;
    if (llvm::isa<llvm::FPExtInst>(next)) return true;
    const auto* intrinsic = llvm::dyn_cast<llvm::IntrinsicInst>(next);
    const bool copies =
        llvm::isa<llvm::PHINode, llvm::SelectInst, llvm::FreezeInst,
                  llvm::BitCastInst, llvm::InsertElementInst,
                  llvm::ExtractElementInst, llvm::ShuffleVectorInst>(next) ||
        next->getOpcode() == llvm::Instruction::FNeg ||
        (intrinsic != nullptr &&
         (intrinsic->getIntrinsicID() == llvm::Intrinsic::fabs ||
          intrinsic->getIntrinsicID() == llvm::Intrinsic::copysign));
    if (copies) work.append(next->op_begin(), next->op_end());
  }
  return false;
}

// Whether LLVM may replace the operation by one of its operands, or its
// negation, when the operands can become these constants.
bool MayBecomeOperand(const llvm::Instruction& operation, Constants a,
                      Constants b) {
  using llvm::Instruction;
  switch (operation.getOpcode()) {
    case Instruction::FPTrunc:
      return MayBePromoted(operation.getOperand(0));
    case Instruction::FAdd:
      return ((a | b) & kNegativeZero) != 0 ||
             ((a & kPositiveZero) != 0 &&
              MayHaveKnownSign(*operation.getOperand(1))) ||
             ((b & kPositiveZero) != 0 &&
              MayHaveKnownSign(*operation.getOperand(0)));
    case Instruction::FSub:
      return (a & kNegativeZero) != 0 || (b & kZeros) != 0;
    case Instruction::FMul:
      return ((a | b) & kOnes) != 0;
    case Instruction::FDiv:
      return (b & kOnes) != 0;
    default:
      return false;
  }
}

bool IsCanonicalize(const llvm::Value* value) {
  const auto* call = llvm::dyn_cast<llvm::IntrinsicInst>(value);
  return call != nullptr &&
         call->getIntrinsicID() == llvm::Intrinsic::canonicalize;
}

void Guard(llvm::Instruction& operation) {
  // The emitter has done it for constants that it saw.
  if (operation.hasOneUse() && IsCanonicalize(*operation.user_begin())) return;
  llvm::IRBuilder<> builder(operation.getNextNode());
  llvm::Value* const quiet =
      builder.CreateUnaryIntrinsic(llvm::Intrinsic::canonicalize, &operation);
  operation.replaceUsesWithIf(
      quiet, [quiet](llvm::Use& use) { return use.getUser() != quiet; });
}

bool IsArithmetic(const llvm::Instruction& instruction) {
  return instruction.getOpcode() == llvm::Instruction::FPTrunc ||
         (llvm::isa<llvm::BinaryOperator>(instruction) && IsFloat(instruction));
}

Constants IfConstant(const llvm::Value* value) {
  const auto* constant = llvm::dyn_cast<llvm::Constant>(value);
  return constant == nullptr ? kNone : OfConstant(*constant);
}

// Whether the processor's instruction for this quiets NaNs, and code generation
// has no reason to leave it out.
bool Quiets(const llvm::Value* value) {
  const auto* operation = llvm::dyn_cast<llvm::Instruction>(value);
  if (operation == nullptr || !IsArithmetic(*operation)) return false;
  const unsigned last = operation->getNumOperands() - 1;
  return !MayBecomeOperand(*operation, IfConstant(operation->getOperand(0)),
                           IfConstant(operation->getOperand(last)));
}

}  // namespace

llvm::PreservedAnalyses GuardQuietNans::run(
    llvm::Function& function, llvm::FunctionAnalysisManager& analyses) {
  const PossibleConstants possible(function);
  llvm::SmallVector<llvm::Instruction*> operations;
  for (llvm::Instruction& instruction : llvm::instructions(function)) {
    if (!IsArithmetic(instruction)) continue;
    const unsigned last = instruction.getNumOperands() - 1;
    if (MayBecomeOperand(instruction, possible.Of(instruction.getOperand(0)),
                         possible.Of(instruction.getOperand(last)))) {
      operations.push_back(&instruction);
    }
  }
  for (llvm::Instruction* operation : operations) Guard(*operation);
  if (operations.empty()) return llvm::PreservedAnalyses::all();
  llvm::PreservedAnalyses preserved;
  preserved.preserveSet<llvm::CFGAnalyses>();
  return preserved;
}

llvm::PreservedAnalyses DropRedundantQuieting::run(
    llvm::Function& function, llvm::FunctionAnalysisManager& analyses) {
  llvm::SmallVector<llvm::Instruction*> redundant;
  for (llvm::Instruction& instruction : llvm::instructions(function)) {
    if (IsCanonicalize(&instruction) && Quiets(instruction.getOperand(0))) {
      redundant.push_back(&instruction);
    }
  }
  for (llvm::Instruction* call : redundant) {
    call->replaceAllUsesWith(call->getOperand(0));
    call->eraseFromParent();
  }
  if (redundant.empty()) return llvm::PreservedAnalyses::all();
  llvm::PreservedAnalyses preserved;
  preserved.preserveSet<llvm::CFGAnalyses>();
  return preserved;
}

}  // namespace slipway::compiler
