#include "runtime/syscalls/dispatch.h"

#include <string>

#include "runtime/host/signal_delivery.h"
#include "runtime/syscalls/dispatch_inline.h"

namespace slipway::sys {

namespace {

SysResult<int64_t> Perform(const Row& row, Call& call,
                           const int64_t* arguments) {
  if (row.apply == nullptr) return Errno{row.refusal};
  if (!call.process.policy.rights.Has(row.right)) {
    return Deny(row, call.process);
  }
  return row.apply(call, arguments);
}

// Delivers the signals that came during a call: whether to make it again. Linux
// runs the handler of a signal that came before it was asked and then does as
// it is asked; calls on regular files are never interrupted. A call that does
// nothing but wait may as well have begun to: cancellation relies on its EINTR.
bool DeliverAndRepeat(const Row& row, const Call& call,
                      const SysResult<int64_t>& result) {
  const bool not_made = host::signal_pending.load(std::memory_order_relaxed) ==
                        host::kCallNotMade;
  const bool restart = host::DeliverPendingSignals(call.thread);
  if (call.not_made) return true;
  const bool interrupted = !result.ok() && result.error() == Errno{EINTR};
  if (!interrupted || row.never_restarts) return false;
  return (not_made && !call.waits) || (restart && call.restartable);
}

}  // namespace

Errno Deny(const Row& row, const host::Process& process) {
  const std::string right(sandbox::RightName(row.right));
  process.policy.NoteDenial(row.name, "--allow " + right);
  return Errno{EPERM};
}

SysResult<int64_t> DeliverSignals(const Row& row, const Call& call,
                                  const int64_t* arguments,
                                  SysResult<int64_t> result) {
  bool repeat = DeliverAndRepeat(row, call, result);
  while (repeat) {
    Call again{call.process, call.thread};
    result = Perform(row, again, arguments);
    call.process.files.EndCall();
    if (!SignalPending()) return result;
    repeat = DeliverAndRepeat(row, again, result);
  }
  return result;
}

// In the host again, until there is none.
void DeliverLateSignals(host::Thread& thread) {
  while (SignalPending()) {
    thread.engine->set_in_host(true);
    host::DeliverPendingSignals(thread);
    thread.engine->set_in_host(false);
  }
}

int64_t Dispatch(const Row& row, host::Process& process,
                 const int64_t* arguments) {
  return DispatchInline(
      process, arguments, [&row]() -> const Row& { return row; },
      [&](Call& call) { return Perform(row, call, arguments); });
}

}  // namespace slipway::sys
