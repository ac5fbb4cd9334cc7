// Reading, writing and positions. Data goes between the kernel and guest memory
// directly. See readv(2), lseek(2), posix_fadvise(2), fallocate(2).

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <iterator>
#include <vector>

#include "runtime/host/interruptible.h"
#include "runtime/wasi/handlers.h"

namespace slipway::wasi {
namespace {

using host::InterruptibleSyscall;

// readv(2) and its family, with the arguments that follow the vector.
template <typename... Rest>
SysStatus Transfer(Guest& guest, long number, WasiFd fd, GuestPtr iovs,
                   uint64_t iovs_len, GuestPtr transferred, Rest... rest) {
  SLIPWAY_TRY(File* const file, guest.files.Find(fd));
  SLIPWAY_TRY(std::vector<iovec> vector,
              guest.memory.LoadVector(iovs, iovs_len));
  SLIPWAY_TRY(const int64_t bytes,
              host::FromKernel(InterruptibleSyscall(
                  number, file->fd(), vector.data(), vector.size(), rest...)));
  return guest.memory.StoreWord(transferred, static_cast<uint64_t>(bytes));
}

SysStatus Seek(Guest& guest, WasiFd fd, int64_t offset, int whence,
               GuestPtr position) {
  const bool moves = offset != 0 || whence != SEEK_CUR;
  SLIPWAY_TRY(
      File* const file,
      guest.files.Find(fd, moves ? fd_right::FD_SEEK : fd_right::FD_TELL));
  const off_t now = ::lseek(file->fd(), offset, whence);
  if (now < 0) return Errno::Last();
  return guest.memory.Store(position, static_cast<uint64_t>(now));
}

}  // namespace

SysStatus fd_read(Guest& guest, WasiFd fd, GuestPtr iovs, uint64_t iovs_len,
                  GuestPtr nread) {
  return Transfer(guest, SYS_readv, fd, iovs, iovs_len, nread);
}

SysStatus fd_write(Guest& guest, WasiFd fd, GuestPtr iovs, uint64_t iovs_len,
                   GuestPtr nwritten) {
  return Transfer(guest, SYS_writev, fd, iovs, iovs_len, nwritten);
}

SysStatus fd_pread(Guest& guest, WasiFd fd, GuestPtr iovs, uint64_t iovs_len,
                   uint64_t offset, GuestPtr nread) {
  return Transfer(guest, SYS_preadv, fd, iovs, iovs_len, nread, offset, 0);
}

SysStatus fd_pwrite(Guest& guest, WasiFd fd, GuestPtr iovs, uint64_t iovs_len,
                    uint64_t offset, GuestPtr nwritten) {
  return Transfer(guest, SYS_pwritev, fd, iovs, iovs_len, nwritten, offset, 0);
}

SysStatus fd_seek(Guest& guest, WasiFd fd, int64_t offset, uint32_t whence,
                  GuestPtr newoffset) {
  constexpr int kOrigins[] = {SEEK_SET, SEEK_CUR, SEEK_END};
  constexpr int kUnstableOrigins[] = {SEEK_CUR, SEEK_END, SEEK_SET};
  if (whence >= std::size(kOrigins)) return Errno{EINVAL};
  const int origin =
      guest.unstable ? kUnstableOrigins[whence] : kOrigins[whence];
  return Seek(guest, fd, offset, origin, newoffset);
}

SysStatus fd_tell(Guest& guest, WasiFd fd, GuestPtr offset) {
  return Seek(guest, fd, 0, SEEK_CUR, offset);
}

SysStatus fd_advise(Guest& guest, WasiFd fd, uint64_t offset, uint64_t len,
                    uint32_t advice) {
  constexpr int kAdvice[] = {POSIX_FADV_NORMAL,   POSIX_FADV_SEQUENTIAL,
                             POSIX_FADV_RANDOM,   POSIX_FADV_WILLNEED,
                             POSIX_FADV_DONTNEED, POSIX_FADV_NOREUSE};
  SLIPWAY_TRY(File* const file, guest.files.Find(fd));
  if (advice >= std::size(kAdvice)) return Errno{EINVAL};
  if (offset > INT64_MAX || len > INT64_MAX - offset) return Errno{EINVAL};
  const int error = ::posix_fadvise(file->fd(), static_cast<off_t>(offset),
                                    static_cast<off_t>(len), kAdvice[advice]);
  if (error != 0) return Errno{error};
  return Done{};
}

SysStatus fd_allocate(Guest& guest, WasiFd fd, uint64_t offset, uint64_t len) {
  SLIPWAY_TRY(File* const file, guest.files.Find(fd));
  SLIPWAY_CHECK_OK(host::FromKernel(
      InterruptibleSyscall(SYS_fallocate, file->fd(), 0, offset, len)));
  return Done{};
}

SysStatus fd_datasync(Guest& guest, WasiFd fd) {
  SLIPWAY_TRY(File* const file, guest.files.Find(fd));
  if (::fdatasync(file->fd()) != 0) return Errno::Last();
  return Done{};
}

SysStatus fd_sync(Guest& guest, WasiFd fd) {
  SLIPWAY_TRY(File* const file, guest.files.Find(fd));
  if (::fsync(file->fd()) != 0) return Errno::Last();
  return Done{};
}

}  // namespace slipway::wasi
