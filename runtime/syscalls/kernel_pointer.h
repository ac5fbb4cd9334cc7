// Guest structs that the kernel reads or writes itself: they have its layout,
// so a handler checks the range and passes the host address on.

#ifndef SLIPWAY_RUNTIME_SYSCALLS_KERNEL_POINTER_H_
#define SLIPWAY_RUNTIME_SYSCALLS_KERNEL_POINTER_H_

#include <cstddef>

#include "runtime/host/guest_memory.h"
#include "runtime/host/sys_result.h"

namespace slipway::sys {

// The address of `size` bytes for the kernel, null for a null guest pointer.
// EFAULT when the range leaves the reservation.
inline host::SysResult<void*> ForKernelOrNull(const host::GuestMemory& memory,
                                              host::GuestPtr at, size_t size) {
  if (at.is_null()) return static_cast<void*>(nullptr);
  return memory.ForKernel(at, size);
}

}  // namespace slipway::sys

#endif  // SLIPWAY_RUNTIME_SYSCALLS_KERNEL_POINTER_H_
