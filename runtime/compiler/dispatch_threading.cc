#include "runtime/compiler/dispatch_threading.h"

#include <optional>

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/IR/BasicBlock.h"
#include "llvm/IR/CFG.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Instructions.h"

namespace slipway::compiler {
namespace {

// A block that does nothing but to switch on a local variable.
struct Dispatch {
  llvm::AllocaInst* variable = nullptr;
  llvm::SwitchInst* jump = nullptr;
};

std::optional<Dispatch> AsDispatch(llvm::BasicBlock& block) {
  auto* const jump = llvm::dyn_cast<llvm::SwitchInst>(block.getTerminator());
  auto* const load = llvm::dyn_cast<llvm::LoadInst>(&block.front());
  if (jump == nullptr || load == nullptr || load->getNextNode() != jump ||
      jump->getCondition() != load || !load->hasOneUse()) {
    return std::nullopt;
  }
  auto* const variable =
      llvm::dyn_cast<llvm::AllocaInst>(load->getPointerOperand());
  if (variable == nullptr) return std::nullopt;
  return Dispatch{variable, jump};
}

// What the variable holds at the end of a block that sets it last to a
// constant. Nothing but loads and stores ever has a local's address.
llvm::ConstantInt* ConstantAtEnd(const llvm::AllocaInst* variable,
                                 llvm::BasicBlock& block) {
  for (llvm::Instruction& instruction : llvm::reverse(block)) {
    auto* const store = llvm::dyn_cast<llvm::StoreInst>(&instruction);
    if (store != nullptr && store->getPointerOperand() == variable) {
      return llvm::dyn_cast<llvm::ConstantInt>(store->getValueOperand());
    }
  }
  return nullptr;
}

bool ThreadInto(llvm::BasicBlock& block) {
  const std::optional<Dispatch> dispatch = AsDispatch(block);
  if (!dispatch.has_value()) return false;
  bool changed = false;
  const llvm::SmallSetVector<llvm::BasicBlock*, 16> predecessors(
      llvm::pred_begin(&block), llvm::pred_end(&block));
  for (llvm::BasicBlock* predecessor : predecessors) {
    llvm::ConstantInt* const value =
        ConstantAtEnd(dispatch->variable, *predecessor);
    if (value == nullptr) continue;
    llvm::BasicBlock* const target =
        dispatch->jump->findCaseValue(value)->getCaseSuccessor();
    // A case that receives values would need one more.
    if (target == &block || llvm::isa<llvm::PHINode>(target->front())) continue;
    predecessor->getTerminator()->replaceSuccessorWith(&block, target);
    changed = true;
  }
  return changed;
}

}  // namespace

llvm::PreservedAnalyses ThreadDispatches::run(llvm::Function& function,
                                              llvm::FunctionAnalysisManager&) {
  bool changed = false;
  for (llvm::BasicBlock& block : function) changed |= ThreadInto(block);
  return changed ? llvm::PreservedAnalyses::none()
                 : llvm::PreservedAnalyses::all();
}

}  // namespace slipway::compiler
