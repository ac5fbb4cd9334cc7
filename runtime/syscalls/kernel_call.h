// Handlers that come down to one system call of the host.

#ifndef SLIPWAY_RUNTIME_SYSCALLS_KERNEL_CALL_H_
#define SLIPWAY_RUNTIME_SYSCALLS_KERNEL_CALL_H_

#include "runtime/host/interruptible.h"
#include "runtime/host/raw_syscall.h"
#include "runtime/host/sys_result.h"

namespace slipway::sys {

// For calls that do not wait for anybody.
template <typename... Arguments>
[[gnu::always_inline]] inline host::SysResult<int64_t> CallKernel(
    long number, Arguments... arguments) {
  return host::FromKernel(host::RawSyscall(number, arguments...));
}

// For calls that may wait: a signal for the guest ends them with EINTR.
template <typename... Arguments>
[[gnu::always_inline]] inline host::SysResult<int64_t> WaitInKernel(
    long number, Arguments... arguments) {
  return host::FromKernel(host::InterruptibleSyscall(number, arguments...));
}

}  // namespace slipway::sys

#endif  // SLIPWAY_RUNTIME_SYSCALLS_KERNEL_CALL_H_
