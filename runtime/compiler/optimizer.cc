#include "runtime/compiler/optimizer.h"

#include <numeric>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Analysis/CGSCCPassManager.h"
#include "llvm/Analysis/LoopAnalysisManager.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Intrinsics.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/PassInstrumentation.h"
#include "llvm/IR/PassManager.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Passes/StandardInstrumentations.h"
#include "llvm/Support/CodeGen.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Transforms/Scalar/EarlyCSE.h"
#include "llvm/Transforms/Scalar/SROA.h"
#include "llvm/Transforms/Utils/LoopSimplify.h"
#include "runtime/compiler/bounds_checks.h"
#include "runtime/compiler/dispatch_alignment.h"
#include "runtime/compiler/dispatch_threading.h"
#include "runtime/compiler/effort.h"
#include "runtime/compiler/quiet_nans.h"
#include "runtime/compiler/return_calls.h"

namespace slipway::compiler {
namespace {

llvm::OptimizationLevel Level(int level) {
  switch (level) {
    case 1:
      return llvm::OptimizationLevel::O1;
    case 2:
      return llvm::OptimizationLevel::O2;
    default:
      return llvm::OptimizationLevel::O3;
  }
}

llvm::PipelineTuningOptions Tuning() {
  llvm::PipelineTuningOptions tuning;
  // The guest's compiler has vectorised; doing so once more made scalar loops
  // twice as slow (docs/performance.md).
  tuning.LoopVectorization = false;
  tuning.SLPVectorization = false;
  return tuning;
}

// Collects what LLVM reports as errors in the std::string `errors`.
void AppendDiagnostic(const llvm::DiagnosticInfo* info, void* errors) {
  if (info->getSeverity() != llvm::DS_Error) return;
  llvm::raw_string_ostream stream(*static_cast<std::string*>(errors));
  llvm::DiagnosticPrinterRawOStream printer(stream);
  info->print(printer);
}

// LLVM's code generator widens vectors of less than 128 bits, which the
// vectorizers make, for all operations but llvm.canonicalize, where it crashes.
void WidenCanonicalize(llvm::IntrinsicInst& call) {
  const auto* type = llvm::dyn_cast<llvm::FixedVectorType>(call.getType());
  if (type == nullptr) return;
  const unsigned lanes = type->getNumElements();
  const unsigned wide_lanes = 128 / type->getScalarSizeInBits();
  if (lanes >= wide_lanes) return;
  llvm::SmallVector<int> narrow(lanes);
  std::iota(narrow.begin(), narrow.end(), 0);
  llvm::SmallVector<int> wide = narrow;
  wide.resize(wide_lanes, -1);
  llvm::IRBuilder<> builder(&call);
  llvm::Value* const widened =
      builder.CreateShuffleVector(call.getArgOperand(0), wide);
  call.replaceAllUsesWith(builder.CreateShuffleVector(
      builder.CreateUnaryIntrinsic(llvm::Intrinsic::canonicalize, widened),
      narrow));
  call.eraseFromParent();
}

void WidenCanonicalizes(llvm::Module& module) {
  llvm::SmallVector<llvm::IntrinsicInst*> calls;
  for (llvm::Function& function : module) {
    for (llvm::Instruction& instruction : llvm::instructions(function)) {
      auto* call = llvm::dyn_cast<llvm::IntrinsicInst>(&instruction);
      if (call != nullptr &&
          call->getIntrinsicID() == llvm::Intrinsic::canonicalize) {
        calls.push_back(call);
      }
    }
  }
  for (llvm::IntrinsicInst* call : calls) WidenCanonicalize(*call);
}

absl::StatusOr<std::string> Generate(llvm::Module& module,
                                     llvm::TargetMachine& machine,
                                     llvm::CodeGenFileType type) {
  std::string problem;
  llvm::raw_string_ostream problem_stream(problem);
  if (llvm::verifyModule(module, &problem_stream)) {
    return absl::InternalError(
        absl::StrCat("generated code is malformed: ", problem));
  }
  llvm::SmallVector<char, 0> output;
  llvm::raw_svector_ostream stream(output);
  CheckReturnCallsInMachineCode();
  AlignDispatches();
  llvm::legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, stream, nullptr, type)) {
    return absl::InternalError("LLVM cannot write this kind of output");
  }
  problem.clear();
  module.getContext().setDiagnosticHandlerCallBack(AppendDiagnostic, &problem);
  passes.run(module);
  module.getContext().setDiagnosticHandlerCallBack(nullptr);
  if (!problem.empty()) return absl::InternalError(problem);
  return std::string(output.begin(), output.end());
}

}  // namespace

absl::Status Optimize(llvm::Module& module, llvm::TargetMachine& machine,
                      int level) {
  if (level == 0) {
    WidenCanonicalizes(module);
    return absl::OkStatus();
  }
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  // Leaves functions marked optnone alone.
  llvm::PassInstrumentationCallbacks callbacks;
  llvm::OptNoneInstrumentation optnone(/*DebugLogging=*/false);
  optnone.registerCallbacks(callbacks);
  SkipSlowPassesOnLargeFunctions(callbacks);
  llvm::PassBuilder builder(&machine, Tuning(), std::nullopt, &callbacks);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);

  llvm::ModulePassManager passes;
  llvm::FunctionPassManager before;
  before.addPass(ThreadDispatches());
  before.addPass(llvm::SROAPass(llvm::SROAOptions::PreserveCFG));
  before.addPass(GuardQuietNans());
  before.addPass(llvm::EarlyCSEPass());
  before.addPass(llvm::LoopSimplifyPass());
  before.addPass(RemoveBoundsChecks());
  passes.addPass(llvm::createModuleToFunctionPassAdaptor(std::move(before)));
  passes.addPass(llvm::createModuleToFunctionPassAdaptor(
      builder.buildFunctionSimplificationPipeline(
          Level(level), llvm::ThinOrFullLTOPhase::None)));
  passes.addPass(builder.buildModuleOptimizationPipeline(
      Level(level), llvm::ThinOrFullLTOPhase::None));
  passes.addPass(
      llvm::createModuleToFunctionPassAdaptor(DropRedundantQuieting()));
  passes.run(module, modules);
  WidenCanonicalizes(module);
  return RestoreReturns(module);
}

absl::StatusOr<std::string> GenerateObject(llvm::Module& module,
                                           llvm::TargetMachine& machine) {
  return Generate(module, machine, llvm::CodeGenFileType::ObjectFile);
}

absl::StatusOr<std::string> GenerateAssembly(llvm::Module& module,
                                             llvm::TargetMachine& machine) {
  return Generate(module, machine, llvm::CodeGenFileType::AssemblyFile);
}

}  // namespace slipway::compiler
