// What clang loads (-fpass-plugin): our passes of the ABI run before all
// others, at every level of optimisation, and those for speed after them.

#include "llvm/Passes/PassBuilder.h"
#include "llvm/Plugins/PassPlugin.h"
#include "posix-shim/passes/common_symbols.h"
#include "posix-shim/passes/destructors.h"
#include "posix-shim/passes/local_definitions.h"
#include "posix-shim/passes/terminate_pads.h"
#include "posix-shim/passes/thread_locals.h"
#include "posix-shim/passes/type_names.h"
#include "posix-shim/passes/variadic_abi.h"
#include "posix-shim/passes/wide_masks.h"

extern "C" LLVM_ATTRIBUTE_WEAK llvm::PassPluginLibraryInfo
llvmGetPassPluginInfo() {
  return {LLVM_PLUGIN_API_VERSION, "slipway-guest-passes", "1",
          [](llvm::PassBuilder& builder) {
            builder.registerPipelineStartEPCallback(
                [](llvm::ModulePassManager& passes, llvm::OptimizationLevel) {
                  passes.addPass(slipway::CommonSymbols());
                  passes.addPass(slipway::ThreadLocals());
                  passes.addPass(slipway::Destructors());
                  passes.addPass(slipway::TypeNames());
                  passes.addPass(slipway::TerminatePads());
                  passes.addPass(slipway::LocalDefinitions());
                  passes.addPass(slipway::VariadicAbi());
                });
            builder.registerOptimizerLastEPCallback(
                [](llvm::ModulePassManager& passes,
                   llvm::OptimizationLevel level, llvm::ThinOrFullLTOPhase) {
                  if (level == llvm::OptimizationLevel::O0) return;
                  passes.addPass(llvm::createModuleToFunctionPassAdaptor(
                      slipway::WideMasks()));
                });
          }};
}
