// memory.atomic.wait and notify (threads proposal): waiters queue up by
// address in a fixed number of buckets, each with its lock, so that comparing
// the value and queueing is one step for 32-bit and 64-bit values alike. Each
// waiter sleeps on a futex of its own.
//
// Works between the threads of a process. A waiter that a signal wakes goes on
// waiting for what is left of its time.

#ifndef SLIPWAY_RUNTIME_ENGINE_WAIT_H_
#define SLIPWAY_RUNTIME_ENGINE_WAIT_H_

#include <cstdint>

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

// fork() support (see fork.h). In the child nobody waits.
void LockWaitersForFork();
void UnlockWaitersAfterFork(bool in_child);

}  // namespace slipway::engine

#endif  // SLIPWAY_RUNTIME_ENGINE_WAIT_H_
