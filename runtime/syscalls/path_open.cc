// Opening files. See open(2), openat2(2).

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "runtime/host/descriptor_table.h"
#include "runtime/host/interruptible.h"
#include "runtime/host/openat2.h"
#include "runtime/host/vfs.h"
#include "runtime/syscalls/handlers.h"
#include "runtime/syscalls/path_object.h"

namespace slipway::sys {

using host::InterruptibleSyscall;
using host::Opened;
using host::PathArg;

namespace {

constexpr uint64_t kTmpfile = O_TMPFILE & ~O_DIRECTORY;
constexpr uint64_t kLargeFile = 0100000;  // the C library calls it 0
constexpr uint64_t kPathFlags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
constexpr uint64_t kFlags = O_ACCMODE | O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC |
                            O_APPEND | O_NONBLOCK | O_SYNC | O_DSYNC | O_ASYNC |
                            O_DIRECT | O_DIRECTORY | O_NOFOLLOW | O_NOATIME |
                            O_CLOEXEC | O_PATH | kTmpfile | kLargeFile;
constexpr uint64_t kResolve = RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS |
                              RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH |
                              RESOLVE_IN_ROOT | RESOLVE_CACHED;

// A struct that a program for a later kernel may have extended: E2BIG when it
// then asks for something.
SysResult<open_how> LoadHow(const GuestMemory& memory, GuestPtr how,
                            uint64_t size) {
  constexpr uint64_t kPage = 4096;
  if (size < sizeof(open_how)) return Errno{EINVAL};
  if (size > kPage) return Errno{E2BIG};
  char bytes[kPage] = {};
  SLIPWAY_CHECK_OK(memory.CopyIn(bytes, how, size));
  const auto is_set = [](char byte) { return byte != 0; };
  if (std::any_of(bytes + sizeof(open_how), bytes + size, is_set)) {
    return Errno{E2BIG};
  }
  open_how result;
  std::memcpy(&result, bytes, sizeof(result));
  return result;
}

SysStatus CheckFlags(const open_how& how) {
  const bool creates = (how.flags & (O_CREAT | kTmpfile)) != 0;
  if ((how.flags & ~kFlags) != 0) return Errno{EINVAL};
  if ((how.mode & ~(creates ? uint64_t{07777} : 0)) != 0) return Errno{EINVAL};
  if ((how.flags & kTmpfile) != 0 &&
      ((how.flags & O_DIRECTORY) == 0 || (how.flags & O_CREAT) != 0 ||
       (how.flags & O_ACCMODE) == O_RDONLY)) {
    return Errno{EINVAL};
  }
  if ((how.flags & O_PATH) != 0 && (how.flags & ~kPathFlags) != 0) {
    return Errno{EINVAL};
  }
  return Done{};
}

SysStatus CheckResolve(const open_how& how) {
  constexpr uint64_t kScopes = RESOLVE_BENEATH | RESOLVE_IN_ROOT;
  if ((how.resolve & ~kResolve) != 0) return Errno{EINVAL};
  if ((how.resolve & kScopes) == kScopes) return Errno{EINVAL};
  if ((how.resolve & RESOLVE_CACHED) != 0 &&
      (how.flags & (O_CREAT | O_TRUNC | kTmpfile)) != 0) {
    return Errno{EAGAIN};
  }
  return Done{};
}

[[gnu::noinline]] SysResult<int64_t> OpenPath(Call& call, const PathArg& path,
                                              uint32_t flags, uint32_t mode,
                                              uint64_t resolve) {
  SLIPWAY_TRY(Opened opened, call.process.vfs.Open(path, flags, mode, resolve));
  return call.process.files.Adopt(opened.fd.Release(), opened.descriptor);
}

// What the kernel can find by itself is opened with one call of it, inline: see
// dispatch_inline.h.
[[gnu::always_inline]] inline SysResult<int64_t> OpenAt(
    Call& call, GuestFd dirfd, GuestPtr path, uint32_t flags, uint32_t mode) {
  host::PathBuffer buffer;
  SLIPWAY_TRY(const PathArg arg, LoadPath(call, dirfd, path, buffer));
  const auto entry = call.process.vfs.FindToOpen(arg, flags);
  if (!entry) return OpenPath(call, arg, flags, mode, 0);
  const open_how how = host::OpenHow(flags, mode);
  const int64_t fd =
      entry->is_one_name
          ? InterruptibleSyscall(SYS_openat, entry->directory.get(),
                                 entry->path, how.flags | O_NOFOLLOW, how.mode)
          : host::OpenDownward(entry->directory.get(), entry->path, how);
  if (fd == -ELOOP) return OpenPath(call, arg, flags, mode, 0);
  if (fd < 0) return FromKernel(fd);
  return call.process.files.Adopt(static_cast<int>(fd), entry->descriptor);
}

}  // namespace

[[gnu::always_inline]] SysResult<int64_t> openat(Call& call, GuestFd dirfd,
                                                 GuestPtr path, uint32_t flags,
                                                 uint32_t mode) {
  return OpenAt(call, dirfd, path, flags, mode);
}

[[gnu::always_inline]] SysResult<int64_t> open(Call& call, GuestPtr path,
                                               uint32_t flags, uint32_t mode) {
  return OpenAt(call, {AT_FDCWD}, path, flags, mode);
}

SysResult<int64_t> creat(Call& call, GuestPtr path, uint32_t mode) {
  return openat(call, {AT_FDCWD}, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

// Unlike openat, it refuses what it does not know or cannot do.
SysResult<int64_t> openat2(Call& call, GuestFd dirfd, GuestPtr path,
                           GuestPtr how, uint64_t how_size) {
  SLIPWAY_TRY(const open_how wanted,
              LoadHow(call.process.memory, how, how_size));
  SLIPWAY_CHECK_OK(CheckFlags(wanted));
  SLIPWAY_CHECK_OK(CheckResolve(wanted));
  host::PathBuffer buffer;
  SLIPWAY_TRY(const PathArg arg, LoadPath(call, dirfd, path, buffer));
  return OpenPath(call, arg, static_cast<uint32_t>(wanted.flags),
                  static_cast<uint32_t>(wanted.mode), wanted.resolve);
}

}  // namespace slipway::sys
