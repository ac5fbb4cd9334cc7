#include "runtime/syscalls/dispatch.h"

#include "runtime/engine/thread.h"
#include "runtime/host/descriptor_table.h"
#include "runtime/host/interruptible.h"
#include "runtime/host/signal_delivery.h"
#include "runtime/sandbox/policy.h"

namespace slipway::sys {

namespace {

// What the row answers, without regard to signals.
SysResult<int64_t> Perform(const Row& row, Call& call,
                           const int64_t* arguments) {
  if (row.apply == nullptr) return Errno{row.refusal};
  const sandbox::Policy& policy = call.process.policy;
  if (!policy.rights.Has(row.right)) [[unlikely]] {
    const std::string right(sandbox::RightName(row.right));
    policy.NoteDenial(row.name, "--allow " + right);
    return Errno{EPERM};
  }
  return row.apply(call, arguments);
}

bool SignalPending() {
  return host::signal_pending.load(std::memory_order_relaxed) != 0;
}

// Runs the call until no signal asks for another run of it.
SysResult<int64_t> PerformAndDeliver(const Row& row, host::Process& process,
                                     host::Thread& thread,
                                     const int64_t* arguments) {
  while (true) {
    Call call{process, thread};
    const SysResult<int64_t> result = Perform(row, call, arguments);
    process.files.EndCall();
    if (!SignalPending()) [[likely]]
      return result;
    const bool restart = host::DeliverPendingSignals(thread);
    const bool interrupted = !result.ok() && result.error() == Errno{EINTR};
    if (call.not_made) continue;
    if (!(interrupted && restart && call.restartable && !row.never_restarts)) {
      return result;
    }
  }
}

}  // namespace

int64_t Dispatch(const Row& row, host::Process& process,
                 const int64_t* arguments) {
  host::Thread& thread = host::Thread::Current();
  engine::Thread& engine = *thread.engine;
  engine.CheckHostStack();
  engine.set_in_host(true);
  const SysResult<int64_t> result =
      PerformAndDeliver(row, process, thread, arguments);
  engine.set_in_host(false);
  // One that came after the last look and before in_host was cleared.
  while (SignalPending()) [[unlikely]] {
    engine.set_in_host(true);
    host::DeliverPendingSignals(thread);
    engine.set_in_host(false);
  }
  return result.ok() ? *result : -int64_t{result.error().code};
}

}  // namespace slipway::sys
