#include "runtime/compiler/effort.h"

#include "llvm/ADT/Any.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/IR/BasicBlock.h"

namespace slipway::compiler {
namespace {

constexpr char kMark[] = "slipway-large";

// The function that a pass is about to run on, if it is one.
const llvm::Function* FunctionOf(llvm::Any& ir) {
  if (const auto* function = llvm::any_cast<const llvm::Function*>(&ir)) {
    return *function;
  }
  if (const auto* loop = llvm::any_cast<const llvm::Loop*>(&ir)) {
    return (*loop)->getHeader()->getParent();
  }
  return nullptr;
}

// Of the pipeline's passes, those that make variables of memory, remove what
// is redundant or dead, and take linear time.
bool IsFast(llvm::StringRef pass) {
  return llvm::is_contained({"SROAPass", "EarlyCSEPass", "ADCEPass"}, pass);
}

}  // namespace

void ClassifyBySize(llvm::Function& function) {
  if (function.size() > kLargeBlocks) function.addFnAttr(kMark);
}

void SkipSlowPassesOnLargeFunctions(
    llvm::PassInstrumentationCallbacks& passes) {
  passes.registerShouldRunOptionalPassCallback(
      [](llvm::StringRef pass, llvm::Any ir) {
        const llvm::Function* const function = FunctionOf(ir);
        return function == nullptr || !function->hasFnAttribute(kMark) ||
               IsFast(pass);
      });
}

}  // namespace slipway::compiler
