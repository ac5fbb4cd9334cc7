// What a file is and who may use it. See stat(2), statx(2), statfs(2),
// access(2).

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/stat.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <optional>
#include <utility>

#include "runtime/host/descriptor_table.h"
#include "runtime/host/openat2.h"
#include "runtime/host/raw_syscall.h"
#include "runtime/host/vfs.h"
#include "runtime/syscalls/handlers.h"
#include "runtime/syscalls/kernel_call.h"
#include "runtime/syscalls/path_object.h"

namespace slipway::sys {
namespace {

using host::PathArg;
using host::RawSyscall;
using Stat = struct stat;

constexpr uint32_t kStatFlags =
    AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH;

// What the caller of *at calls said about links, automatic mounts and remote
// files, for a name that is looked at without following it.
uint32_t OneNameFlags(uint32_t flags) {
  constexpr uint32_t kPassed =
      AT_NO_AUTOMOUNT | AT_STATX_FORCE_SYNC | AT_STATX_DONT_SYNC;
  return (flags & kPassed) | AT_SYMLINK_NOFOLLOW;
}

// Whether that is what was asked for.
bool IsAnswer(uint32_t mode, uint32_t flags) {
  return !S_ISLNK(mode) || (flags & AT_SYMLINK_NOFOLLOW) != 0;
}

std::optional<SysResult<struct statx>> StatxOneName(Call& call,
                                                    const PathArg& path,
                                                    uint32_t flags,
                                                    uint32_t mask) {
  if ((mask & STATX_TYPE) == 0) return std::nullopt;
  const auto entry = call.process.vfs.FindOneName(path);
  if (!entry) return std::nullopt;
  struct statx stx;
  const int64_t result =
      RawSyscall(SYS_statx, entry->directory.get(), entry->path,
                 OneNameFlags(flags), mask, &stx);
  if (result < 0) return FromKernel(result).error();
  if (!IsAnswer(stx.stx_mode, flags)) return std::nullopt;
  return stx;
}

[[gnu::noinline]] SysResult<int64_t> StatPath(Call& call, const PathArg& path,
                                              uint32_t flags, GuestPtr st) {
  SLIPWAY_TRY(const PathObject object, FindObjectAt(call, path, flags));
  SLIPWAY_TRY(const Stat found, StatObject(call, object));
  SLIPWAY_CHECK_OK(call.process.memory.Store(st, found));
  return 0;
}

// fstatat(2) of what may have a symbolic link in it: -ELOOP.
[[gnu::always_inline]] inline int64_t StatDownward(const host::Downward& entry,
                                                   Stat& found,
                                                   uint32_t flags) {
  const uint32_t open_flags =
      O_PATH | O_CLOEXEC | (flags & AT_SYMLINK_NOFOLLOW ? O_NOFOLLOW : 0);
  const int64_t fd = host::OpenDownward(entry.directory.get(), entry.path,
                                        host::OpenHow(open_flags, 0));
  if (fd < 0) return fd;
  const int64_t result = RawSyscall(SYS_fstat, fd, &found);
  RawSyscall(SYS_close, fd);
  return result;
}

// A name that needs no resolving takes one call of the kernel, a path that
// leads down three, inline: see dispatch_inline.h.
[[gnu::always_inline]] inline SysResult<int64_t> StatAt(
    Call& call, GuestFd directory, GuestPtr path, GuestPtr st, uint32_t flags) {
  host::PathBuffer buffer;
  SLIPWAY_TRY(const PathArg arg,
              LoadPathAt(call, directory, path, flags, buffer));
  const auto entry = call.process.vfs.FindDownward(arg);
  if (!entry) return StatPath(call, arg, flags, st);
  Stat found;
  const int64_t result =
      entry->is_one_name ? RawSyscall(SYS_newfstatat, entry->directory.get(),
                                      entry->path, &found, OneNameFlags(flags))
                         : StatDownward(*entry, found, flags);
  if (result == -ELOOP) return StatPath(call, arg, flags, st);
  if (result < 0) return FromKernel(result);
  if (!IsAnswer(found.st_mode, flags)) return StatPath(call, arg, flags, st);
  SLIPWAY_CHECK_OK(call.process.memory.Store(st, found));
  return 0;
}

struct statx SyntheticStatx(const Stat& st) {
  struct statx stx{};
  stx.stx_mask = STATX_BASIC_STATS;
  stx.stx_blksize = static_cast<uint32_t>(st.st_blksize);
  stx.stx_nlink = static_cast<uint32_t>(st.st_nlink);
  stx.stx_mode = static_cast<uint16_t>(st.st_mode);
  stx.stx_ino = st.st_ino;
  stx.stx_size = static_cast<uint64_t>(st.st_size);
  stx.stx_rdev_major = major(st.st_rdev);
  stx.stx_rdev_minor = minor(st.st_rdev);
  return stx;
}

struct statfs SyntheticStatfs() {
  struct statfs fs{};
  fs.f_type = TMPFS_MAGIC;
  fs.f_bsize = fs.f_frsize = 4096;
  fs.f_namelen = 255;
  return fs;
}

SysResult<int64_t> StoreStatfs(Call& call, const PathObject& object,
                               GuestPtr buf) {
  struct statfs fs = SyntheticStatfs();
  if (!object.is_synthetic() && ::fstatfs(object.fd.get(), &fs) != 0) {
    return Errno::Last();
  }
  SLIPWAY_CHECK_OK(call.process.memory.Store(buf, fs));
  return 0;
}

// Everybody has the same access to synthetic objects.
SysStatus CheckSyntheticAccess(Call& call, const PathObject& object,
                               uint32_t mode) {
  SLIPWAY_TRY(const Stat st, StatObject(call, object));
  const bool may_write = st.st_mode & S_IWOTH;
  const bool may_execute = st.st_mode & S_IXOTH;
  if (((mode & W_OK) && !may_write) || ((mode & X_OK) && !may_execute)) {
    return Errno{EACCES};
  }
  return Done{};
}

}  // namespace

[[gnu::always_inline]] SysResult<int64_t> newfstatat(Call& call, GuestFd dirfd,
                                                     GuestPtr path, GuestPtr st,
                                                     uint32_t flags) {
  if (flags & ~kStatFlags) return Errno{EINVAL};
  return StatAt(call, dirfd, path, st, flags);
}

[[gnu::always_inline]] SysResult<int64_t> stat(Call& call, GuestPtr path,
                                               GuestPtr st) {
  return StatAt(call, {AT_FDCWD}, path, st, 0);
}

SysResult<int64_t> lstat(Call& call, GuestPtr path, GuestPtr st) {
  return StatAt(call, {AT_FDCWD}, path, st, AT_SYMLINK_NOFOLLOW);
}

SysResult<int64_t> fstat(Call& call, GuestFd fd, GuestPtr st) {
  SLIPWAY_TRY(const host::Descriptor descriptor, call.process.files.Claim(fd));
  if (descriptor.kind == host::FdKind::kVirtualDirectory) {
    const Stat found = call.process.vfs.StatNode(descriptor.node);
    SLIPWAY_CHECK_OK(call.process.memory.Store(st, found));
    return 0;
  }
  SLIPWAY_TRY(void* const buffer,
              call.process.memory.ForKernel(st, sizeof(Stat)));
  return CallKernel(SYS_fstat, fd.number, buffer);
}

SysResult<int64_t> statx(Call& call, GuestFd dirfd, GuestPtr path,
                         uint32_t flags, uint32_t mask, GuestPtr stx) {
  constexpr uint32_t kSync = AT_STATX_FORCE_SYNC | AT_STATX_DONT_SYNC;
  if ((flags & ~(kStatFlags | kSync)) || (flags & kSync) == kSync) {
    return Errno{EINVAL};
  }
  host::PathBuffer buffer;
  SLIPWAY_TRY(const PathArg arg, LoadPathAt(call, dirfd, path, flags, buffer));
  if (auto found = StatxOneName(call, arg, flags, mask)) {
    SLIPWAY_TRY(const struct statx value, *found);
    SLIPWAY_CHECK_OK(call.process.memory.Store(stx, value));
    return 0;
  }
  SLIPWAY_TRY(const PathObject object, FindObjectAt(call, arg, flags));
  if (object.is_synthetic() || object.is_descriptor_link) {
    SLIPWAY_TRY(const Stat st, StatObject(call, object));
    SLIPWAY_CHECK_OK(call.process.memory.Store(stx, SyntheticStatx(st)));
    return 0;
  }
  SLIPWAY_TRY(void* const result,
              call.process.memory.ForKernel(stx, sizeof(struct statx)));
  return CallKernel(SYS_statx, object.fd.get(), "",
                    (flags & kSync) | AT_EMPTY_PATH, mask, result);
}

SysResult<int64_t> statfs(Call& call, GuestPtr path, GuestPtr buf) {
  SLIPWAY_TRY(const PathObject object, FindObjectAt(call, {AT_FDCWD}, path, 0));
  return StoreStatfs(call, object, buf);
}

SysResult<int64_t> fstatfs(Call& call, GuestFd fd, GuestPtr buf) {
  SLIPWAY_TRY(const PathObject object, FindObject(call, fd));
  return StoreStatfs(call, object, buf);
}

SysResult<int64_t> faccessat2(Call& call, GuestFd dirfd, GuestPtr path,
                              uint32_t mode, uint32_t flags) {
  constexpr uint32_t kFlags = AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH;
  if ((mode & ~uint32_t{R_OK | W_OK | X_OK}) || (flags & ~kFlags)) {
    return Errno{EINVAL};
  }
  SLIPWAY_TRY(const PathObject object, FindObjectAt(call, dirfd, path, flags));
  if (object.is_synthetic()) {
    SLIPWAY_CHECK_OK(CheckSyntheticAccess(call, object, mode));
    return 0;
  }
  const bool mounted = object.descriptor.node != host::Descriptor::kNoNode;
  if ((mode & W_OK) && mounted) {
    SLIPWAY_TRY(const Stat st, StatObject(call, object));
    const bool data = S_ISREG(st.st_mode) || S_ISDIR(st.st_mode);
    if (data)
      SLIPWAY_CHECK_OK(call.process.vfs.CheckWritable(object.descriptor));
  }
  return CallKernel(SYS_faccessat2, object.fd.get(), "", mode,
                    (flags & AT_EACCESS) | AT_EMPTY_PATH);
}

SysResult<int64_t> faccessat(Call& call, GuestFd dirfd, GuestPtr path,
                             uint32_t mode) {
  return faccessat2(call, dirfd, path, mode, 0);
}

SysResult<int64_t> access(Call& call, GuestPtr path, uint32_t mode) {
  return faccessat2(call, {AT_FDCWD}, path, mode, 0);
}

}  // namespace slipway::sys
