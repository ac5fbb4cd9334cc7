// Finds the sysroot that belongs to this driver.

#ifndef SLIPWAY_TOOLCHAIN_DRIVER_SYSROOT_H_
#define SLIPWAY_TOOLCHAIN_DRIVER_SYSROOT_H_

#include <string>

#include "absl/status/statusor.h"

namespace slipway::toolchain {

// In this order: $SLIPWAY_SYSROOT; share/slipway/sysroot beside the directory
// `executable` is in (an installed toolchain); the runfiles of `executable` or
// its place in Bazel's output tree. `executable` is an absolute path without
// symbolic links. NotFound says what was looked at.
absl::StatusOr<std::string> FindSysroot(const std::string& executable);

}  // namespace slipway::toolchain

#endif  // SLIPWAY_TOOLCHAIN_DRIVER_SYSROOT_H_
