// fork(2) for a guest: the host's fork, with every lock of the runtime held by
// the forking thread, so that the child finds all of it consistent.

#ifndef SLIPWAY_RUNTIME_HOST_FORK_H_
#define SLIPWAY_RUNTIME_HOST_FORK_H_

#include <cstdint>

#include "runtime/host/sys_result.h"

namespace slipway::host {

struct Thread;

// Returns the child's pid in the parent and 0 in the child, where the calling
// thread is the only one. EAGAIN, ENOMEM.
SysResult<int64_t> Fork(Thread& thread);
// vfork(2): the same, and the parent waits until the child executes a program
// or ends. EMFILE as well.
SysResult<int64_t> Vfork(Thread& thread);

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_FORK_H_
