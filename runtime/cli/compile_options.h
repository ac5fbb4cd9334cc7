// The options that run, trace and compile share: how code is generated.

#ifndef SLIPWAY_RUNTIME_CLI_COMPILE_OPTIONS_H_
#define SLIPWAY_RUNTIME_CLI_COMPILE_OPTIONS_H_

#include "absl/status/statusor.h"
#include "runtime/cache/compile_service.h"
#include "runtime/cli/arguments.h"

namespace slipway::cli {

inline constexpr Option kCpuOption = {
    "cpu", 0, "CPU", "generate code for CPU (native: this machine's)"};
inline constexpr Option kOptimizeOption = {
    "optimize", 'O', "N", "optimise at level 0, 1, 2 or 3 (2)"};

// Errors name the option. Progress is shown when stderr is a terminal.
absl::StatusOr<cache::CompileOptions> CompileOptionsOf(
    const Arguments& arguments);

}  // namespace slipway::cli

#endif  // SLIPWAY_RUNTIME_CLI_COMPILE_OPTIONS_H_
