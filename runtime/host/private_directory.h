// A directory of the host for one guest, below a directory that others use as
// well: what a guest has for /dev/shm where the kernel lets nobody mount a
// tmpfs (private_tmpfs.h), as in most containers.
//
// It is in use as long as an open file holds a lock on it, which the guest's
// processes share over fork and execve. Whoever makes such a directory removes
// those of the same user that nobody uses any more, so that what a killed guest
// leaves is gone when the next one starts.

#ifndef SLIPWAY_RUNTIME_HOST_PRIVATE_DIRECTORY_H_
#define SLIPWAY_RUNTIME_HOST_PRIVATE_DIRECTORY_H_

#include <string>

#include "runtime/host/owned_fd.h"
#include "runtime/host/sys_result.h"

namespace slipway::host {

struct PrivateDirectory {
  // For anybody (mode 1777), in a directory that is only for the caller's user.
  std::string path;
  OwnedFd lock;  // close-on-exec
};

// EACCES, ENOENT … from the file system.
SysResult<PrivateDirectory> MakePrivateDirectory(const std::string& parent);

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_PRIVATE_DIRECTORY_H_
