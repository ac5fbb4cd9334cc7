// What a path argument (or a descriptor) leads to, as handlers use it: through
// a host descriptor, never through a host path.

#ifndef SLIPWAY_RUNTIME_SYSCALLS_PATH_OBJECT_H_
#define SLIPWAY_RUNTIME_SYSCALLS_PATH_OBJECT_H_

#include <fcntl.h>
#include <sys/stat.h>

#include <string>

#include "runtime/host/descriptor_table.h"
#include "runtime/host/owned_fd.h"
#include "runtime/host/path_arg.h"
#include "runtime/host/vfs.h"
#include "runtime/syscalls/call.h"

namespace slipway::sys {

struct PathObject {
  host::OwnedFd fd;  // the object, O_PATH; invalid for a synthetic one
  host::Descriptor descriptor;
  // /proc/self/fd/N itself rather than its target.
  bool is_descriptor_link = false;

  bool is_synthetic() const {
    return !fd.valid() || descriptor.kind == host::FdKind::kVirtualDirectory;
  }
  // The kernel's name of this very inode, for calls that know paths only. (Not
  // /proc/self, which is empty once the main thread has ended.)
  std::string kernel_path() const {
    return "/proc/thread-self/fd/" + std::to_string(fd.get());
  }
};

// Copies the path into the buffer: EFAULT, ENAMETOOLONG.
inline SysResult<host::PathArg> LoadPath(Call& call, GuestFd directory,
                                         GuestPtr path,
                                         host::PathBuffer& buffer) {
  SLIPWAY_TRY(const host::PathText text,
              host::LoadPathText(call.process.memory, path, buffer));
  return host::PathArg{directory, text};
}
// The same for the *at calls: with AT_EMPTY_PATH it may be null.
inline SysResult<host::PathArg> LoadPathAt(Call& call, GuestFd directory,
                                           GuestPtr path, uint32_t flags,
                                           host::PathBuffer& buffer) {
  if (path.is_null() && (flags & AT_EMPTY_PATH)) {
    return host::PathArg{directory, ""};
  }
  return LoadPath(call, directory, path, buffer);
}

SysResult<PathObject> FindObject(Call& call, const host::PathArg& path,
                                 host::Follow follow);
// The *at calls: AT_SYMLINK_NOFOLLOW, and AT_EMPTY_PATH with an empty (or
// null) path for the descriptor itself. Other flags are the caller's.
SysResult<PathObject> FindObjectAt(Call& call, host::PathArg path,
                                   uint32_t flags);
SysResult<PathObject> FindObjectAt(Call& call, GuestFd directory, GuestPtr path,
                                   uint32_t flags);
// A descriptor, perhaps opened with O_PATH; for calls of the *at family.
SysResult<PathObject> FindObject(Call& call, GuestFd fd);
// A descriptor for calls that take no O_PATH: EBADF.
SysResult<PathObject> FindOpenFile(Call& call, GuestFd fd);

// An object that the call is going to change: EROFS on a read-only mount and
// for synthetic objects.
SysResult<PathObject> Changeable(Call& call, SysResult<PathObject> object);

SysResult<struct stat> StatObject(Call& call, const PathObject& object);

}  // namespace slipway::sys

#endif  // SLIPWAY_RUNTIME_SYSCALLS_PATH_OBJECT_H_
