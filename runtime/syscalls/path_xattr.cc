// Extended attributes. Reading is the kernel's affair; writing is for user.*
// alone, as the other name spaces steer the host. See xattr(7).

#include <fcntl.h>
#include <linux/limits.h>
#include <linux/xattr.h>
#include <sys/syscall.h>

#include <string>
#include <utility>

#include "runtime/syscalls/handlers.h"
#include "runtime/syscalls/kernel_call.h"
#include "runtime/syscalls/path_object.h"

namespace slipway::sys {
namespace {

// Which object the three forms of each call mean.
SysResult<PathObject> Followed(Call& call, GuestPtr path) {
  return FindObjectAt(call, {AT_FDCWD}, path, 0);
}
SysResult<PathObject> NotFollowed(Call& call, GuestPtr path) {
  return FindObjectAt(call, {AT_FDCWD}, path, AT_SYMLINK_NOFOLLOW);
}

SysResult<std::string> LoadName(Call& call, GuestPtr name) {
  auto text = call.process.memory.LoadString(name, XATTR_NAME_MAX + 1);
  if (!text.ok() && text.error() == Errno{ENAMETOOLONG}) return Errno{ERANGE};
  if (text.ok() && text->empty()) return Errno{ERANGE};
  return text;
}

bool IsUserName(const std::string& name) {
  return name.compare(0, XATTR_USER_PREFIX_LEN, XATTR_USER_PREFIX) == 0;
}

SysResult<int64_t> Set(Call& call, SysResult<PathObject> found, GuestPtr name,
                       GuestPtr value, uint64_t size, uint32_t flags) {
  SLIPWAY_TRY(const PathObject object, Changeable(call, std::move(found)));
  SLIPWAY_TRY(const std::string text, LoadName(call, name));
  if (!IsUserName(text)) return Errno{EPERM};
  SLIPWAY_TRY(void* const data, call.process.memory.ForKernel(value, size));
  return CallKernel(SYS_setxattr, object.kernel_path().c_str(), text.c_str(),
                    data, size, flags);
}

SysResult<int64_t> Get(Call& call, SysResult<PathObject> found, GuestPtr name,
                       GuestPtr value, uint64_t size) {
  if (!found.ok()) return found.error();
  SLIPWAY_TRY(const std::string text, LoadName(call, name));
  if (found->is_synthetic()) return Errno{ENODATA};
  SLIPWAY_TRY(void* const data, call.process.memory.ForKernel(value, size));
  return CallKernel(SYS_getxattr, found->kernel_path().c_str(), text.c_str(),
                    data, size);
}

SysResult<int64_t> List(Call& call, SysResult<PathObject> found, GuestPtr list,
                        uint64_t size) {
  if (!found.ok()) return found.error();
  if (found->is_synthetic()) return 0;
  SLIPWAY_TRY(void* const data, call.process.memory.ForKernel(list, size));
  return CallKernel(SYS_listxattr, found->kernel_path().c_str(), data, size);
}

SysResult<int64_t> Remove(Call& call, SysResult<PathObject> found,
                          GuestPtr name) {
  SLIPWAY_TRY(const PathObject object, Changeable(call, std::move(found)));
  SLIPWAY_TRY(const std::string text, LoadName(call, name));
  if (!IsUserName(text)) return Errno{EPERM};
  return CallKernel(SYS_removexattr, object.kernel_path().c_str(),
                    text.c_str());
}

}  // namespace

SysResult<int64_t> setxattr(Call& call, GuestPtr path, GuestPtr name,
                            GuestPtr value, uint64_t size, uint32_t flags) {
  return Set(call, Followed(call, path), name, value, size, flags);
}
SysResult<int64_t> lsetxattr(Call& call, GuestPtr path, GuestPtr name,
                             GuestPtr value, uint64_t size, uint32_t flags) {
  return Set(call, NotFollowed(call, path), name, value, size, flags);
}
SysResult<int64_t> fsetxattr(Call& call, GuestFd fd, GuestPtr name,
                             GuestPtr value, uint64_t size, uint32_t flags) {
  return Set(call, FindOpenFile(call, fd), name, value, size, flags);
}

SysResult<int64_t> getxattr(Call& call, GuestPtr path, GuestPtr name,
                            GuestPtr value, uint64_t size) {
  return Get(call, Followed(call, path), name, value, size);
}
SysResult<int64_t> lgetxattr(Call& call, GuestPtr path, GuestPtr name,
                             GuestPtr value, uint64_t size) {
  return Get(call, NotFollowed(call, path), name, value, size);
}
SysResult<int64_t> fgetxattr(Call& call, GuestFd fd, GuestPtr name,
                             GuestPtr value, uint64_t size) {
  return Get(call, FindOpenFile(call, fd), name, value, size);
}

SysResult<int64_t> listxattr(Call& call, GuestPtr path, GuestPtr list,
                             uint64_t size) {
  return List(call, Followed(call, path), list, size);
}
SysResult<int64_t> llistxattr(Call& call, GuestPtr path, GuestPtr list,
                              uint64_t size) {
  return List(call, NotFollowed(call, path), list, size);
}
SysResult<int64_t> flistxattr(Call& call, GuestFd fd, GuestPtr list,
                              uint64_t size) {
  return List(call, FindOpenFile(call, fd), list, size);
}

SysResult<int64_t> removexattr(Call& call, GuestPtr path, GuestPtr name) {
  return Remove(call, Followed(call, path), name);
}
SysResult<int64_t> lremovexattr(Call& call, GuestPtr path, GuestPtr name) {
  return Remove(call, NotFollowed(call, path), name);
}
SysResult<int64_t> fremovexattr(Call& call, GuestFd fd, GuestPtr name) {
  return Remove(call, FindOpenFile(call, fd), name);
}

}  // namespace slipway::sys
