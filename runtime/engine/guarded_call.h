// Running host code of others, such as assembly, on guest memory in place: a
// fault there ends the call and nothing else. For loops of our own there are
// fix-ups (guarded_access.h), which cost nothing.

#ifndef SLIPWAY_RUNTIME_ENGINE_GUARDED_CALL_H_
#define SLIPWAY_RUNTIME_ENGINE_GUARDED_CALL_H_

#include <ucontext.h>

#include <cstdint>

namespace slipway::engine {

// Calls work(argument). False when it faulted at an address in the `size` bytes
// from `begin`; it then was left where it was, so it must hold no lock, own
// nothing and have no destructors to run. Does not nest. Thread-safe.
// Precondition: InstallFaultHandlers has been called.
bool GuardedCall(const void* begin, uint64_t size, void (*work)(void*),
                 void* argument);

// For the fault handler: whether the calling thread is in a GuardedCall that
// `address` is in the range of; `context` then continues at its end.
// Async-signal-safe.
bool LeaveGuardedCall(uintptr_t address, ucontext_t* context);

}  // namespace slipway::engine

#endif  // SLIPWAY_RUNTIME_ENGINE_GUARDED_CALL_H_
