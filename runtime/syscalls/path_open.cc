// Opening files. See open(2), openat2(2).

#include <fcntl.h>
#include <linux/openat2.h>

#include "runtime/host/descriptor_table.h"
#include "runtime/host/vfs.h"
#include "runtime/syscalls/handlers.h"
#include "runtime/syscalls/path_object.h"

namespace slipway::sys {

using host::Opened;
using host::PathArg;

SysResult<int64_t> openat(Call& call, GuestFd dirfd, GuestPtr path,
                          uint32_t flags, uint32_t mode) {
  SLIPWAY_TRY(const PathArg arg, LoadPath(call, dirfd, path));
  SLIPWAY_TRY(Opened opened, call.process.vfs.Open(arg, flags, mode));
  return call.process.files.Adopt(opened.fd.Release(), opened.descriptor);
}

SysResult<int64_t> open(Call& call, GuestPtr path, uint32_t flags,
                        uint32_t mode) {
  return openat(call, {AT_FDCWD}, path, flags, mode);
}

SysResult<int64_t> creat(Call& call, GuestPtr path, uint32_t mode) {
  return openat(call, {AT_FDCWD}, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

// Restricted resolution (RESOLVE_*) is the runtime's own tool and is not
// offered: EOPNOTSUPP tells the program to do without.
SysResult<int64_t> openat2(Call& call, GuestFd dirfd, GuestPtr path,
                           GuestPtr how, uint64_t how_size) {
  if (how_size < sizeof(open_how)) return Errno{EINVAL};
  if (how_size > sizeof(open_how)) return Errno{E2BIG};
  SLIPWAY_TRY(const open_how wanted, call.process.memory.Load<open_how>(how));
  const bool creates = (wanted.flags & O_CREAT) ||
                       (wanted.flags & O_TMPFILE) == O_TMPFILE;
  if (wanted.flags > UINT32_MAX || (wanted.mode != 0 && !creates)) {
    return Errno{EINVAL};
  }
  if (wanted.resolve != 0) return Errno{EOPNOTSUPP};
  return openat(call, dirfd, path, static_cast<uint32_t>(wanted.flags),
                static_cast<uint32_t>(wanted.mode));
}

}  // namespace slipway::sys
