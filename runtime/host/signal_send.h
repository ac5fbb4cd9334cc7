// Whom a guest may send signals to: the processes of its own tree (the pid
// registry) and nobody else, as if it were alone in a pid namespace. A pid that
// exists outside the tree is EPERM, one that does not is ESRCH.

#ifndef SLIPWAY_RUNTIME_HOST_SIGNAL_SEND_H_
#define SLIPWAY_RUNTIME_HOST_SIGNAL_SEND_H_

#include <cstdint>

#include "runtime/host/process.h"
#include "runtime/host/sys_result.h"

namespace slipway::host {

struct Thread;

// Whether one process may be signalled (or asked about): EPERM with the denial
// noted, ESRCH.
SysStatus CheckMaySignal(const Process& process, int pid);

// kill(2): a process, the caller's group (0), all of the tree but the caller
// (-1), or a group (negative). Groups are walked member by member, as a group
// may hold processes that are not guests.
SysResult<int64_t> SendToProcesses(const Process& process, int pid, int signal);

// Whether the calling thread's guest stack pointer is on its alternate stack.
bool OnAlternateStack(const Thread& thread);

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_SIGNAL_SEND_H_
