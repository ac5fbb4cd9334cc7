// How a guest ends that did not exit: killed by the signal that a native
// program would have died of, so that its parent sees the same status.

#ifndef SLIPWAY_RUNTIME_HOST_DEATH_H_
#define SLIPWAY_RUNTIME_HOST_DEATH_H_

#include <string_view>

#include "runtime/engine/invoke.h"

namespace slipway::host {

// Dies of `signal` by its default action, without a core dump (it would hold
// the whole reservation). Async-signal-safe.
[[noreturn]] void DieOfSignal(int signal);

// Reports what ended guest code (a trap or an uncaught exception) on standard
// error, with the program's name and the guest's backtrace, and dies of the
// trap's signal (SIGABRT for an exception). Precondition: outcome is kTrapped
// or kException.
[[noreturn]] void DieOfOutcome(std::string_view program,
                               const engine::Outcome& outcome);

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_DEATH_H_
