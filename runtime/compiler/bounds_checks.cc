#include "runtime/compiler/bounds_checks.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DepthFirstIterator.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/Analysis/ScalarEvolution.h"
#include "llvm/Analysis/ScalarEvolutionExpressions.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Intrinsics.h"
#include "llvm/IR/Operator.h"
#include "llvm/IR/PatternMatch.h"
#include "llvm/Transforms/Utils/ScalarEvolutionExpander.h"
#include "runtime/object/object_format.h"

namespace slipway::compiler {
namespace {

using object::kGuardBelow;
using object::kMemory64Reservation;
using object::kStrideSize;

// A branch to a trap for an address that is out of bounds.
struct Check {
  llvm::BranchInst* branch;
  llvm::Value* address;
  llvm::BasicBlock* next;  // where it is in bounds; the access is there
};

// Simplified loops have an empty exit block of their own before it.
bool IsBoundsTrap(const llvm::BasicBlock& block) {
  const llvm::Instruction& first = block.front();
  if (const auto* branch = llvm::dyn_cast<llvm::BranchInst>(&first)) {
    return branch->isUnconditional() && branch->getSuccessor(0) != &block &&
           !llvm::isa<llvm::BranchInst>(branch->getSuccessor(0)->front()) &&
           IsBoundsTrap(*branch->getSuccessor(0));
  }
  const auto* call = llvm::dyn_cast<llvm::IntrinsicInst>(&first);
  if (call == nullptr || call->getIntrinsicID() != llvm::Intrinsic::ubsantrap) {
    return false;
  }
  const auto* code = llvm::cast<llvm::ConstantInt>(call->getArgOperand(0));
  return code->getZExtValue() ==
         static_cast<uint64_t>(object::TrapCode::kMemoryOutOfBounds);
}

std::optional<Check> FindCheck(llvm::BasicBlock& block) {
  using namespace llvm::PatternMatch;  // NOLINT: as LLVM's own code does
  llvm::CmpPredicate predicate;
  llvm::Value* address;
  const llvm::APInt* limit;
  llvm::BasicBlock *trap, *next;
  if (!match(block.getTerminator(),
             m_Br(m_ICmp(predicate, m_Value(address), m_APInt(limit)), trap,
                  next))) {
    return std::nullopt;
  }
  // What InstSimplify and EarlyCSE leave of `address >= reservation`.
  const bool above = predicate == llvm::ICmpInst::ICMP_UGE
                         ? *limit == kMemory64Reservation
                         : predicate == llvm::ICmpInst::ICMP_UGT &&
                               *limit == kMemory64Reservation - 1;
  if (!above || !IsBoundsTrap(*trap) ||
      next->getSinglePredecessor() == nullptr) {
    return std::nullopt;
  }
  return Check{llvm::cast<llvm::BranchInst>(block.getTerminator()), address,
               next};
}

// Whether it adds the address, in bytes, to a pointer.
bool Adds(const llvm::GetElementPtrInst& gep, const llvm::Value* address) {
  return gep.getNumIndices() == 1 && gep.getOperand(1) == address &&
         gep.getSourceElementType()->isIntegerTy(8);
}

// The part of a pointer that adds the address to the memory's base.
llvm::GetElementPtrInst* FindIndexing(llvm::Value* pointer,
                                      const llvm::Value* address) {
  while (auto* gep = llvm::dyn_cast<llvm::GetElementPtrInst>(pointer)) {
    if (Adds(*gep, address)) return gep;
    pointer = gep->getPointerOperand();
  }
  return nullptr;
}

enum class Access {
  kNone,
  kOffset,  // at the address plus a static offset
  kExact,   // at the address
};

// The first access to the address after the check, with nothing that has an
// effect before it.
Access AccessAfter(const Check& check) {
  for (llvm::Instruction& instruction : *check.next) {
    llvm::Value* pointer = llvm::getLoadStorePointerOperand(&instruction);
    if (auto* rmw = llvm::dyn_cast<llvm::AtomicRMWInst>(&instruction)) {
      pointer = rmw->getPointerOperand();
    }
    const llvm::GetElementPtrInst* const indexing =
        pointer == nullptr ? nullptr : FindIndexing(pointer, check.address);
    if (indexing != nullptr) {
      const bool exact =
          indexing == pointer &&
          !llvm::isa<llvm::GEPOperator>(indexing->getPointerOperand());
      return exact ? Access::kExact : Access::kOffset;
    }
    if (instruction.isTerminator() || instruction.mayHaveSideEffects()) break;
  }
  return Access::kNone;
}

bool MakesCalls(const llvm::Loop& loop) {
  for (const llvm::BasicBlock* block : loop.blocks()) {
    for (const llvm::Instruction& instruction : *block) {
      if (llvm::isa<llvm::CallBase>(instruction) &&
          !llvm::isa<llvm::IntrinsicInst>(instruction)) {
        return true;
      }
    }
  }
  return false;
}

// An expression as another one without a constant, plus that constant.
struct Sum {
  const llvm::SCEV* variable;
  uint64_t constant;
};

Sum Split(llvm::ScalarEvolution& evolution, const llvm::SCEV* expression) {
  if (const auto* constant = llvm::dyn_cast<llvm::SCEVConstant>(expression)) {
    return {evolution.getZero(expression->getType()),
            constant->getAPInt().getZExtValue()};
  }
  if (const auto* add = llvm::dyn_cast<llvm::SCEVAddExpr>(expression)) {
    const auto* constant =
        llvm::dyn_cast<llvm::SCEVConstant>(add->getOperand(0));
    const uint64_t amount =
        constant == nullptr ? 0 : constant->getAPInt().getZExtValue();
    llvm::SmallVector<const llvm::SCEV*> rest(
        add->operands().drop_front(constant == nullptr ? 0 : 1));
    uint64_t total = amount;
    for (auto& operand : rest) {
      if (!llvm::isa<llvm::SCEVAddRecExpr>(operand)) continue;
      const Sum sum = Split(evolution, operand);
      operand = sum.variable;
      total += sum.constant;
    }
    return {evolution.getAddExpr(rest), total};
  }
  if (const auto* recurrence =
          llvm::dyn_cast<llvm::SCEVAddRecExpr>(expression)) {
    if (recurrence->isAffine()) {
      const Sum start = Split(evolution, recurrence->getStart());
      return {evolution.getAddRecExpr(
                  start.variable, recurrence->getStepRecurrence(evolution),
                  recurrence->getLoop(), llvm::SCEV::FlagAnyWrap),
              start.constant};
    }
  }
  return {expression, 0};
}

class Remover {
 public:
  Remover(llvm::Function& function, llvm::FunctionAnalysisManager& analyses)
      : dominators_(analyses.getResult<llvm::DominatorTreeAnalysis>(function)),
        loops_(analyses.getResult<llvm::LoopAnalysis>(function)),
        evolution_(analyses.getResult<llvm::ScalarEvolutionAnalysis>(function)),
        expander_(evolution_, "bounds") {}

  bool Run() {
    for (llvm::DomTreeNode* node : llvm::depth_first(&dominators_)) {
      const std::optional<Check> check = FindCheck(*node->getBlock());
      if (check) Visit(*check);
    }
    for (const Removal& removal : removals_) Remove(removal);
    return !removals_.empty();
  }

 private:
  // What is known where a check was passed: that the address is at most
  // `excess` beyond the reservation when its access is reached.
  struct Fact {
    llvm::BasicBlock* from;
    const llvm::Loop* loop;  // addresses of other iterations are others
    uint64_t constant;       // the address, without what facts_ has as the key
    uint64_t excess;
    llvm::Value* clamp;  // to add to the pointer; may be null
  };

  struct Removal {
    Check check;
    const llvm::Loop* loop;
    llvm::Value* clamp;
    bool falls;  // the address may be below the memory
  };

  void Visit(const Check& check) {
    llvm::BasicBlock* const block = check.branch->getParent();
    llvm::Loop* const loop = loops_.getLoopFor(block);
    const Sum sum = Split(evolution_, evolution_.getSCEV(check.address));
    Fact fact = {check.next, loop, sum.constant, 0, nullptr};
    const Access access = AccessAfter(check);
    if (access == Access::kNone) {
      facts_[sum.variable].push_back(fact);
      return;
    }
    if (const Fact* known = FindFact(sum, block)) {
      removals_.push_back({check, known->loop, known->clamp, false});
      return;
    }
    bool falls = access == Access::kExact && FindFactAbove(sum, block);
    if (falls) {
      removals_.push_back({check, loop, nullptr, true});
    } else if (loop != nullptr &&
               ClampBeforeLoop(check, access, *loop, fact, falls)) {
      removals_.push_back({check, loop, fact.clamp, falls});
    }
    facts_[sum.variable].push_back(fact);
  }

  bool Holds(const Fact& fact, const llvm::BasicBlock* block) const {
    return dominators_.dominates(fact.from, block) &&
           (fact.loop == nullptr || fact.loop->contains(block));
  }

  // A fact that puts the address into the memory or the guard behind it.
  const Fact* FindFact(const Sum& sum, const llvm::BasicBlock* block) const {
    const auto found = facts_.find(sum.variable);
    if (found == facts_.end()) return nullptr;
    for (const Fact& fact : found->second) {
      const uint64_t distance = sum.constant - fact.constant;
      if (distance < kStrideSize && fact.excess < kStrideSize - distance &&
          Holds(fact, block)) {
        return &fact;
      }
    }
    return nullptr;
  }

  // Whether a fact puts the address into the memory or the guard before it.
  bool FindFactAbove(const Sum& sum, const llvm::BasicBlock* block) const {
    const auto found = facts_.find(sum.variable);
    if (found == facts_.end()) return false;
    for (const Fact& fact : found->second) {
      if (fact.constant - sum.constant <= kGuardBelow && Holds(fact, block)) {
        return true;
      }
    }
    return false;
  }

  // The first address of a loop, if all others are at a small distance from one
  // that was accessed; sets the fact's excess, and whether they fall.
  const llvm::SCEV* FirstAddress(const Check& check, Access access,
                                 const llvm::Loop& loop, Fact& fact,
                                 bool& falls) {
    const llvm::SCEV* const address = evolution_.getSCEV(check.address);
    if (evolution_.isLoopInvariant(address, &loop)) return address;
    const auto* recurrence = llvm::dyn_cast<llvm::SCEVAddRecExpr>(address);
    if (recurrence == nullptr || recurrence->getLoop() != &loop ||
        !recurrence->isAffine()) {
      return nullptr;
    }
    const auto* step = llvm::dyn_cast<llvm::SCEVConstant>(
        recurrence->getStepRecurrence(evolution_));
    const llvm::BasicBlock* const latch = loop.getLoopLatch();
    if (step == nullptr || latch == nullptr ||
        !dominators_.dominates(check.branch->getParent(), latch)) {
      return nullptr;
    }
    const uint64_t up = step->getAPInt().getZExtValue();
    if (up < kStrideSize) {
      fact.excess = up;
    } else if (-up <= kGuardBelow && access == Access::kExact) {
      falls = true;
    } else {
      return nullptr;
    }
    return recurrence->getStart();
  }

  bool ClampBeforeLoop(const Check& check, Access access,
                       const llvm::Loop& loop, Fact& fact, bool& falls) {
    llvm::BasicBlock* const preheader = loop.getLoopPreheader();
    if (preheader == nullptr) return false;
    const llvm::SCEV* const first =
        FirstAddress(check, access, loop, fact, falls);
    if (first == nullptr) return false;
    const Sum sum = Split(evolution_, first);
    const Fact* const known = FindFact(sum, preheader);
    if (known != nullptr && known->clamp == nullptr) {
      fact.excess = std::max(fact.excess,
                             known->excess + (sum.constant - known->constant));
      return true;
    }
    if (access == Access::kExact && FindFactAbove(sum, preheader)) {
      falls = true;
      return true;
    }
    llvm::Instruction* const end = preheader->getTerminator();
    if (!expander_.isSafeToExpandAt(first, end) || CallsIn(loop)) {
      fact.excess = 0;
      return false;
    }
    llvm::Value*& clamp = clamps_[{&loop, first}];
    if (clamp == nullptr) clamp = MakeClamp(first, end);
    fact.clamp = clamp;
    return true;
  }

  bool CallsIn(const llvm::Loop& loop) {
    const auto [known, is_new] = calls_.try_emplace(&loop);
    if (is_new) known->second = MakesCalls(loop);
    return known->second;
  }

  // min(first, reservation) - first.
  llvm::Value* MakeClamp(const llvm::SCEV* first, llvm::Instruction* end) {
    llvm::Value* const address =
        expander_.expandCodeFor(first, first->getType(), end);
    llvm::IRBuilder<> builder(end);
    llvm::Value* const clamped = builder.CreateBinaryIntrinsic(
        llvm::Intrinsic::umin, address, builder.getInt64(kMemory64Reservation));
    return builder.CreateSub(clamped, address);
  }

  void Remove(const Removal& removal) {
    const Check& check = removal.check;
    llvm::BasicBlock* const block = check.branch->getParent();
    llvm::BranchInst::Create(check.next, block);
    check.branch->getSuccessor(0)->removePredecessor(block);
    check.branch->eraseFromParent();
    if (removal.falls) AllowWrapping(removal);
    if (removal.clamp != nullptr) AddClamp(removal);
  }

  // LLVM may not conclude from a pointer that its address is in the memory.
  void AllowWrapping(const Removal& removal) {
    for (llvm::User* user : removal.check.address->users()) {
      auto* const gep = llvm::dyn_cast<llvm::GetElementPtrInst>(user);
      if (gep == nullptr || !Adds(*gep, removal.check.address)) continue;
      gep->setNoWrapFlags(llvm::GEPNoWrapFlags::none());
    }
  }

  void AddClamp(const Removal& removal) {
    for (llvm::User* user : removal.check.address->users()) {
      auto* const gep = llvm::dyn_cast<llvm::GetElementPtrInst>(user);
      if (gep == nullptr || !Adds(*gep, removal.check.address) ||
          !removal.loop->contains(gep) || !adjusted_.insert(gep).second ||
          !dominators_.dominates(removal.check.next, gep->getParent())) {
        continue;
      }
      llvm::IRBuilder<> builder(gep);
      gep->setOperand(
          0, builder.CreateGEP(builder.getInt8Ty(), gep->getPointerOperand(),
                               removal.clamp));
      gep->setNoWrapFlags(llvm::GEPNoWrapFlags::none());
    }
  }

  llvm::DominatorTree& dominators_;
  llvm::LoopInfo& loops_;
  llvm::ScalarEvolution& evolution_;
  llvm::SCEVExpander expander_;
  llvm::DenseMap<const llvm::SCEV*, llvm::SmallVector<Fact, 2>> facts_;
  llvm::DenseMap<std::pair<const llvm::Loop*, const llvm::SCEV*>, llvm::Value*>
      clamps_;
  llvm::DenseMap<const llvm::Loop*, bool> calls_;  // MakesCalls
  llvm::DenseSet<llvm::GetElementPtrInst*> adjusted_;
  std::vector<Removal> removals_;
};

}  // namespace

llvm::PreservedAnalyses RemoveBoundsChecks::run(
    llvm::Function& function, llvm::FunctionAnalysisManager& analyses) {
  return Remover(function, analyses).Run() ? llvm::PreservedAnalyses::none()
                                           : llvm::PreservedAnalyses::all();
}

}  // namespace slipway::compiler
