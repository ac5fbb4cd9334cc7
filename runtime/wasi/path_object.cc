// What a path leads to. See stat(2), utimensat(2), readlink(2).

#include <fcntl.h>
#include <linux/limits.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "runtime/wasi/beneath.h"
#include "runtime/wasi/filestat.h"
#include "runtime/wasi/handlers.h"

namespace slipway::wasi {

SysStatus path_readlink(Guest& guest, WasiFd fd, GuestPtr path,
                        uint64_t path_len, GuestPtr buf, uint64_t buf_len,
                        GuestPtr bufused) {
  SLIPWAY_TRY(const PathArgument argument, LoadPath(guest, fd, path, path_len));
  SLIPWAY_TRY(const OwnedFd object, FindObject(guest, argument, 0));
  char text[PATH_MAX];
  const ssize_t size = ::readlinkat(object.get(), "", text, sizeof(text));
  // That is what the kernel calls an object that is no link.
  if (size < 0) return Errno{errno == ENOENT ? EINVAL : errno};
  const uint64_t used = std::min(static_cast<uint64_t>(size), buf_len);
  SLIPWAY_CHECK_OK(guest.memory.CopyOut(buf, text, used));
  return guest.memory.StoreWord(bufused, used);
}

SysStatus path_filestat_get(Guest& guest, WasiFd fd, uint32_t flags,
                            GuestPtr path, uint64_t path_len, GuestPtr stat) {
  SLIPWAY_TRY(const PathArgument argument, LoadPath(guest, fd, path, path_len));
  SLIPWAY_TRY(const OwnedFd object, FindObject(guest, argument, flags));
  struct stat st;
  if (::fstat(object.get(), &st) != 0) return Errno::Last();
  const Filestat found = ToFilestat(st, object.get());
  if (guest.unstable) return guest.memory.Store(stat, ToUnstable(found));
  return guest.memory.Store(stat, found);
}

SysStatus path_filestat_set_times(Guest& guest, WasiFd fd, uint32_t flags,
                                  GuestPtr path, uint64_t path_len,
                                  uint64_t atim, uint64_t mtim,
                                  uint32_t fst_flags) {
  SLIPWAY_TRY(const PathArgument argument, LoadPath(guest, fd, path, path_len));
  SLIPWAY_TRY(const auto times, FileTimes(atim, mtim, fst_flags));
  SLIPWAY_TRY(const OwnedFd object, FindObject(guest, argument, flags));
  SLIPWAY_CHECK_OK(guest.vfs.CheckWritable(argument.directory->descriptor));
  // The C library has no form for a descriptor of O_PATH.
  if (::syscall(SYS_utimensat, object.get(), "", times.data(), AT_EMPTY_PATH) !=
      0) {
    return Errno::Last();
  }
  return Done{};
}

}  // namespace slipway::wasi
