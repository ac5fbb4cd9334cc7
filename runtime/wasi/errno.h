// From the host's errors to WASI's.

#ifndef SLIPWAY_RUNTIME_WASI_ERRNO_H_
#define SLIPWAY_RUNTIME_WASI_ERRNO_H_

#include <cstdint>

#include "runtime/host/sys_result.h"

namespace slipway::wasi {

// What Linux has no number for: a descriptor that lacks a right, and a path
// that leads out of its directory. Above every errno of the kernel.
inline constexpr host::Errno kNotCapable{4096};

// The number that the guest sees. EIO for an error that WASI does not have.
uint16_t ToWasiErrno(host::Errno error);
// "NOENT"; "SUCCESS" for 0 and null for a number that stands for nothing.
const char* WasiErrnoName(uint32_t number);

}  // namespace slipway::wasi

#endif  // SLIPWAY_RUNTIME_WASI_ERRNO_H_
