// What the driver reads from a linked module, and changes in it.

#ifndef SLIPWAY_TOOLCHAIN_DRIVER_LINKED_MODULE_H_
#define SLIPWAY_TOOLCHAIN_DRIVER_LINKED_MODULE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace slipway::toolchain {

// A shared memory must state a maximum, and wasm-ld 22 accepts none above
// 16 GiB. Rewrites the module in place to say 1 TiB, all that a guest can
// address. A file that is not a module with an imported memory is an error.
absl::Status RaiseMemoryMaximum(const std::string& path);

// Whether the program can call dlopen.
absl::StatusOr<bool> LoadsSideModules(const std::string& path);

}  // namespace slipway::toolchain

#endif  // SLIPWAY_TOOLCHAIN_DRIVER_LINKED_MODULE_H_
