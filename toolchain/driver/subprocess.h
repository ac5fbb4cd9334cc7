// Runs other programs, found along PATH.

#ifndef SLIPWAY_TOOLCHAIN_DRIVER_SUBPROCESS_H_
#define SLIPWAY_TOOLCHAIN_DRIVER_SUBPROCESS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace slipway::toolchain {

// Becomes the program; returns only when that fails. arguments[0] is its name.
absl::Status ReplaceProcess(const std::vector<std::string>& arguments);

struct ProgramResult {
  int exit_status = 0;   // 128 + n when signal n ended it
  std::string messages;  // what it wrote to standard error
};

// Runs the program and waits for it.
absl::StatusOr<ProgramResult> RunProgram(
    const std::vector<std::string>& arguments);

}  // namespace slipway::toolchain

#endif  // SLIPWAY_TOOLCHAIN_DRIVER_SUBPROCESS_H_
