// The way of a call from the guest to its handler and back, for entry functions
// to inline. Only what every call needs is here: each function that a call
// returns through costs more than what is done in it, since the processor no
// longer knows the way back when the kernel returns.

#ifndef SLIPWAY_RUNTIME_SYSCALLS_DISPATCH_INLINE_H_
#define SLIPWAY_RUNTIME_SYSCALLS_DISPATCH_INLINE_H_

#include <cstdint>

#include "runtime/engine/thread.h"
#include "runtime/host/descriptor_table.h"
#include "runtime/host/interruptible.h"
#include "runtime/sandbox/policy.h"
#include "runtime/syscalls/dispatch.h"

namespace slipway::sys {

// Why the call was not made: EPERM, with the denial noted.
Errno Deny(const Row& row, const host::Process& process);
// Delivers the signals that came during `call`, and makes the call again as
// long as they ask for it.
SysResult<int64_t> DeliverSignals(const Row& row, const Call& call,
                                  const int64_t* arguments,
                                  SysResult<int64_t> result);
// Delivers those that came after that.
void DeliverLateSignals(host::Thread& thread);

inline bool SignalPending() {
  return host::signal_pending.load(std::memory_order_relaxed) != 0;
}

// `perform`: SysResult<int64_t>(Call&), what the row answers without regard to
// signals. `row`: const Row&(), for what is rarely needed.
template <typename RowOf, typename Perform>
[[gnu::always_inline]] inline int64_t DispatchInline(host::Process& process,
                                                     const int64_t* arguments,
                                                     RowOf row,
                                                     Perform perform) {
  host::Thread& thread = host::Thread::Current();
  engine::Thread& engine = *thread.engine;
  engine.CheckHostStack();
  engine.set_in_host(true);
  Call call{process, thread};
  SysResult<int64_t> result = perform(call);
  process.files.EndCall();
  if (SignalPending()) [[unlikely]] {
    result = DeliverSignals(row(), call, arguments, result);
  }
  engine.set_in_host(false);
  if (SignalPending()) [[unlikely]] {
    DeliverLateSignals(thread);
  }
  return result.ok() ? *result : -int64_t{result.error().code};
}

}  // namespace slipway::sys

#endif  // SLIPWAY_RUNTIME_SYSCALLS_DISPATCH_INLINE_H_
