#include "posix-shim/passes/thread_locals.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"

namespace slipway {
namespace {

// Also known to toolchain/driver/version_script.cc.
constexpr char kPrefix[] = "__slipway_tls_";

llvm::Function* Accessor(llvm::GlobalVariable& variable) {
  llvm::Module& module = *variable.getParent();
  auto function = module.getOrInsertFunction(
      (kPrefix + variable.getName()).str(), variable.getType());
  auto* const accessor = llvm::dyn_cast<llvm::Function>(function.getCallee());
  if (accessor != nullptr) {
    accessor->setDoesNotThrow();
    accessor->setDoesNotAccessMemory();
    accessor->setWillReturn();
  }
  return accessor;
}

// Where other files and modules may refer to it.
bool IsOffered(const llvm::GlobalVariable& variable) {
  return !variable.isDeclarationForLinker() && !variable.hasLocalLinkage() &&
         !variable.hasLinkOnceLinkage() && !variable.hasHiddenVisibility();
}

// A hidden one is in the same module, and a weak one may be nowhere.
bool IsForeign(const llvm::GlobalVariable& variable) {
  return variable.isDeclaration() && !variable.hasHiddenVisibility() &&
         !variable.hasExternalWeakLinkage();
}

void Offer(llvm::GlobalVariable& variable) {
  llvm::Function* const accessor = Accessor(variable);
  if (accessor == nullptr || !accessor->isDeclaration()) return;
  accessor->setLinkage(variable.getLinkage());
  accessor->setVisibility(variable.getVisibility());
  auto* const block =
      llvm::BasicBlock::Create(accessor->getContext(), "", accessor);
  llvm::IRBuilder<> builder(block);
  builder.CreateRet(builder.CreateThreadLocalAddress(&variable));
}

// Whether something was changed.
bool Reach(llvm::GlobalVariable& variable) {
  bool changed = false;
  for (llvm::User* user : llvm::make_early_inc_range(variable.users())) {
    auto* const address = llvm::dyn_cast<llvm::IntrinsicInst>(user);
    if (address == nullptr ||
        address->getIntrinsicID() != llvm::Intrinsic::threadlocal_address) {
      continue;
    }
    llvm::Function* const accessor = Accessor(variable);
    if (accessor == nullptr) return changed;
    llvm::IRBuilder<> builder(address);
    address->replaceAllUsesWith(builder.CreateCall(accessor));
    address->eraseFromParent();
    changed = true;
  }
  return changed;
}

}  // namespace

llvm::PreservedAnalyses ThreadLocals::run(llvm::Module& module,
                                          llvm::ModuleAnalysisManager&) {
  bool changed = false;
  for (llvm::GlobalVariable& variable : module.globals()) {
    if (!variable.isThreadLocal()) continue;
    if (IsForeign(variable)) changed |= Reach(variable);
    if (!IsOffered(variable)) continue;
    Offer(variable);
    changed = true;
  }
  return changed ? llvm::PreservedAnalyses::none()
                 : llvm::PreservedAnalyses::all();
}

}  // namespace slipway
