// An atomic compare-and-exchange on guest memory that survives a fault, for
// futex words that the host writes on a thread's behalf. Plain copies are
// engine::GuardedCopy.

#ifndef SLIPWAY_RUNTIME_HOST_GUARDED_EXCHANGE_H_
#define SLIPWAY_RUNTIME_HOST_GUARDED_EXCHANGE_H_

#include <cstdint>
#include <optional>

namespace slipway::host {

// Tells the engine's fault handler about the code below. Once per process,
// before the first use; false when the engine's registry is full.
bool InstallGuardedExchange();

// Atomically replaces *at by `desired` if it is `expected`. Returns what was
// there, or nothing when the page cannot be written. `at` is 4-byte aligned.
std::optional<uint32_t> GuardedCompareExchange(void* at, uint32_t expected,
                                               uint32_t desired);

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_GUARDED_EXCHANGE_H_
