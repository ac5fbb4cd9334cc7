// Clocks, sleeping and POSIX timers. Structs and timer ids are the kernel's.
// See clock_gettime(2), clock_nanosleep(2), timer_create(2), timerfd_create(2).

#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <csignal>

#include "runtime/host/descriptor_table.h"
#include "runtime/host/interruptible.h"
#include "runtime/syscalls/handlers.h"
#include "runtime/syscalls/kernel_pointer.h"

namespace slipway::sys {
namespace {

using host::InterruptibleSyscall;

// Positive ids are the fixed clocks. A negative one packs a pid or tid and a
// kind of CPU clock (include/linux/posix-timers.h); the kernel confines those
// of threads to the caller's process, and we those of processes. Kind 3 is a
// clock device's descriptor, which a guest cannot have.
bool IsGuestClock(int32_t clock) {
  constexpr int kClockDevice = 3;
  constexpr int kPerThread = 4;
  if (clock >= 0) return true;
  if ((clock & 7) == kClockDevice) return false;
  const pid_t pid = ~(clock >> 3);
  return (clock & kPerThread) != 0 || pid == 0 || pid == ::getpid();
}

// Sleeps, and stores what remains when a signal ends a relative sleep.
SysResult<int64_t> Sleep(Call& call, int32_t clock, uint32_t flags,
                         GuestPtr request, GuestPtr remain) {
  const GuestMemory& memory = call.process.memory;
  SLIPWAY_TRY(const timespec wanted, memory.Load<timespec>(request));
  timespec left = wanted;  // unless the kernel says otherwise
  const int64_t result =
      InterruptibleSyscall(SYS_clock_nanosleep, clock, flags, &wanted, &left);
  const bool relative = (flags & TIMER_ABSTIME) == 0;
  if (result == -EINTR && relative && !remain.is_null()) {
    SLIPWAY_CHECK_OK(memory.Store(remain, left));
  }
  return FromKernel(result);
}

}  // namespace

SysResult<int64_t> clock_gettime(Call& call, int32_t clock, GuestPtr time) {
  if (!IsGuestClock(clock)) return Errno{EINVAL};
  timespec now;
  if (::clock_gettime(clock, &now) != 0) return Errno::Last();
  SLIPWAY_CHECK_OK(call.process.memory.Store(time, now));
  return 0;
}

SysResult<int64_t> clock_getres(Call& call, int32_t clock,
                                GuestPtr resolution) {
  if (!IsGuestClock(clock)) return Errno{EINVAL};
  timespec value;
  if (::clock_getres(clock, &value) != 0) return Errno::Last();
  if (resolution.is_null()) return 0;
  SLIPWAY_CHECK_OK(call.process.memory.Store(resolution, value));
  return 0;
}

SysResult<int64_t> clock_nanosleep(Call& call, int32_t clock, uint32_t flags,
                                   GuestPtr request, GuestPtr remain) {
  if (!IsGuestClock(clock)) return Errno{EINVAL};
  return Sleep(call, clock, flags, request, remain);
}

SysResult<int64_t> nanosleep(Call& call, GuestPtr request, GuestPtr remain) {
  return Sleep(call, CLOCK_MONOTONIC, 0, request, remain);
}

SysResult<int64_t> gettimeofday(Call& call, GuestPtr time, GuestPtr zone) {
  const GuestMemory& memory = call.process.memory;
  timeval now;
  struct timezone offset;
  if (::gettimeofday(&now, &offset) != 0) return Errno::Last();
  if (!time.is_null()) SLIPWAY_CHECK_OK(memory.Store(time, now));
  if (!zone.is_null()) SLIPWAY_CHECK_OK(memory.Store(zone, offset));
  return 0;
}

SysResult<int64_t> time(Call& call, GuestPtr at) {
  const int64_t now = ::time(nullptr);
  if (!at.is_null()) SLIPWAY_CHECK_OK(call.process.memory.Store(at, now));
  return now;
}

SysResult<int64_t> timer_create(Call& call, int32_t clock, GuestPtr event,
                                GuestPtr timer) {
  if (!IsGuestClock(clock)) return Errno{EINVAL};
  const GuestMemory& memory = call.process.memory;
  SLIPWAY_TRY(void* const in, ForKernelOrNull(memory, event, sizeof(sigevent)));
  SLIPWAY_TRY(void* const out, memory.ForKernel(timer, sizeof(int32_t)));
  if (syscall(SYS_timer_create, clock, in, out) != 0) return Errno::Last();
  return 0;
}

SysResult<int64_t> timer_settime(Call& call, int32_t timer, uint32_t flags,
                                 GuestPtr value, GuestPtr old_value) {
  const GuestMemory& memory = call.process.memory;
  SLIPWAY_TRY(void* const in,
              ForKernelOrNull(memory, value, sizeof(itimerspec)));
  SLIPWAY_TRY(void* const out,
              ForKernelOrNull(memory, old_value, sizeof(itimerspec)));
  if (syscall(SYS_timer_settime, timer, flags, in, out) != 0) {
    return Errno::Last();
  }
  return 0;
}

SysResult<int64_t> timer_gettime(Call& call, int32_t timer, GuestPtr value) {
  SLIPWAY_TRY(void* const out,
              call.process.memory.ForKernel(value, sizeof(itimerspec)));
  if (syscall(SYS_timer_gettime, timer, out) != 0) return Errno::Last();
  return 0;
}

SysResult<int64_t> timer_getoverrun(Call&, int32_t timer) {
  const int64_t count = syscall(SYS_timer_getoverrun, timer);
  if (count < 0) return Errno::Last();
  return count;
}

SysResult<int64_t> timer_delete(Call&, int32_t timer) {
  if (syscall(SYS_timer_delete, timer) != 0) return Errno::Last();
  return 0;
}

}  // namespace slipway::sys
