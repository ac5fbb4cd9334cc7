// The ioctl requests that read facts about the host's network interfaces
// (netdevice(7)), under the right `interfaces`.

#ifndef SLIPWAY_RUNTIME_SYSCALLS_INTERFACE_CONTROL_H_
#define SLIPWAY_RUNTIME_SYSCALLS_INTERFACE_CONTROL_H_

#include <cstdint>

#include "runtime/syscalls/call.h"

namespace slipway::sys {

bool IsInterfaceRequest(uint32_t request);

// Precondition: IsInterfaceRequest(request). EPERM without the right, noted;
// ENOTTY when the descriptor is no socket; what the kernel answers.
SysResult<int64_t> AskInterface(Call& call, GuestFd fd, uint32_t request,
                                GuestPtr argument);

}  // namespace slipway::sys

#endif  // SLIPWAY_RUNTIME_SYSCALLS_INTERFACE_CONTROL_H_
