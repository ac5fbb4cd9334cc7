// A second chance for a signal that arrived while the thread was in neither
// guest code nor a host call (in the engine, say, copying memory for the
// guest): nobody looks at the slot soon, so a timer interrupts the thread again
// a moment later. Async-signal-safe; for the calling thread only.

#ifndef SLIPWAY_RUNTIME_HOST_SIGNAL_RETRY_H_
#define SLIPWAY_RUNTIME_HOST_SIGNAL_RETRY_H_

#include <csignal>

namespace slipway::host {

struct Thread;

// Arms the thread's timer; it fires once, as kRetrySignal.
void ArmRetry(Thread& thread);
// There is nothing left to deliver: the timer must not interrupt anything now.
void DisarmRetry(Thread& thread);
bool IsRetry(const siginfo_t& info);
// The kernel's timer goes with its thread (and is not inherited by a child);
// this frees it before.
void DeleteRetryTimer(Thread& thread);

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_SIGNAL_RETRY_H_
