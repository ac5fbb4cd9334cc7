// Between the fault handler and CaptureBacktrace: unwinding a damaged stack may
// itself fault.

#ifndef SLIPWAY_RUNTIME_ENGINE_BACKTRACE_GUARD_H_
#define SLIPWAY_RUNTIME_ENGINE_BACKTRACE_GUARD_H_

namespace slipway::engine {

// Ends a CaptureBacktrace that is running on this thread, with the frames that
// it found so far (does not return then); returns when none is running.
// For the fault handler.
void RecoverBacktrace();

}  // namespace slipway::engine

#endif  // SLIPWAY_RUNTIME_ENGINE_BACKTRACE_GUARD_H_
