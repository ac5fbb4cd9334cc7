// Descriptors of processes: pidfd_open(2).

#ifndef SLIPWAY_RUNTIME_SYSCALLS_PIDFD_H_
#define SLIPWAY_RUNTIME_SYSCALLS_PIDFD_H_

#include "runtime/syscalls/call.h"

namespace slipway::sys {

// Claims a number that pidfd_open made; EBADF for others.
SysStatus ClaimPidFd(Call& call, GuestFd fd);

}  // namespace slipway::sys

#endif  // SLIPWAY_RUNTIME_SYSCALLS_PIDFD_H_
