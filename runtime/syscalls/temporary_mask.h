// The signal mask that sigsuspend, ppoll, pselect and epoll_pwait wait with.
// See sigsuspend(2), ppoll(2).
//
//   SLIPWAY_TRY(TemporaryMask mask, TemporaryMask::Load(call, set, size));
//   return mask.Wait(call, [&] {
//     return InterruptibleSyscall(SYS_ppoll, …, mask.for_kernel(),
//     mask.size());
//   });

#ifndef SLIPWAY_RUNTIME_SYSCALLS_TEMPORARY_MASK_H_
#define SLIPWAY_RUNTIME_SYSCALLS_TEMPORARY_MASK_H_

#include <cerrno>
#include <optional>

#include "runtime/host/signals.h"
#include "runtime/syscalls/call.h"

namespace slipway::sys {

class TemporaryMask {
 public:
  static constexpr uint64_t kSize = sizeof(host::SignalMask);

  // None: the thread's own mask stays.
  TemporaryMask() = default;
  // None as well for a null pointer. EINVAL for a mask of another size, EFAULT.
  static SysResult<TemporaryMask> Load(Call& call, GuestPtr mask,
                                       uint64_t size) {
    TemporaryMask result;
    if (mask.is_null()) return result;
    if (size != kSize) return Errno{EINVAL};
    SLIPWAY_TRY(result.guest_,
                call.process.memory.Load<host::SignalMask>(mask));
    result.kernel_ = host::KernelMask(*result.guest_);
    return result;
  }

  const void* for_kernel() const {
    return guest_.has_value() ? &kernel_ : nullptr;
  }

  // Makes the call, which takes for_kernel(), and returns its result.
  template <typename Function>
  int64_t Wait(Call& call, Function function) const {
    if (!guest_.has_value()) return function();
    host::BeginTemporaryMask(call.thread, *guest_);
    const int64_t result = function();
    call.not_made = !host::EndTemporaryMask(call.thread, result == -EINTR);
    return result;
  }

 private:
  std::optional<host::SignalMask> guest_;
  host::SignalMask kernel_ = 0;
};

}  // namespace slipway::sys

#endif  // SLIPWAY_RUNTIME_SYSCALLS_TEMPORARY_MASK_H_
