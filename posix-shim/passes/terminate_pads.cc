#include "posix-shim/passes/terminate_pads.h"

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicsWebAssembly.h>
#include <llvm/IR/Module.h>

#include <optional>

namespace slipway {
namespace {

// The call of std::terminate that is all a pad does, or null.
llvm::CallInst* TerminateCall(llvm::CleanupPadInst& pad) {
  auto* const call = llvm::dyn_cast<llvm::CallInst>(pad.getNextNode());
  if (call == nullptr || call->getCalledFunction() == nullptr ||
      call->getCalledFunction()->getName() != "_ZSt9terminatev" ||
      !llvm::isa<llvm::UnreachableInst>(call->getNextNode())) {
    return nullptr;
  }
  return call;
}

// Where exceptions go that leave what is inside of `parent`: null is the
// caller, and nothing is known without a value.
std::optional<llvm::BasicBlock*> UnwindTarget(llvm::Value* parent) {
  if (llvm::isa<llvm::ConstantTokenNone>(parent)) return nullptr;
  if (auto* const pad = llvm::dyn_cast<llvm::CatchPadInst>(parent)) {
    return pad->getCatchSwitch()->getUnwindDest();
  }
  for (llvm::User* user : parent->users()) {
    if (auto* const end = llvm::dyn_cast<llvm::CleanupReturnInst>(user)) {
      return end->getUnwindDest();
    }
  }
  return std::nullopt;
}

void CatchInstead(llvm::CleanupPadInst& pad, llvm::CallInst& terminate,
                  llvm::BasicBlock* target) {
  llvm::Module& module = *pad.getModule();
  llvm::BasicBlock* const block = pad.getParent();
  auto* const handler = llvm::BasicBlock::Create(
      module.getContext(), "terminate", block->getParent());
  llvm::IRBuilder<> builder(&pad);
  builder.SetCurrentDebugLocation(terminate.getDebugLoc());
  llvm::CatchSwitchInst* const choice =
      builder.CreateCatchSwitch(pad.getParentPad(), target, 1);
  choice->addHandler(handler);
  builder.SetInsertPoint(handler);
  llvm::Value* const everything =
      llvm::ConstantPointerNull::get(builder.getPtrTy());
  llvm::CatchPadInst* const caught =
      builder.CreateCatchPad(choice, {everything});
  llvm::Value* const exception =
      builder.CreateIntrinsic(llvm::Intrinsic::wasm_get_exception,
                              llvm::ArrayRef<llvm::Value*>{caught});
  const llvm::FunctionCallee function = module.getOrInsertFunction(
      "__slipway_terminate", builder.getVoidTy(), builder.getPtrTy());
  llvm::CallInst* const call = builder.CreateCall(
      function, {exception},
      {llvm::OperandBundleDef("funclet", static_cast<llvm::Value*>(caught))});
  call->setDoesNotThrow();
  call->setDoesNotReturn();
  builder.CreateUnreachable();
  while (&block->back() != choice) block->back().eraseFromParent();
}

bool Change(llvm::Function& function) {
  bool changed = false;
  for (llvm::BasicBlock& block : llvm::make_early_inc_range(function)) {
    auto* const pad =
        llvm::dyn_cast<llvm::CleanupPadInst>(&*block.getFirstNonPHIIt());
    if (pad == nullptr) continue;
    llvm::CallInst* const terminate = TerminateCall(*pad);
    if (terminate == nullptr) continue;
    const auto target = UnwindTarget(pad->getParentPad());
    if (!target) continue;
    CatchInstead(*pad, *terminate, *target);
    changed = true;
  }
  return changed;
}

}  // namespace

llvm::PreservedAnalyses TerminatePads::run(llvm::Module& module,
                                           llvm::ModuleAnalysisManager&) {
  bool changed = false;
  for (llvm::Function& function : module) {
    if (function.hasPersonalityFn()) changed |= Change(function);
  }
  return changed ? llvm::PreservedAnalyses::none()
                 : llvm::PreservedAnalyses::all();
}

}  // namespace slipway
