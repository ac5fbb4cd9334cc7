#include "runtime/compiler/dispatch_alignment.h"

#include "llvm/CodeGen/MachineBasicBlock.h"
#include "llvm/CodeGen/MachineFunction.h"
#include "llvm/CodeGen/MachineFunctionPass.h"
#include "llvm/CodeGen/MachineLoopInfo.h"
#include "llvm/CodeGen/Passes.h"
#include "llvm/CodeGen/TargetPassConfig.h"
#include "llvm/Support/Alignment.h"
#include "llvm/Target/RegisterTargetPassConfigCallback.h"

namespace slipway::compiler {
namespace {

constexpr unsigned kMinTargets = 4;
constexpr unsigned kMaxTargets = 256;  // 64 bytes each at most
constexpr llvm::Align kLine = llvm::Align::Constant<64>();

class DispatchAlignment : public llvm::MachineFunctionPass {
 public:
  static char id;

  DispatchAlignment() : MachineFunctionPass(id) {}

  llvm::StringRef getPassName() const override { return "dispatch alignment"; }

  void getAnalysisUsage(llvm::AnalysisUsage& usage) const override {
    usage.addRequired<llvm::MachineLoopInfoWrapperPass>();
    usage.setPreservesAll();
    MachineFunctionPass::getAnalysisUsage(usage);
  }

  bool runOnMachineFunction(llvm::MachineFunction& function) override {
    if (function.getJumpTableInfo() == nullptr) return false;
    const llvm::MachineLoopInfo& loops =
        getAnalysis<llvm::MachineLoopInfoWrapperPass>().getLI();
    bool changed = false;
    for (const llvm::MachineBasicBlock& block : function) {
      if (IsDispatch(block, loops)) changed |= AlignTargets(block, loops);
    }
    return changed;
  }

 private:
  static bool IsDispatch(const llvm::MachineBasicBlock& block,
                         const llvm::MachineLoopInfo& loops) {
    return loops.getLoopFor(&block) != nullptr && !block.empty() &&
           block.back().isIndirectBranch() &&
           block.succ_size() >= kMinTargets && block.succ_size() <= kMaxTargets;
  }

  // Those in the loop.
  static bool AlignTargets(const llvm::MachineBasicBlock& dispatch,
                           const llvm::MachineLoopInfo& loops) {
    const llvm::MachineLoop* const loop = loops.getLoopFor(&dispatch);
    bool changed = false;
    for (llvm::MachineBasicBlock* target : dispatch.successors()) {
      if (!loop->contains(target) || target->getAlignment() >= kLine) continue;
      target->setAlignment(kLine);
      changed = true;
    }
    return changed;
  }
};

char DispatchAlignment::id = 0;

}  // namespace

void AlignDispatches() {
  static const llvm::RegisterTargetPassConfigCallback registration(
      [](llvm::TargetMachine&, llvm::PassManagerBase&,
         llvm::TargetPassConfig* passes) {
        // Without optimisation there is no such pass, and nobody to own ours.
        if (passes->getOptLevel() == llvm::CodeGenOptLevel::None) return;
        passes->insertPass(&llvm::MachineBlockPlacementID,
                           new DispatchAlignment);
      });
}

}  // namespace slipway::compiler
