// Reading, writing and positions of open files. Data goes between the kernel
// and guest memory directly. See read(2), readv(2), lseek(2), fallocate(2).

#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/host/descriptor_table.h"
#include "runtime/host/iovec.h"
#include "runtime/host/vfs.h"
#include "runtime/syscalls/handlers.h"
#include "runtime/syscalls/kernel_call.h"

namespace slipway::sys {
namespace {

using host::Descriptor;
using host::FdKind;
using host::IoVector;

// What the runtime makes up is made anew when it is read from its start.
void Refresh(Call& call, GuestFd fd, Descriptor descriptor, int64_t offset) {
  const bool made_up = descriptor.kind == FdKind::kSynthetic ||
                       descriptor.kind == FdKind::kVirtualDirectory;
  if (made_up && offset == 0) (void)call.process.vfs.Refresh(fd, descriptor);
}

// A virtual directory's listing is the runtime's, not the guest's to read.
SysResult<int> ForReading(Call& call, GuestFd fd) {
  SLIPWAY_TRY(const Descriptor descriptor, call.process.files.Claim(fd));
  if (descriptor.kind == FdKind::kVirtualDirectory) return Errno{EISDIR};
  return fd.number;
}

SysResult<int> ForReadingAt(Call& call, GuestFd fd, int64_t offset) {
  SLIPWAY_TRY(const Descriptor descriptor, call.process.files.Claim(fd));
  if (descriptor.kind == FdKind::kVirtualDirectory) return Errno{EISDIR};
  Refresh(call, fd, descriptor, offset);
  return fd.number;
}

}  // namespace

SysResult<int64_t> read(Call& call, GuestFd fd, GuestPtr buf, uint64_t count) {
  SLIPWAY_TRY(const int file, ForReading(call, fd));
  SLIPWAY_TRY(void* const data, call.process.memory.ForKernel(buf, count));
  return WaitInKernel(SYS_read, file, data, count);
}

SysResult<int64_t> write(Call& call, GuestFd fd, GuestPtr buf, uint64_t count) {
  SLIPWAY_TRY(const int file, call.process.files.Host(fd));
  SLIPWAY_TRY(void* const data, call.process.memory.ForKernel(buf, count));
  return WaitInKernel(SYS_write, file, data, count);
}

SysResult<int64_t> pread64(Call& call, GuestFd fd, GuestPtr buf, uint64_t count,
                           int64_t offset) {
  SLIPWAY_TRY(const int file, ForReadingAt(call, fd, offset));
  SLIPWAY_TRY(void* const data, call.process.memory.ForKernel(buf, count));
  return WaitInKernel(SYS_pread64, file, data, count, offset);
}

SysResult<int64_t> pwrite64(Call& call, GuestFd fd, GuestPtr buf,
                            uint64_t count, int64_t offset) {
  SLIPWAY_TRY(const int file, call.process.files.Host(fd));
  SLIPWAY_TRY(void* const data, call.process.memory.ForKernel(buf, count));
  return WaitInKernel(SYS_pwrite64, file, data, count, offset);
}

SysResult<int64_t> readv(Call& call, GuestFd fd, GuestPtr iov,
                         uint64_t iovcnt) {
  SLIPWAY_TRY(const int file, ForReading(call, fd));
  SLIPWAY_TRY(IoVector data, IoVector::Load(call.process.memory, iov, iovcnt));
  return WaitInKernel(SYS_readv, file, data.data(), data.size());
}

SysResult<int64_t> writev(Call& call, GuestFd fd, GuestPtr iov,
                          uint64_t iovcnt) {
  SLIPWAY_TRY(const int file, call.process.files.Host(fd));
  SLIPWAY_TRY(IoVector data, IoVector::Load(call.process.memory, iov, iovcnt));
  return WaitInKernel(SYS_writev, file, data.data(), data.size());
}

// Of the two halves of an offset, a 64-bit kernel takes the first alone.
SysResult<int64_t> preadv(Call& call, GuestFd fd, GuestPtr iov, uint64_t iovcnt,
                          int64_t offset, int64_t) {
  SLIPWAY_TRY(const int file, ForReadingAt(call, fd, offset));
  SLIPWAY_TRY(IoVector data, IoVector::Load(call.process.memory, iov, iovcnt));
  return WaitInKernel(SYS_preadv, file, data.data(), data.size(), offset, 0);
}

SysResult<int64_t> pwritev(Call& call, GuestFd fd, GuestPtr iov,
                           uint64_t iovcnt, int64_t offset, int64_t) {
  SLIPWAY_TRY(const int file, call.process.files.Host(fd));
  SLIPWAY_TRY(IoVector data, IoVector::Load(call.process.memory, iov, iovcnt));
  return WaitInKernel(SYS_pwritev, file, data.data(), data.size(), offset, 0);
}

SysResult<int64_t> preadv2(Call& call, GuestFd fd, GuestPtr iov,
                           uint64_t iovcnt, int64_t offset, int64_t,
                           uint32_t flags) {
  SLIPWAY_TRY(const int file, ForReadingAt(call, fd, offset));
  SLIPWAY_TRY(IoVector data, IoVector::Load(call.process.memory, iov, iovcnt));
  return WaitInKernel(SYS_preadv2, file, data.data(), data.size(), offset, 0,
                      flags);
}

SysResult<int64_t> pwritev2(Call& call, GuestFd fd, GuestPtr iov,
                            uint64_t iovcnt, int64_t offset, int64_t,
                            uint32_t flags) {
  SLIPWAY_TRY(const int file, call.process.files.Host(fd));
  SLIPWAY_TRY(IoVector data, IoVector::Load(call.process.memory, iov, iovcnt));
  return WaitInKernel(SYS_pwritev2, file, data.data(), data.size(), offset, 0,
                      flags);
}

SysResult<int64_t> lseek(Call& call, GuestFd fd, int64_t offset,
                         int32_t whence) {
  SLIPWAY_TRY(const Descriptor descriptor, call.process.files.Claim(fd));
  if (whence == SEEK_SET) Refresh(call, fd, descriptor, offset);
  return CallKernel(SYS_lseek, fd.number, offset, whence);
}

SysResult<int64_t> fsync(Call& call, GuestFd fd) {
  SLIPWAY_TRY(const int file, call.process.files.Host(fd));
  return CallKernel(SYS_fsync, file);
}

SysResult<int64_t> fdatasync(Call& call, GuestFd fd) {
  SLIPWAY_TRY(const int file, call.process.files.Host(fd));
  return CallKernel(SYS_fdatasync, file);
}

SysResult<int64_t> syncfs(Call& call, GuestFd fd) {
  SLIPWAY_TRY(const int file, call.process.files.Host(fd));
  return CallKernel(SYS_syncfs, file);
}

SysResult<int64_t> sync(Call&) { return 0; }

SysResult<int64_t> sync_file_range(Call& call, GuestFd fd, int64_t offset,
                                   int64_t count, uint32_t flags) {
  SLIPWAY_TRY(const int file, call.process.files.Host(fd));
  return CallKernel(SYS_sync_file_range, file, offset, count, flags);
}

SysResult<int64_t> ftruncate(Call& call, GuestFd fd, int64_t length) {
  SLIPWAY_TRY(const int file, call.process.files.Host(fd));
  return CallKernel(SYS_ftruncate, file, length);
}

SysResult<int64_t> fallocate(Call& call, GuestFd fd, uint32_t mode,
                             int64_t offset, int64_t length) {
  SLIPWAY_TRY(const int file, call.process.files.Host(fd));
  return WaitInKernel(SYS_fallocate, file, mode, offset, length);
}

SysResult<int64_t> fadvise64(Call& call, GuestFd fd, int64_t offset,
                             uint64_t count, int32_t advice) {
  SLIPWAY_TRY(const int file, call.process.files.Host(fd));
  return CallKernel(SYS_fadvise64, file, offset, count, advice);
}

SysResult<int64_t> readahead(Call& call, GuestFd fd, int64_t offset,
                             uint64_t count) {
  SLIPWAY_TRY(const int file, call.process.files.Host(fd));
  return CallKernel(SYS_readahead, file, offset, count);
}

}  // namespace slipway::sys
