// Descriptors, their rights, and what they refer to. See fcntl(2), fstat(2),
// ftruncate(2), futimens(3).

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/wasi/filestat.h"
#include "runtime/wasi/handlers.h"
#include "runtime/wasi/open_flags.h"

namespace slipway::wasi {

SysStatus fd_close(Guest& guest, WasiFd fd) { return guest.files.Close(fd); }

SysStatus fd_renumber(Guest& guest, WasiFd fd, WasiFd to) {
  return guest.files.Renumber(fd, to);
}

SysStatus fd_fdstat_get(Guest& guest, WasiFd fd, GuestPtr stat) {
  SLIPWAY_TRY(File* const file, guest.files.Find(fd));
  const int status = ::fcntl(file->fd(), F_GETFL);
  if (status < 0) return Errno::Last();
  Fdstat found{};
  found.filetype = file->type;
  found.flags = static_cast<uint16_t>(ToFdflags(status));
  found.rights_base = file->rights.base;
  found.rights_inheriting = file->rights.inheriting;
  return guest.memory.Store(stat, found);
}

SysStatus fd_fdstat_set_flags(Guest& guest, WasiFd fd, uint32_t flags) {
  constexpr uint32_t kSettable = fdflag::kAppend | fdflag::kNonblock;
  SLIPWAY_TRY(File* const file, guest.files.Find(fd));
  if ((flags & ~fdflag::kAll) != 0) return Errno{EINVAL};
  const int status = ::fcntl(file->fd(), F_GETFL);
  if (status < 0) return Errno::Last();
  const uint32_t open_flags = ToOpenFlags(flags);
  const uint32_t changed =
      ToFdflags(static_cast<int>(open_flags)) ^ ToFdflags(status);
  if ((changed & ~kSettable) != 0) return Errno{EOPNOTSUPP};
  const int wanted = (status & ~(O_APPEND | O_NONBLOCK)) |
                     static_cast<int>(open_flags & (O_APPEND | O_NONBLOCK));
  if (::fcntl(file->fd(), F_SETFL, wanted) != 0) return Errno::Last();
  return Done{};
}

SysStatus fd_fdstat_set_rights(Guest& guest, WasiFd fd, uint64_t base,
                               uint64_t inheriting) {
  SLIPWAY_TRY(File* const file, guest.files.Find(fd));
  if ((base & ~file->rights.base) != 0 ||
      (inheriting & ~file->rights.inheriting) != 0) {
    return kNotCapable;
  }
  file->rights = {base, inheriting};
  return Done{};
}

SysStatus fd_filestat_get(Guest& guest, WasiFd fd, GuestPtr stat) {
  SLIPWAY_TRY(File* const file, guest.files.Find(fd));
  struct stat st;
  if (::fstat(file->fd(), &st) != 0) return Errno::Last();
  const Filestat found = ToFilestat(st, file->fd());
  if (guest.unstable) return guest.memory.Store(stat, ToUnstable(found));
  return guest.memory.Store(stat, found);
}

SysStatus fd_filestat_set_size(Guest& guest, WasiFd fd, uint64_t size) {
  SLIPWAY_TRY(File* const file, guest.files.Find(fd));
  if (::ftruncate(file->fd(), static_cast<off_t>(size)) != 0) {
    return Errno::Last();
  }
  return Done{};
}

SysStatus fd_filestat_set_times(Guest& guest, WasiFd fd, uint64_t atim,
                                uint64_t mtim, uint32_t fst_flags) {
  SLIPWAY_TRY(File* const file, guest.files.Find(fd));
  SLIPWAY_TRY(const auto times, FileTimes(atim, mtim, fst_flags));
  SLIPWAY_CHECK_OK(guest.vfs.CheckWritable(file->descriptor));
  if (::futimens(file->fd(), times.data()) != 0) return Errno::Last();
  return Done{};
}

}  // namespace slipway::wasi
