// The handlers of SIGSEGV, SIGBUS, SIGILL and SIGFPE. They run on the thread's
// signal stack and decide whose fault it is:
//   - the PC in a fix-up range: resume at its landing (address_registry.h);
//   - a ud1 in generated code: the trap that it encodes;
//   - an address in a memory's reservation, from generated code or from the
//     engine working for it (not in_host): kMemoryOutOfBounds;
//   - an address below 4096 from generated code: kNullReference;
//   - the guard below the guest's stack, not in_host: kStackExhausted;
//   - anything else, or a signal somebody sent: not ours. The action that was
//     installed before us is restored and the instruction runs again, so the
//     process dies honestly (or the sanitizer reports).
// A guest's fault first goes to the fault hook, then ends the nearest Invoke.

#ifndef SLIPWAY_RUNTIME_ENGINE_FAULT_HANDLER_H_
#define SLIPWAY_RUNTIME_ENGINE_FAULT_HANDLER_H_

#include <signal.h>
#include <ucontext.h>

#include <cstdint>

#include "absl/status/status.h"
#include "runtime/engine/thread.h"
#include "runtime/engine/trap.h"

namespace slipway::engine {

struct Fault {
  Thread& thread;
  object::TrapCode code;
  uintptr_t pc;
  const Memory* memory;    // null when no linear memory is involved
  uint64_t guest_address;  // in `memory`
  const siginfo_t& info;
};

// Returns true when it dealt with the fault: execution then continues with
// `context`, which it may have changed. Called on the signal stack with all
// asynchronous signals blocked. False lets the trap take its course.
using FaultHook = bool (*)(const Fault& fault, ucontext_t* context);
void SetFaultHook(FaultHook hook);

// Installs the handlers, once per process; later calls do nothing.
absl::Status InstallFaultHandlers();

// The signal mask, flags and handler the engine uses for the four signals,
// for a host layer that must re-install them (after fork they are inherited).
bool IsFaultSignal(int signal);

}  // namespace slipway::engine

#endif  // SLIPWAY_RUNTIME_ENGINE_FAULT_HANDLER_H_
