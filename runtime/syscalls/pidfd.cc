// Descriptors of processes, for those of the guest's own tree. See
// pidfd_open(2), pidfd_send_signal(2).

#include "runtime/syscalls/pidfd.h"

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/host/descriptor_table.h"
#include "runtime/host/owned_fd.h"
#include "runtime/host/signal_send.h"
#include "runtime/syscalls/handlers.h"
#include "runtime/syscalls/kernel_call.h"
#include "runtime/syscalls/kernel_pointer.h"

namespace slipway::sys {

using host::FdKind;

SysStatus ClaimPidFd(Call& call, GuestFd fd) {
  SLIPWAY_TRY(const host::Descriptor descriptor, call.process.files.Claim(fd));
  if (descriptor.kind != FdKind::kProcess) return Errno{EBADF};
  return Done{};
}

// Looked at once it is open: from then on the number is nobody else's.
SysResult<int64_t> pidfd_open(Call& call, int32_t pid, uint32_t flags) {
  if (pid <= 0) return Errno{EINVAL};
  SLIPWAY_TRY(const int64_t fd, CallKernel(SYS_pidfd_open, pid, flags));
  host::OwnedFd opened(static_cast<int>(fd));
  SLIPWAY_CHECK_OK(host::CheckMaySignal(call.process, pid));
  return call.process.files.Adopt(opened.Release(), {FdKind::kProcess});
}

SysResult<int64_t> pidfd_send_signal(Call& call, GuestFd pidfd, int32_t signum,
                                     GuestPtr info, uint32_t flags) {
  SLIPWAY_CHECK_OK(ClaimPidFd(call, pidfd));
  SLIPWAY_TRY(void* const in,
              ForKernelOrNull(call.process.memory, info, sizeof(siginfo_t)));
  return CallKernel(SYS_pidfd_send_signal, pidfd.number, signum, in, flags);
}

}  // namespace slipway::sys
