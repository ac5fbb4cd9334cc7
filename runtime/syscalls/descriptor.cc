// Making, duplicating and closing descriptors. See close(2), dup(2), pipe(2),
// memfd_create(2).

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <string>

#include "runtime/host/descriptor_table.h"
#include "runtime/host/owned_fd.h"
#include "runtime/syscalls/handlers.h"
#include "runtime/syscalls/kernel_call.h"

namespace slipway::sys {
namespace {

using host::DescriptorTable;
using host::FdKind;
using host::OwnedFd;

}  // namespace

SysResult<int64_t> close(Call& call, GuestFd fd) {
  SLIPWAY_CHECK_OK(call.process.files.Close(fd));
  return 0;
}

SysResult<int64_t> close_range(Call& call, uint32_t first, uint32_t last,
                               uint32_t flags) {
  SLIPWAY_CHECK_OK(call.process.files.CloseRange(first, last, flags));
  return 0;
}

SysResult<int64_t> dup(Call& call, GuestFd oldfd) {
  return call.process.files.Duplicate(oldfd, 0, /*cloexec=*/false);
}

SysResult<int64_t> dup2(Call& call, GuestFd oldfd, GuestFd newfd) {
  DescriptorTable& files = call.process.files;
  if (oldfd.number == newfd.number) {
    SLIPWAY_CHECK_OK(files.Host(oldfd));
    return newfd.number;
  }
  return files.DuplicateTo(oldfd, newfd, /*cloexec=*/false);
}

SysResult<int64_t> dup3(Call& call, GuestFd oldfd, GuestFd newfd,
                        uint32_t flags) {
  if ((flags & ~uint32_t{O_CLOEXEC}) || oldfd.number == newfd.number) {
    return Errno{EINVAL};
  }
  return call.process.files.DuplicateTo(oldfd, newfd, flags & O_CLOEXEC);
}

SysResult<int64_t> pipe(Call& call, GuestPtr fds) {
  return pipe2(call, fds, 0);
}

SysResult<int64_t> pipe2(Call& call, GuestPtr fds, uint32_t flags) {
  DescriptorTable& files = call.process.files;
  int ends[2];
  if (::pipe2(ends, static_cast<int>(flags)) != 0) return Errno::Last();
  OwnedFd write_end(ends[1]);
  SLIPWAY_CHECK_OK(files.Adopt(ends[0], {FdKind::kPipe}));
  const GuestFd reader{ends[0]};
  auto adopted = files.Adopt(write_end.Release(), {FdKind::kPipe});
  if (!adopted.ok()) {
    (void)files.Close(reader).ok();
    return adopted.error();
  }
  if (auto stored = call.process.memory.Store(fds, ends); !stored.ok()) {
    (void)files.Close(reader).ok();
    (void)files.Close(GuestFd{ends[1]}).ok();
    return stored.error();
  }
  return 0;
}

SysResult<int64_t> memfd_create(Call& call, GuestPtr name, uint32_t flags) {
  constexpr size_t kMaxName = 250;  // with its NUL
  auto text = call.process.memory.LoadString(name, kMaxName);
  if (!text.ok()) {
    return Errno{text.error().code == ENAMETOOLONG ? EINVAL : EFAULT};
  }
  const int fd = ::memfd_create(text->c_str(), flags);
  if (fd < 0) return Errno::Last();
  return call.process.files.Adopt(fd, {FdKind::kMemory});
}

SysResult<int64_t> flock(Call& call, GuestFd fd, int32_t op) {
  SLIPWAY_TRY(const int file, call.process.files.Host(fd));
  return WaitInKernel(SYS_flock, file, op);
}

}  // namespace slipway::sys
