// memory.atomic.wait and notify (threads proposal): waiters queue up by
// address in a fixed number of buckets, each with its lock, so that comparing
// the value and queueing is one step for 32-bit and 64-bit values alike. Each
// waiter sleeps on a futex of its own.
//
// Works between the threads of a process. A waiter that is interrupted runs the
// embedder's hook (which handles the signal) and goes on waiting, in its place
// in the queue, for what is left of its time.

#ifndef SLIPWAY_RUNTIME_ENGINE_WAIT_H_
#define SLIPWAY_RUNTIME_ENGINE_WAIT_H_

#include <cstdint>

#include "runtime/engine/invoke.h"
#include "runtime/engine/thread.h"

namespace slipway::engine {

enum class WaitResult : uint32_t {
  kWoken = 0,
  kNotEqual = 1,
  kTimedOut = 2,
  kFault = 3,  // the address is not readable
};

// `timeout` in nanoseconds, negative for none. Preconditions: aligned.
WaitResult Wait32(const void* address, uint32_t expected, int64_t timeout);
WaitResult Wait64(const void* address, uint64_t expected, int64_t timeout);

// Wakes up to `count` waiters, first come first served; returns how many.
uint32_t Notify(const void* address, uint32_t count);

// --- Interrupting ---
// Called on the waiting thread, with no lock held, after InterruptWait. May run
// guest code. How that ended: kReturned lets the wait go on; with kExited or
// kException the thread waits no longer and its guest ends, or the exception is
// thrown, at the wait.
using InterruptHook = Outcome (*)(Thread& thread);
void SetInterruptHook(InterruptHook hook);

// For a signal handler that interrupted the calling thread: if it sleeps in a
// wait, or is about to, the hook is going to be called. False when it does not,
// so that it is up to the caller. Async-signal-safe.
bool InterruptWait();

// fork() support (see fork.h). In the child only the calling thread is left
// waiting, if its hook called fork.
void LockWaitersForFork();
void UnlockWaitersAfterFork(bool in_child);

}  // namespace slipway::engine

#endif  // SLIPWAY_RUNTIME_ENGINE_WAIT_H_
