// Changing what a file is like: permissions, owner, times, length. See
// chmod(2), chown(2), utimensat(2), truncate(2), umask(2).

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <utime.h>

#include "runtime/syscalls/handlers.h"
#include "runtime/syscalls/kernel_call.h"
#include "runtime/syscalls/path_object.h"

namespace slipway::sys {
namespace {

struct Times {
  timespec access;
  timespec modification;
};

SysResult<int64_t> SetTimes(const PathObject& object, const Times* times) {
  return CallKernel(SYS_utimensat, object.fd.get(), "", times, AT_EMPTY_PATH);
}

}  // namespace

SysResult<int64_t> fchmodat2(Call& call, GuestFd dirfd, GuestPtr path,
                             uint32_t mode, uint32_t flags) {
  if (flags & ~uint32_t{AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH}) {
    return Errno{EINVAL};
  }
  SLIPWAY_TRY(const PathObject object,
              Changeable(call, FindObjectAt(call, dirfd, path, flags)));
  return CallKernel(SYS_chmod, object.kernel_path().c_str(), mode);
}

SysResult<int64_t> fchmodat(Call& call, GuestFd dirfd, GuestPtr path,
                            uint32_t mode) {
  return fchmodat2(call, dirfd, path, mode, 0);
}

SysResult<int64_t> chmod(Call& call, GuestPtr path, uint32_t mode) {
  return fchmodat2(call, {AT_FDCWD}, path, mode, 0);
}

SysResult<int64_t> fchmod(Call& call, GuestFd fd, uint32_t mode) {
  SLIPWAY_TRY(const PathObject object,
              Changeable(call, FindOpenFile(call, fd)));
  return CallKernel(SYS_chmod, object.kernel_path().c_str(), mode);
}

SysResult<int64_t> fchownat(Call& call, GuestFd dirfd, GuestPtr path,
                            uint32_t uid, uint32_t gid, uint32_t flags) {
  if (flags & ~uint32_t{AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH}) {
    return Errno{EINVAL};
  }
  SLIPWAY_TRY(const PathObject object,
              Changeable(call, FindObjectAt(call, dirfd, path, flags)));
  return CallKernel(SYS_fchownat, object.fd.get(), "", uid, gid, AT_EMPTY_PATH);
}

SysResult<int64_t> chown(Call& call, GuestPtr path, uint32_t uid,
                         uint32_t gid) {
  return fchownat(call, {AT_FDCWD}, path, uid, gid, 0);
}

SysResult<int64_t> lchown(Call& call, GuestPtr path, uint32_t uid,
                          uint32_t gid) {
  return fchownat(call, {AT_FDCWD}, path, uid, gid, AT_SYMLINK_NOFOLLOW);
}

SysResult<int64_t> fchown(Call& call, GuestFd fd, uint32_t uid, uint32_t gid) {
  SLIPWAY_TRY(const PathObject object,
              Changeable(call, FindOpenFile(call, fd)));
  return CallKernel(SYS_fchownat, object.fd.get(), "", uid, gid, AT_EMPTY_PATH);
}

SysResult<int64_t> umask(Call&, uint32_t mask) { return ::umask(mask & 0777); }

// A null path is the descriptor itself (futimens).
SysResult<int64_t> utimensat(Call& call, GuestFd dirfd, GuestPtr path,
                             GuestPtr times, uint32_t flags) {
  if (flags & ~uint32_t{AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH}) {
    return Errno{EINVAL};
  }
  if (path.is_null() && dirfd.number == AT_FDCWD) return Errno{EFAULT};
  SLIPWAY_TRY(const PathObject object,
              Changeable(call, path.is_null()
                                   ? FindOpenFile(call, dirfd)
                                   : FindObjectAt(call, dirfd, path, flags)));
  if (times.is_null()) return SetTimes(object, nullptr);
  SLIPWAY_TRY(const Times wanted, call.process.memory.Load<Times>(times));
  return SetTimes(object, &wanted);
}

SysResult<int64_t> futimesat(Call& call, GuestFd dirfd, GuestPtr path,
                             GuestPtr times) {
  SLIPWAY_TRY(
      const PathObject object,
      Changeable(call, path.is_null() ? FindOpenFile(call, dirfd)
                                      : FindObjectAt(call, dirfd, path, 0)));
  if (times.is_null()) return SetTimes(object, nullptr);
  struct Micro {
    timeval access;
    timeval modification;
  };
  SLIPWAY_TRY(const Micro micro, call.process.memory.Load<Micro>(times));
  for (int64_t part : {micro.access.tv_usec, micro.modification.tv_usec}) {
    if (part < 0 || part >= 1000000) return Errno{EINVAL};
  }
  const Times wanted{
      {micro.access.tv_sec, micro.access.tv_usec * 1000},
      {micro.modification.tv_sec, micro.modification.tv_usec * 1000}};
  return SetTimes(object, &wanted);
}

SysResult<int64_t> utimes(Call& call, GuestPtr path, GuestPtr times) {
  return futimesat(call, {AT_FDCWD}, path, times);
}

SysResult<int64_t> utime(Call& call, GuestPtr path, GuestPtr times) {
  SLIPWAY_TRY(const PathObject object,
              Changeable(call, FindObjectAt(call, {AT_FDCWD}, path, 0)));
  if (times.is_null()) return SetTimes(object, nullptr);
  SLIPWAY_TRY(const utimbuf seconds, call.process.memory.Load<utimbuf>(times));
  const Times wanted{{seconds.actime, 0}, {seconds.modtime, 0}};
  return SetTimes(object, &wanted);
}

SysResult<int64_t> truncate(Call& call, GuestPtr path, int64_t length) {
  SLIPWAY_TRY(const PathObject object,
              Changeable(call, FindObjectAt(call, {AT_FDCWD}, path, 0)));
  return CallKernel(SYS_truncate, object.kernel_path().c_str(), length);
}

}  // namespace slipway::sys
