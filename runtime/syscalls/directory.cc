// Directories, the working directory, symbolic links' texts, inotify. See
// getdents(2), getcwd(2), chdir(2), readlink(2), inotify(7).

#include <fcntl.h>
#include <linux/limits.h>
#include <sys/inotify.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "runtime/host/descriptor_table.h"
#include "runtime/host/memory_file.h"
#include "runtime/host/vfs.h"
#include "runtime/syscalls/handlers.h"
#include "runtime/syscalls/kernel_call.h"
#include "runtime/syscalls/path_object.h"

namespace slipway::sys {
namespace {

using host::FdKind;
using host::Follow;
using host::PathArg;

// From struct linux_dirent64 to struct linux_dirent: the type moves from before
// the name to the record's last byte, which is padding.
void ToOldRecords(std::string& records) {
  constexpr size_t kSize = 16, kType = 18, kName = 19;
  for (size_t at = 0; at < records.size();) {
    uint16_t size;
    std::memcpy(&size, &records[at + kSize], sizeof(size));
    const char type = records[at + kType];
    std::memmove(&records[at + kType], &records[at + kName], size - kName);
    records[at + size - 1] = type;
    at += size;
  }
}

SysResult<int64_t> ListDirectory(Call& call, GuestFd fd, GuestPtr buf,
                                 uint64_t count, long number) {
  const uint64_t size = count & 0xffffffff;  // an unsigned int
  SLIPWAY_TRY(const host::Descriptor descriptor, call.process.files.Claim(fd));
  if (descriptor.kind != FdKind::kVirtualDirectory) {
    SLIPWAY_TRY(void* const data, call.process.memory.ForKernel(buf, size));
    return CallKernel(number, fd.number, data, size);
  }
  SLIPWAY_TRY(std::string records, host::ReadDirents(fd.number, size));
  if (number == SYS_getdents) ToOldRecords(records);
  SLIPWAY_CHECK_OK(
      call.process.memory.CopyOut(buf, records.data(), records.size()));
  return static_cast<int64_t>(records.size());
}

// The text of a symbolic link. An empty path means the one that dirfd (O_PATH)
// is.
SysResult<std::string> LinkText(Call& call, const PathArg& path) {
  if (const auto entry = call.process.vfs.FindOneName(path)) {
    char text[PATH_MAX];
    SLIPWAY_TRY(const int64_t size,
                CallKernel(SYS_readlinkat, entry->directory.get(), entry->path,
                           text, sizeof(text)));
    return std::string(text, static_cast<size_t>(size));
  }
  host::Located object;
  if (path.path.empty() && path.directory.number != AT_FDCWD) {
    SLIPWAY_TRY(host::PinnedFd pinned, call.process.files.Pin(path.directory));
    object.fd = std::move(pinned.fd);
  } else {
    SLIPWAY_TRY(object, call.process.vfs.Locate(path, Follow::kNo));
  }
  return call.process.vfs.ReadLink(object);
}

}  // namespace

SysResult<int64_t> getdents64(Call& call, GuestFd fd, GuestPtr buf,
                              uint64_t count) {
  return ListDirectory(call, fd, buf, count, SYS_getdents64);
}

SysResult<int64_t> getdents(Call& call, GuestFd fd, GuestPtr buf,
                            uint64_t count) {
  return ListDirectory(call, fd, buf, count, SYS_getdents);
}

SysResult<int64_t> getcwd(Call& call, GuestPtr buf, uint64_t size) {
  SLIPWAY_TRY(const std::string path, call.process.vfs.CurrentDirectory());
  const size_t needed = path.size() + 1;
  if (size < needed) return Errno{ERANGE};
  SLIPWAY_CHECK_OK(call.process.memory.CopyOut(buf, path.c_str(), needed));
  return static_cast<int64_t>(needed);
}

SysResult<int64_t> chdir(Call& call, GuestPtr path) {
  host::PathBuffer buffer;
  SLIPWAY_TRY(const PathArg arg, LoadPath(call, {AT_FDCWD}, path, buffer));
  SLIPWAY_CHECK_OK(call.process.vfs.ChangeDirectory(arg));
  return 0;
}

SysResult<int64_t> fchdir(Call& call, GuestFd fd) {
  SLIPWAY_CHECK_OK(call.process.vfs.ChangeDirectory(fd));
  return 0;
}

SysResult<int64_t> readlinkat(Call& call, GuestFd dirfd, GuestPtr path,
                              GuestPtr buf, uint64_t size) {
  if (static_cast<int32_t>(size) <= 0) return Errno{EINVAL};
  host::PathBuffer buffer;
  SLIPWAY_TRY(const PathArg arg, LoadPath(call, dirfd, path, buffer));
  SLIPWAY_TRY(const std::string text, LinkText(call, arg));
  const size_t length = std::min<size_t>(size, text.size());
  SLIPWAY_CHECK_OK(call.process.memory.CopyOut(buf, text.data(), length));
  return static_cast<int64_t>(length);
}

SysResult<int64_t> readlink(Call& call, GuestPtr path, GuestPtr buf,
                            uint64_t size) {
  return readlinkat(call, {AT_FDCWD}, path, buf, size);
}

SysResult<int64_t> inotify_init1(Call& call, uint32_t flags) {
  const int fd = ::inotify_init1(static_cast<int>(flags));
  if (fd < 0) return Errno::Last();
  return call.process.files.Adopt(fd, {FdKind::kInotify});
}

SysResult<int64_t> inotify_init(Call& call) { return inotify_init1(call, 0); }

SysResult<int64_t> inotify_add_watch(Call& call, GuestFd fd, GuestPtr path,
                                     uint32_t mask) {
  SLIPWAY_TRY(const int inotify, call.process.files.Host(fd));
  const uint32_t flags = (mask & IN_DONT_FOLLOW) ? AT_SYMLINK_NOFOLLOW : 0;
  SLIPWAY_TRY(const PathObject object,
              FindObjectAt(call, {AT_FDCWD}, path, flags));
  if (object.is_synthetic()) return Errno{EACCES};
  // The object is found already; only its name in /proc is a link.
  return CallKernel(SYS_inotify_add_watch, inotify,
                    object.kernel_path().c_str(),
                    mask & ~uint32_t{IN_DONT_FOLLOW});
}

SysResult<int64_t> inotify_rm_watch(Call& call, GuestFd fd, int32_t watch) {
  SLIPWAY_TRY(const int inotify, call.process.files.Host(fd));
  return CallKernel(SYS_inotify_rm_watch, inotify, watch);
}

}  // namespace slipway::sys
