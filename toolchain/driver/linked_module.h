// Gives a linked module the memory maximum it is meant to have.

#ifndef SLIPWAY_TOOLCHAIN_DRIVER_MEMORY_MAXIMUM_H_
#define SLIPWAY_TOOLCHAIN_DRIVER_MEMORY_MAXIMUM_H_

#include <string>

#include "absl/status/status.h"

namespace slipway::toolchain {

// A shared memory must state a maximum, and wasm-ld 22 accepts none above
// 16 GiB. Rewrites the module in place to say 1 TiB, all that a guest can
// address. A file that is not a module with an imported memory is an error.
absl::Status RaiseMemoryMaximum(const std::string& path);

}  // namespace slipway::toolchain

#endif  // SLIPWAY_TOOLCHAIN_DRIVER_MEMORY_MAXIMUM_H_
