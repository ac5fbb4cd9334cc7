// Moving data between descriptors inside the kernel. See sendfile(2),
// copy_file_range(2), splice(2), tee(2), vmsplice(2).

#include <sys/syscall.h>

#include "runtime/host/descriptor_table.h"
#include "runtime/host/iovec.h"
#include "runtime/syscalls/handlers.h"
#include "runtime/syscalls/kernel_call.h"
#include "runtime/syscalls/kernel_pointer.h"

namespace slipway::sys {
namespace {

struct Pair {
  int in;
  int out;
};

SysResult<Pair> FindBoth(Call& call, GuestFd in, GuestFd out) {
  SLIPWAY_TRY(const int from, call.process.files.Host(in));
  SLIPWAY_TRY(const int to, call.process.files.Host(out));
  return Pair{from, to};
}

SysResult<void*> OffsetPointer(Call& call, GuestPtr at) {
  return ForKernelOrNull(call.process.memory, at, sizeof(int64_t));
}

}  // namespace

SysResult<int64_t> sendfile(Call& call, GuestFd out_fd, GuestFd in_fd,
                            GuestPtr offset, uint64_t count) {
  SLIPWAY_TRY(const Pair fds, FindBoth(call, in_fd, out_fd));
  SLIPWAY_TRY(void* const position, OffsetPointer(call, offset));
  return WaitInKernel(SYS_sendfile, fds.out, fds.in, position, count);
}

SysResult<int64_t> copy_file_range(Call& call, GuestFd in_fd,
                                   GuestPtr in_offset, GuestFd out_fd,
                                   GuestPtr out_offset, uint64_t count,
                                   uint32_t flags) {
  SLIPWAY_TRY(const Pair fds, FindBoth(call, in_fd, out_fd));
  SLIPWAY_TRY(void* const in_position, OffsetPointer(call, in_offset));
  SLIPWAY_TRY(void* const out_position, OffsetPointer(call, out_offset));
  return WaitInKernel(SYS_copy_file_range, fds.in, in_position, fds.out,
                      out_position, count, flags);
}

SysResult<int64_t> splice(Call& call, GuestFd in_fd, GuestPtr in_offset,
                          GuestFd out_fd, GuestPtr out_offset, uint64_t count,
                          uint32_t flags) {
  SLIPWAY_TRY(const Pair fds, FindBoth(call, in_fd, out_fd));
  SLIPWAY_TRY(void* const in_position, OffsetPointer(call, in_offset));
  SLIPWAY_TRY(void* const out_position, OffsetPointer(call, out_offset));
  return WaitInKernel(SYS_splice, fds.in, in_position, fds.out, out_position,
                      count, flags);
}

SysResult<int64_t> tee(Call& call, GuestFd in_fd, GuestFd out_fd,
                       uint64_t count, uint32_t flags) {
  SLIPWAY_TRY(const Pair fds, FindBoth(call, in_fd, out_fd));
  return WaitInKernel(SYS_tee, fds.in, fds.out, count, flags);
}

// The pipe keeps the pages alive, whatever the guest does with its mapping.
SysResult<int64_t> vmsplice(Call& call, GuestFd fd, GuestPtr iov,
                            uint64_t iovcnt, uint32_t flags) {
  SLIPWAY_TRY(const int pipe, call.process.files.Host(fd));
  SLIPWAY_TRY(auto data,
              host::IoVector::Load(call.process.memory, iov, iovcnt));
  return WaitInKernel(SYS_vmsplice, pipe, data.data(), data.size(), flags);
}

}  // namespace slipway::sys
