#include "runtime/syscalls/path_object.h"

#include <fcntl.h>

#include <cerrno>
#include <utility>

namespace slipway::sys {

using host::Descriptor;
using host::Follow;
using host::Located;
using host::PathArg;
using host::PinnedFd;

SysResult<PathObject> FindObject(Call& call, GuestFd fd) {
  SLIPWAY_TRY(PinnedFd pinned, call.process.files.Pin(fd));
  return PathObject{std::move(pinned.fd), pinned.descriptor};
}

SysResult<PathObject> FindOpenFile(Call& call, GuestFd fd) {
  SLIPWAY_TRY(PinnedFd pinned, call.process.files.Pin(fd));
  if ((pinned.status & O_PATH) != 0) return Errno{EBADF};
  return PathObject{std::move(pinned.fd), pinned.descriptor};
}

SysResult<PathObject> FindObject(Call& call, const PathArg& path,
                                 Follow follow) {
  SLIPWAY_TRY(Located located, call.process.vfs.Locate(path, follow));
  if (located.link_fd < 0) {
    return PathObject{std::move(located.fd), located.descriptor};
  }
  SLIPWAY_TRY(PathObject object, FindObject(call, GuestFd{located.link_fd}));
  object.is_descriptor_link = follow == Follow::kNo;
  return object;
}

SysResult<PathObject> FindObjectAt(Call& call, PathArg path, uint32_t flags) {
  if (path.path.empty() && (flags & AT_EMPTY_PATH)) {
    if (path.directory.number != AT_FDCWD) {
      return FindObject(call, path.directory);
    }
    path.path = ".";
  }
  const Follow follow =
      (flags & AT_SYMLINK_NOFOLLOW) ? Follow::kNo : Follow::kYes;
  return FindObject(call, path, follow);
}

SysResult<PathObject> FindObjectAt(Call& call, GuestFd directory, GuestPtr path,
                                   uint32_t flags) {
  host::PathBuffer buffer;
  SLIPWAY_TRY(const PathArg arg,
              LoadPathAt(call, directory, path, flags, buffer));
  return FindObjectAt(call, arg, flags);
}

SysResult<PathObject> Changeable(Call& call, SysResult<PathObject> object) {
  if (!object.ok()) return object.error();
  SLIPWAY_CHECK_OK(call.process.vfs.CheckWritable(object->descriptor));
  if (object->is_synthetic() || object->is_descriptor_link) {
    return Errno{EROFS};
  }
  return object;
}

SysResult<struct stat> StatObject(Call& call, const PathObject& object) {
  struct stat st{};
  if (object.is_synthetic()) {
    return call.process.vfs.StatNode(object.descriptor.node);
  }
  if (::fstat(object.fd.get(), &st) != 0) return Errno::Last();
  if (object.is_descriptor_link) {
    st.st_mode = S_IFLNK | 0700;
    st.st_size = 64;
  }
  return st;
}

}  // namespace slipway::sys
