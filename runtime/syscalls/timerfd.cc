// Timers that are descriptors. See timerfd_create(2).

#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "runtime/host/descriptor_table.h"
#include "runtime/syscalls/handlers.h"
#include "runtime/syscalls/kernel_pointer.h"

namespace slipway::sys {

SysResult<int64_t> timerfd_create(Call& call, int32_t clock, uint32_t flags) {
  const int fd = ::timerfd_create(clock, flags);
  if (fd < 0) return Errno::Last();
  return call.process.files.Adopt(fd, {host::FdKind::kTimer});
}

SysResult<int64_t> timerfd_settime(Call& call, GuestFd fd, uint32_t flags,
                                   GuestPtr value, GuestPtr old_value) {
  const GuestMemory& memory = call.process.memory;
  SLIPWAY_TRY(const int timer, call.process.files.Host(fd));
  SLIPWAY_TRY(void* const in, memory.ForKernel(value, sizeof(itimerspec)));
  SLIPWAY_TRY(void* const out,
              ForKernelOrNull(memory, old_value, sizeof(itimerspec)));
  if (syscall(SYS_timerfd_settime, timer, flags, in, out) != 0) {
    return Errno::Last();
  }
  return 0;
}

SysResult<int64_t> timerfd_gettime(Call& call, GuestFd fd, GuestPtr value) {
  SLIPWAY_TRY(const int timer, call.process.files.Host(fd));
  SLIPWAY_TRY(void* const out,
              call.process.memory.ForKernel(value, sizeof(itimerspec)));
  if (syscall(SYS_timerfd_gettime, timer, out) != 0) return Errno::Last();
  return 0;
}

}  // namespace slipway::sys
