#include "runtime/compiler/target.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/CodeGen.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetOptions.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

namespace slipway::compiler {
namespace {

constexpr char kTriple[] = "x86_64-unknown-linux-gnu";

const llvm::Target* GetTarget() {
  static const llvm::Target* const target = [] {
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmPrinter();
    std::string error;
    return llvm::TargetRegistry::lookupTarget(llvm::Triple(kTriple), error);
  }();
  return target;
}

// The host's features, sorted: LLVM's map has no order of its own.
std::string HostFeatures() {
  std::vector<std::string> features;
  for (const auto& feature : llvm::sys::getHostCPUFeatures()) {
    features.push_back(
        absl::StrCat(feature.second ? "+" : "-", feature.first().str()));
  }
  std::sort(features.begin(), features.end());
  std::string joined;
  for (const std::string& feature : features) {
    absl::StrAppend(&joined, joined.empty() ? "" : ",", feature);
  }
  return joined;
}

llvm::CodeGenOptLevel CodeGenLevel(int optimization) {
  switch (optimization) {
    case 0:
      return llvm::CodeGenOptLevel::None;
    case 1:
      return llvm::CodeGenOptLevel::Less;
    case 2:
      return llvm::CodeGenOptLevel::Default;
    default:
      return llvm::CodeGenOptLevel::Aggressive;
  }
}

}  // namespace

absl::StatusOr<TargetSpec> TargetSpec::Create(const Options& options) {
  TargetSpec spec;
  spec.optimization = options.optimization;
  spec.cpu = options.cpu;
  if (options.cpu == "native") {
    spec.cpu = llvm::sys::getHostCPUName().str();
    spec.features = HostFeatures();
  }
  // Masked AVX-512 instructions do not fault for lanes that the mask leaves
  // out, and LLVM folds loads into them, volatile ones too: a guest's access
  // out of bounds would not trap.
  absl::StrAppend(&spec.features, spec.features.empty() ? "" : ",", "-avx512f");
  const std::unique_ptr<llvm::MCSubtargetInfo> subtarget(
      GetTarget()->createMCSubtargetInfo(llvm::Triple(kTriple), spec.cpu,
                                         spec.features));
  if (subtarget == nullptr || !subtarget->isCPUStringValid(spec.cpu)) {
    return absl::InvalidArgumentError(
        absl::StrCat("unknown CPU '", options.cpu,
                     "'; try native, x86-64-v2, x86-64-v3 or x86-64-v4"));
  }
  if (!subtarget->checkFeatures("+sse4.1")) {
    return absl::InvalidArgumentError(
        absl::StrCat("CPU '", options.cpu,
                     "' lacks SSE4.1, which is the least that is supported; "
                     "x86-64-v2 has it"));
  }
  return spec;
}

std::unique_ptr<llvm::TargetMachine> CreateTargetMachine(
    const TargetSpec& spec) {
  llvm::TargetOptions options;
  options.EmitAddrsig = false;
  return std::unique_ptr<llvm::TargetMachine>(GetTarget()->createTargetMachine(
      llvm::Triple(kTriple), spec.cpu, spec.features, options,
      llvm::Reloc::PIC_, llvm::CodeModel::Small,
      CodeGenLevel(spec.optimization)));
}

}  // namespace slipway::compiler
