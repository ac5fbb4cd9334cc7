// The machine to compile for.

#ifndef SLIPWAY_RUNTIME_COMPILER_TARGET_H_
#define SLIPWAY_RUNTIME_COMPILER_TARGET_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "llvm/Target/TargetMachine.h"
#include "runtime/compiler/options.h"

namespace slipway::compiler {

// A CPU and its feature list in LLVM's words ("+sse4.1,-avx512f,…").
struct TargetSpec {
  std::string cpu;
  std::string features;
  int optimization = 2;

  // Resolves "native"; fails for an unknown CPU and for one without SSE4.1.
  static absl::StatusOr<TargetSpec> Create(const Options& options);
};

// Every compiling thread needs its own: a TargetMachine is not thread safe.
// Thread safe itself.
std::unique_ptr<llvm::TargetMachine> CreateTargetMachine(
    const TargetSpec& spec);

}  // namespace slipway::compiler

#endif  // SLIPWAY_RUNTIME_COMPILER_TARGET_H_
