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

bool MustRepeat(const Row& row, const Call& call,
                const SysResult<int64_t>& result, bool restart) {
  if (call.not_made) return true;
  const bool interrupted = !result.ok() && result.error() == Errno{EINTR};
  return interrupted && restart && call.restartable && !row.never_restarts;
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
  bool restart = host::DeliverPendingSignals(call.thread);
  bool repeat = MustRepeat(row, call, result, restart);
  while (repeat) {
    Call again{call.process, call.thread};
    result = Perform(row, again, arguments);
    call.process.files.EndCall();
    if (!SignalPending()) return result;
    restart = host::DeliverPendingSignals(call.thread);
    repeat = MustRepeat(row, again, result, restart);
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
