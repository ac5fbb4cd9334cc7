// Read-only memory for a program's constants. wasm-ld lays .rodata out as a
// data segment of its own and says so in the name section; once the program is
// relocated, the pages that hold nothing else become read-only. A module
// without that part of the name section keeps its constants writable.

#ifndef SLIPWAY_RUNTIME_HOST_CONSTANTS_H_
#define SLIPWAY_RUNTIME_HOST_CONSTANTS_H_

#include <cstdint>
#include <vector>

#include "runtime/engine/instance.h"
#include "runtime/host/address_space.h"
#include "runtime/wasm/module.h"

namespace slipway::host {

// The indices of the data segments named .rodata or .rodata.*
std::vector<uint32_t> ConstantSegments(const wasm::Module& module);

// Best effort: what cannot be protected stays as it is.
void ProtectConstants(const engine::Instance& instance, AddressSpace& space);

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_CONSTANTS_H_
