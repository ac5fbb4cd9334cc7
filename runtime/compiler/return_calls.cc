#include "runtime/compiler/return_calls.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "llvm/CodeGen/MachineFunction.h"
#include "llvm/CodeGen/MachineFunctionPass.h"
#include "llvm/CodeGen/Passes.h"
#include "llvm/CodeGen/TargetPassConfig.h"
#include "llvm/IR/BasicBlock.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/Target/RegisterTargetPassConfigCallback.h"

namespace slipway::compiler {
namespace {

constexpr char kMark[] = "slipway-return-call";

bool IsReturnCall(const llvm::Instruction& instruction) {
  const auto* const call = llvm::dyn_cast<llvm::CallInst>(&instruction);
  return call != nullptr && (call->isMustTailCall() || call->hasFnAttr(kMark));
}

bool IsReturnOf(const llvm::Instruction* instruction,
                const llvm::CallInst* call) {
  const auto* const ret = llvm::dyn_cast<llvm::ReturnInst>(instruction);
  if (ret == nullptr) return false;
  return ret->getReturnValue() == nullptr || ret->getReturnValue() == call;
}

// Whether the block, entered from `from`, only returns the call's result.
bool ReturnsCall(llvm::BasicBlock* block, llvm::BasicBlock* from,
                 const llvm::CallInst* call) {
  const auto* const ret =
      llvm::dyn_cast<llvm::ReturnInst>(block->getFirstNonPHIOrDbg());
  if (ret == nullptr) return false;
  const llvm::Value* value = ret->getReturnValue();
  if (const auto* phi = llvm::dyn_cast_or_null<llvm::PHINode>(value)) {
    if (phi->getParent() == block) value = phi->getIncomingValueForBlock(from);
  }
  return value == nullptr || value == call;
}

// Gives the call a return of its own.
bool RestoreReturn(llvm::CallInst* call) {
  llvm::Instruction* const next = call->getNextNode();
  if (IsReturnOf(next, call)) return true;
  auto* const branch = llvm::dyn_cast<llvm::BranchInst>(next);
  if (branch == nullptr || branch->isConditional()) return false;
  llvm::BasicBlock* const target = branch->getSuccessor(0);
  if (!ReturnsCall(target, call->getParent(), call)) return false;
  target->removePredecessor(call->getParent());
  branch->eraseFromParent();
  llvm::ReturnInst::Create(call->getContext(),
                           call->getType()->isVoidTy() ? nullptr : call,
                           call->getParent());
  if (llvm::pred_empty(target)) target->eraseFromParent();
  return true;
}

std::vector<llvm::CallInst*> ReturnCalls(llvm::Function& function) {
  std::vector<llvm::CallInst*> calls;
  for (llvm::Instruction& instruction : llvm::instructions(function)) {
    if (IsReturnCall(instruction)) {
      calls.push_back(llvm::cast<llvm::CallInst>(&instruction));
    }
  }
  return calls;
}

class ReturnCallCheck : public llvm::MachineFunctionPass {
 public:
  static char id;
  ReturnCallCheck() : MachineFunctionPass(id) {}

  llvm::StringRef getPassName() const override {
    return "Check that return_calls are jumps";
  }

  bool runOnMachineFunction(llvm::MachineFunction& machine) override {
    llvm::Function& function = machine.getFunction();
    size_t jumps = 0;
    for (const llvm::MachineBasicBlock& block : machine) {
      for (const llvm::MachineInstr& instruction : block) {
        jumps += instruction.isCall() && instruction.isReturn();
      }
    }
    if (jumps < ReturnCalls(function).size()) {
      function.getContext().emitError("a return_call of " + function.getName() +
                                      " is not a jump");
    }
    return false;
  }
};

char ReturnCallCheck::id = 0;

}  // namespace

void MarkReturnCall(llvm::CallInst* call, llvm::Function* caller) {
  if (call->getFunctionType() == caller->getFunctionType()) {
    call->setTailCallKind(llvm::CallInst::TCK_MustTail);
    return;
  }
  call->setTailCallKind(llvm::CallInst::TCK_Tail);
  call->addFnAttr(llvm::Attribute::get(call->getContext(), kMark));
  // An epilogue that undoes a realignment cannot end in a jump.
  caller->addFnAttr("no-realign-stack");
}

absl::Status RestoreReturns(llvm::Module& module) {
  for (llvm::Function& function : module) {
    for (llvm::CallInst* call : ReturnCalls(function)) {
      if (RestoreReturn(call)) continue;
      return absl::InternalError(
          absl::StrCat("a return_call of ", function.getName().str(),
                       " is not in tail position any more"));
    }
  }
  return absl::OkStatus();
}

void CheckReturnCallsInMachineCode() {
  static const llvm::RegisterTargetPassConfigCallback registration(
      [](llvm::TargetMachine&, llvm::PassManagerBase&,
         llvm::TargetPassConfig* passes) {
        passes->insertPass(&llvm::FinalizeISelID, new ReturnCallCheck);
      });
}

}  // namespace slipway::compiler
