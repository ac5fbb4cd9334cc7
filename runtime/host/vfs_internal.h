// Types that the parts of Vfs (vfs*.cc) share.

#ifndef SLIPWAY_RUNTIME_HOST_VFS_INTERNAL_H_
#define SLIPWAY_RUNTIME_HOST_VFS_INTERNAL_H_

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>

#include "runtime/host/openat2.h"
#include "runtime/host/vfs.h"

namespace slipway::host {

// Where a path starts: nowhere in particular for an absolute one.
struct Vfs::Base {
  int fd = -1;  // with a mount: a directory in it, O_PATH or open
  std::optional<uint16_t> mount;
  uint16_t node = VirtualTree::kRoot;  // without one
  OwnedFd pin;                         // keeps fd
};

// A path that the kernel may resolve alone, beneath `fd`.
struct Vfs::Direct {
  int fd;
  uint16_t mount;
  const char* path;    // the end of the whole path, or "."
  bool only_downward;  // as VirtualTree::Direct

  // Whether there is nothing to resolve: no directory, "." or "..".
  bool IsOneName() const {
    if (std::strchr(path, '/') != nullptr) return false;
    return std::strcmp(path, ".") != 0 && std::strcmp(path, "..") != 0;
  }

  bool IsDownward() const { return std::strstr(path, "..") == nullptr; }

  // Opens `path`, or another that leads to the same or less far: -EXDEV or
  // -EAGAIN when the kernel alone cannot tell.
  int64_t Open(const char* what, const open_how& how) const {
    if (std::strstr(what, "..") == nullptr) {
      const int64_t opened = OpenDownward(fd, what, how);
      if (opened != -ELOOP) return opened;
    }
    return only_downward ? -EXDEV : OpenBeneath(fd, what, how);
  }
};

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_VFS_INTERNAL_H_
