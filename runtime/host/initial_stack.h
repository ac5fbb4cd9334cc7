// What a program finds on its stack when it starts: argument count, arguments,
// environment and auxiliary vector, laid out as Linux x86-64 does it (System V
// ABI for AMD64, section 3.4.1).

#ifndef SLIPWAY_RUNTIME_HOST_INITIAL_STACK_H_
#define SLIPWAY_RUNTIME_HOST_INITIAL_STACK_H_

#include "runtime/host/guest_memory.h"
#include "runtime/host/process.h"
#include "runtime/host/sys_result.h"

namespace slipway::host {

// Writes the block below `top` and returns its address, the initial stack
// pointer, 16-byte aligned. E2BIG when it takes more than `room` bytes, EFAULT.
SysResult<GuestPtr> WriteInitialStack(const GuestMemory& memory, GuestPtr top,
                                      uint64_t room, const StartInfo& start);

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_INITIAL_STACK_H_
