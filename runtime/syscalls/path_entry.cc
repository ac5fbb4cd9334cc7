// Making, renaming and removing directory entries. See rename(2), mkdir(2),
// unlink(2), link(2), symlink(2), mknod(2).

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <string>
#include <utility>

#include "runtime/host/descriptor_table.h"
#include "runtime/host/vfs.h"
#include "runtime/syscalls/handlers.h"
#include "runtime/syscalls/kernel_call.h"
#include "runtime/syscalls/path_object.h"

namespace slipway::sys {
namespace {

using host::PathArg;
using host::Place;
using EntryUse = host::Vfs::EntryUse;

// Where a new entry goes: EEXIST, EROFS, EACCES.
SysResult<Place> NewEntry(Call& call, GuestFd dirfd, GuestPtr path) {
  host::PathBuffer buffer;
  SLIPWAY_TRY(const PathArg arg, LoadPath(call, dirfd, path, buffer));
  SLIPWAY_TRY(Place place,
              call.process.vfs.LocateEntry(arg, EntryUse::kCreate));
  SLIPWAY_CHECK_OK(call.process.vfs.CheckCreatable(place));
  return place;
}

// An entry that is to be removed or renamed.
SysResult<Place> OldEntry(Call& call, GuestFd dirfd, GuestPtr path) {
  host::PathBuffer buffer;
  SLIPWAY_TRY(const PathArg arg, LoadPath(call, dirfd, path, buffer));
  SLIPWAY_TRY(Place place,
              call.process.vfs.LocateEntry(arg, EntryUse::kExisting));
  SLIPWAY_CHECK_OK(call.process.vfs.CheckWritable(place));
  return place;
}

}  // namespace

SysResult<int64_t> renameat2(Call& call, GuestFd from_dirfd, GuestPtr from,
                             GuestFd to_dirfd, GuestPtr to, uint32_t flags) {
  if (flags & ~uint32_t{RENAME_NOREPLACE | RENAME_EXCHANGE}) {
    return Errno{EINVAL};
  }
  SLIPWAY_TRY(const Place source, OldEntry(call, from_dirfd, from));
  SLIPWAY_TRY(const Place target, OldEntry(call, to_dirfd, to));
  if (source.mount != target.mount) return Errno{EXDEV};
  return CallKernel(SYS_renameat2, source.directory.get(),
                    source.entry().c_str(), target.directory.get(),
                    target.entry().c_str(), flags);
}

SysResult<int64_t> renameat(Call& call, GuestFd from_dirfd, GuestPtr from,
                            GuestFd to_dirfd, GuestPtr to) {
  return renameat2(call, from_dirfd, from, to_dirfd, to, 0);
}

SysResult<int64_t> rename(Call& call, GuestPtr from, GuestPtr to) {
  return renameat2(call, {AT_FDCWD}, from, {AT_FDCWD}, to, 0);
}

SysResult<int64_t> mkdirat(Call& call, GuestFd dirfd, GuestPtr path,
                           uint32_t mode) {
  SLIPWAY_TRY(const Place place, NewEntry(call, dirfd, path));
  return CallKernel(SYS_mkdirat, place.directory.get(), place.entry().c_str(),
                    mode);
}

SysResult<int64_t> mkdir(Call& call, GuestPtr path, uint32_t mode) {
  return mkdirat(call, {AT_FDCWD}, path, mode);
}

SysResult<int64_t> unlinkat(Call& call, GuestFd dirfd, GuestPtr path,
                            uint32_t flags) {
  if (flags & ~uint32_t{AT_REMOVEDIR}) return Errno{EINVAL};
  auto found = OldEntry(call, dirfd, path);
  // ".", ".." and roots are directories, whatever rmdir says of them.
  const bool itself = !found.ok() && (found.error() == Errno{EINVAL} ||
                                      found.error() == Errno{EBUSY});
  if (itself && !(flags & AT_REMOVEDIR)) return Errno{EISDIR};
  SLIPWAY_TRY(const Place place, std::move(found));
  return CallKernel(SYS_unlinkat, place.directory.get(), place.entry().c_str(),
                    flags);
}

SysResult<int64_t> unlink(Call& call, GuestPtr path) {
  return unlinkat(call, {AT_FDCWD}, path, 0);
}

SysResult<int64_t> rmdir(Call& call, GuestPtr path) {
  return unlinkat(call, {AT_FDCWD}, path, AT_REMOVEDIR);
}

SysResult<int64_t> linkat(Call& call, GuestFd from_dirfd, GuestPtr from,
                          GuestFd to_dirfd, GuestPtr to, uint32_t flags) {
  if (flags & ~uint32_t{AT_SYMLINK_FOLLOW | AT_EMPTY_PATH}) {
    return Errno{EINVAL};
  }
  const uint32_t follow = (flags & AT_SYMLINK_FOLLOW) ? 0 : AT_SYMLINK_NOFOLLOW;
  SLIPWAY_TRY(
      const PathObject source,
      FindObjectAt(call, from_dirfd, from, (flags & AT_EMPTY_PATH) | follow));
  SLIPWAY_TRY(const Place target, NewEntry(call, to_dirfd, to));
  if (source.is_synthetic() || source.is_descriptor_link ||
      source.descriptor.node != target.mount) {
    return Errno{EXDEV};
  }
  return CallKernel(SYS_linkat, AT_FDCWD, source.kernel_path().c_str(),
                    target.directory.get(), target.entry().c_str(),
                    AT_SYMLINK_FOLLOW);
}

SysResult<int64_t> link(Call& call, GuestPtr from, GuestPtr to) {
  return linkat(call, {AT_FDCWD}, from, {AT_FDCWD}, to, 0);
}

SysResult<int64_t> symlinkat(Call& call, GuestPtr target, GuestFd dirfd,
                             GuestPtr path) {
  SLIPWAY_TRY(const std::string text, call.process.memory.LoadString(target));
  SLIPWAY_TRY(const Place place, NewEntry(call, dirfd, path));
  return CallKernel(SYS_symlinkat, text.c_str(), place.directory.get(),
                    place.entry().c_str());
}

SysResult<int64_t> symlink(Call& call, GuestPtr target, GuestPtr path) {
  return symlinkat(call, target, {AT_FDCWD}, path);
}

SysResult<int64_t> mknodat(Call& call, GuestFd dirfd, GuestPtr path,
                           uint32_t mode, uint64_t) {
  const uint32_t type = mode & S_IFMT;
  if (type != 0 && type != S_IFREG && type != S_IFIFO && type != S_IFSOCK) {
    return Errno{EPERM};
  }
  SLIPWAY_TRY(const Place place, NewEntry(call, dirfd, path));
  return CallKernel(SYS_mknodat, place.directory.get(), place.entry().c_str(),
                    mode, 0);
}

SysResult<int64_t> mknod(Call& call, GuestPtr path, uint32_t mode,
                         uint64_t dev) {
  return mknodat(call, {AT_FDCWD}, path, mode, dev);
}

}  // namespace slipway::sys
