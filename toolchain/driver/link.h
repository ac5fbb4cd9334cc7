// Links a program or a library: runs clang, as often as it takes to know how,
// and changes in the result what wasm-ld cannot be told.

#ifndef SLIPWAY_TOOLCHAIN_DRIVER_LINK_H_
#define SLIPWAY_TOOLCHAIN_DRIVER_LINK_H_

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "toolchain/driver/command_line.h"

namespace slipway::toolchain {

// The exit status; what clang says goes to standard error. `command` makes a
// command of clang's arguments.
absl::StatusOr<int> Link(
    const CommandLine& line, const std::string& sysroot,
    absl::FunctionRef<std::vector<std::string>(std::vector<std::string>)>
        command);

}  // namespace slipway::toolchain

#endif  // SLIPWAY_TOOLCHAIN_DRIVER_LINK_H_
