// Waiting for descriptors: poll, select, epoll; and eventfd. Descriptors
// the guest does not own look closed: POLLNVAL, EBADF. See poll(2), select(2),
// epoll(7), eventfd(2).

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "runtime/host/descriptor_table.h"
#include "runtime/host/interruptible.h"
#include "runtime/host/poll_set.h"
#include "runtime/syscalls/handlers.h"
#include "runtime/syscalls/kernel_call.h"
#include "runtime/syscalls/kernel_pointer.h"
#include "runtime/syscalls/temporary_mask.h"

namespace slipway::sys {
namespace {

using host::FdKind;
using host::FdSets;
using host::InterruptibleSyscall;
using host::PollSet;

// ppoll. Linux leaves in `timeout` what remains.
SysResult<int64_t> Poll(Call& call, GuestPtr fds, uint64_t count,
                        timespec* timeout, const TemporaryMask& mask) {
  const GuestMemory& memory = call.process.memory;
  PollSet set;
  SLIPWAY_CHECK_OK(set.Load(memory, call.process.files, fds, count));
  const int64_t result = mask.Wait(call, [&] {
    return InterruptibleSyscall(SYS_ppoll, set.data(), set.size(), timeout,
                                mask.for_kernel(), TemporaryMask::kSize);
  });
  if (result >= 0) SLIPWAY_CHECK_OK(set.StoreEvents(memory, fds));
  return FromKernel(result);
}

struct GuestSets {
  GuestPtr read, write, except;
};

// select and pselect6.
SysResult<int64_t> Select(Call& call, int32_t count, GuestSets guest,
                          timespec* timeout, const TemporaryMask& mask) {
  const struct {
    const void* set;
    uint64_t size;
  } signals = {mask.for_kernel(), TemporaryMask::kSize};
  const GuestMemory& memory = call.process.memory;
  SLIPWAY_TRY(FdSets sets,
              FdSets::Load(memory, call.process.files, count,
                           {guest.read, guest.write, guest.except}));
  const int64_t result = mask.Wait(call, [&] {
    return InterruptibleSyscall(SYS_pselect6, sets.count(), sets.data(0),
                                sets.data(1), sets.data(2), timeout, &signals);
  });
  if (result >= 0) SLIPWAY_CHECK_OK(sets.Store(memory));
  return FromKernel(result);
}

// Stores what the kernel left of a timeout, best effort as Linux does it.
template <typename T>
void StoreRemaining(const GuestMemory& memory, GuestPtr at, const T& left) {
  if (!at.is_null()) (void)memory.Store(at, left);
}

SysResult<int64_t> EpollWait(Call& call, GuestFd epfd, GuestPtr events,
                             int32_t count, int64_t timeout_ms, GuestPtr mask,
                             uint64_t mask_size) {
  const GuestMemory& memory = call.process.memory;
  SLIPWAY_TRY(const int epoll, call.process.files.Host(epfd));
  if (count <= 0) return Errno{EINVAL};
  SLIPWAY_TRY(void* const out,
              memory.ForKernel(events, count * sizeof(epoll_event)));
  if (mask.is_null()) {
    return WaitInKernel(SYS_epoll_wait, epoll, out, count, timeout_ms);
  }
  SLIPWAY_TRY(const TemporaryMask signals,
              TemporaryMask::Load(call, mask, mask_size));
  return FromKernel(signals.Wait(call, [&] {
    return InterruptibleSyscall(SYS_epoll_pwait, epoll, out, count, timeout_ms,
                                signals.for_kernel(), TemporaryMask::kSize);
  }));
}

}  // namespace

SysResult<int64_t> poll(Call& call, GuestPtr fds, uint64_t count,
                        int32_t timeout) {
  const GuestMemory& memory = call.process.memory;
  PollSet set;
  SLIPWAY_CHECK_OK(set.Load(memory, call.process.files, fds, count));
  const int64_t result =
      InterruptibleSyscall(SYS_poll, set.data(), set.size(), timeout);
  if (result >= 0) SLIPWAY_CHECK_OK(set.StoreEvents(memory, fds));
  return FromKernel(result);
}

SysResult<int64_t> ppoll(Call& call, GuestPtr fds, uint64_t count,
                         GuestPtr timeout, GuestPtr mask, uint64_t sigsetsize) {
  const GuestMemory& memory = call.process.memory;
  SLIPWAY_TRY(const TemporaryMask signals,
              TemporaryMask::Load(call, mask, sigsetsize));
  if (timeout.is_null()) return Poll(call, fds, count, nullptr, signals);
  SLIPWAY_TRY(timespec limit, memory.Load<timespec>(timeout));
  const auto result = Poll(call, fds, count, &limit, signals);
  StoreRemaining(memory, timeout, limit);
  return result;
}

SysResult<int64_t> select(Call& call, int32_t count, GuestPtr readfds,
                          GuestPtr writefds, GuestPtr exceptfds,
                          GuestPtr timeout) {
  const GuestMemory& memory = call.process.memory;
  const GuestSets sets{readfds, writefds, exceptfds};
  if (timeout.is_null()) return Select(call, count, sets, nullptr, {});
  SLIPWAY_TRY(const timeval wanted, memory.Load<timeval>(timeout));
  if (wanted.tv_sec < 0 || wanted.tv_usec < 0) return Errno{EINVAL};
  // More than a second in tv_usec is allowed.
  timespec limit{0, wanted.tv_usec % 1'000'000 * 1000};
  if (__builtin_add_overflow(wanted.tv_sec, wanted.tv_usec / 1'000'000,
                             &limit.tv_sec)) {
    limit.tv_sec = INT64_MAX;
  }
  const auto result = Select(call, count, sets, &limit, {});
  StoreRemaining(memory, timeout, timeval{limit.tv_sec, limit.tv_nsec / 1000});
  return result;
}

SysResult<int64_t> pselect6(Call& call, int32_t count, GuestPtr readfds,
                            GuestPtr writefds, GuestPtr exceptfds,
                            GuestPtr timeout, GuestPtr mask) {
  struct MaskArgument {
    uint64_t set;
    uint64_t size;
  };
  const GuestMemory& memory = call.process.memory;
  const GuestSets sets{readfds, writefds, exceptfds};
  TemporaryMask signals;
  if (!mask.is_null()) {
    SLIPWAY_TRY(const MaskArgument wanted, memory.Load<MaskArgument>(mask));
    SLIPWAY_TRY(signals, TemporaryMask::Load(call, {wanted.set}, wanted.size));
  }
  if (timeout.is_null()) return Select(call, count, sets, nullptr, signals);
  SLIPWAY_TRY(timespec limit, memory.Load<timespec>(timeout));
  const auto result = Select(call, count, sets, &limit, signals);
  StoreRemaining(memory, timeout, limit);
  return result;
}

SysResult<int64_t> epoll_create(Call& call, int32_t size) {
  if (size <= 0) return Errno{EINVAL};
  return epoll_create1(call, 0);
}

SysResult<int64_t> epoll_create1(Call& call, uint32_t flags) {
  const int fd = ::epoll_create1(flags);
  if (fd < 0) return Errno::Last();
  return call.process.files.Adopt(fd, {FdKind::kEpoll});
}

SysResult<int64_t> epoll_ctl(Call& call, GuestFd epfd, int32_t op, GuestFd fd,
                             GuestPtr event) {
  SLIPWAY_TRY(const int epoll, call.process.files.Host(epfd));
  SLIPWAY_TRY(const int target, call.process.files.Host(fd));
  SLIPWAY_TRY(void* const in,
              ForKernelOrNull(call.process.memory, event, sizeof(epoll_event)));
  if (syscall(SYS_epoll_ctl, epoll, op, target, in) != 0) return Errno::Last();
  return 0;
}

SysResult<int64_t> epoll_wait(Call& call, GuestFd epfd, GuestPtr events,
                              int32_t count, int32_t timeout) {
  return EpollWait(call, epfd, events, count, timeout, GuestPtr{}, 0);
}

SysResult<int64_t> epoll_pwait(Call& call, GuestFd epfd, GuestPtr events,
                               int32_t count, int32_t timeout, GuestPtr mask,
                               uint64_t sigsetsize) {
  return EpollWait(call, epfd, events, count, timeout, mask, sigsetsize);
}

SysResult<int64_t> epoll_pwait2(Call& call, GuestFd epfd, GuestPtr events,
                                int32_t count, GuestPtr timeout, GuestPtr mask,
                                uint64_t sigsetsize) {
  const GuestMemory& memory = call.process.memory;
  SLIPWAY_TRY(const int epoll, call.process.files.Host(epfd));
  if (count <= 0) return Errno{EINVAL};
  SLIPWAY_TRY(void* const out,
              memory.ForKernel(events, count * sizeof(epoll_event)));
  SLIPWAY_TRY(void* const limit,
              ForKernelOrNull(memory, timeout, sizeof(timespec)));
  SLIPWAY_TRY(const TemporaryMask signals,
              TemporaryMask::Load(call, mask, sigsetsize));
  return FromKernel(signals.Wait(call, [&] {
    return InterruptibleSyscall(SYS_epoll_pwait2, epoll, out, count, limit,
                                signals.for_kernel(), TemporaryMask::kSize);
  }));
}

SysResult<int64_t> eventfd(Call& call, uint32_t value) {
  return eventfd2(call, value, 0);
}

SysResult<int64_t> eventfd2(Call& call, uint32_t value, uint32_t flags) {
  const int fd = ::eventfd(value, flags);
  if (fd < 0) return Errno::Last();
  return call.process.files.Adopt(fd, {FdKind::kEvent});
}

}  // namespace slipway::sys
