// Handlers that come down to one system call of the host.

#ifndef SLIPWAY_RUNTIME_SYSCALLS_KERNEL_CALL_H_
#define SLIPWAY_RUNTIME_SYSCALLS_KERNEL_CALL_H_

#include <unistd.h>

#include "runtime/host/interruptible.h"
#include "runtime/host/sys_result.h"

namespace slipway::sys {

// For calls that do not wait for anybody.
template <typename... Arguments>
host::SysResult<int64_t> CallKernel(long number, Arguments... arguments) {
  const long result = ::syscall(number, arguments...);
  if (result < 0) return host::Errno::Last();
  return result;
}

// For calls that may wait: a signal for the guest ends them with EINTR.
template <typename... Arguments>
host::SysResult<int64_t> WaitInKernel(long number, Arguments... arguments) {
  return host::FromKernel(host::InterruptibleSyscall(number, arguments...));
}

}  // namespace slipway::sys

#endif  // SLIPWAY_RUNTIME_SYSCALLS_KERNEL_CALL_H_
