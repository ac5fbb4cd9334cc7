// A file system in memory that only those who hold a descriptor of it can
// find: a guest's own /dev/shm.
//
// It is the kernel's tmpfs, bounded as the kernel bounds /dev/shm (half of the
// machine's memory) and mounted nowhere. The kernel frees it with the last
// descriptor, working directory or mapping that leads into it, so it is gone
// with the last process of the guest, however that ends.

#ifndef SLIPWAY_RUNTIME_HOST_PRIVATE_TMPFS_H_
#define SLIPWAY_RUNTIME_HOST_PRIVATE_TMPFS_H_

#include "runtime/host/owned_fd.h"
#include "runtime/host/sys_result.h"

namespace slipway::host {

// Its root directory, close-on-exec; anybody may write there (mode 1777).
// A process that may not mount has the kernel's permission in a user namespace
// of its own: a child enters one, mounts, and has ended before this returns.
// EPERM, ENOSPC … where neither is allowed, as in most containers.
// Precondition: the process has no other threads.
SysResult<OwnedFd> MakePrivateTmpfs();

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_PRIVATE_TMPFS_H_
