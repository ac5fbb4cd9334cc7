// The handlers of SIGSEGV, SIGBUS, SIGILL and SIGFPE. They run on the thread's
// signal stack and decide whose fault it is:
//   - the PC in a fix-up range: resume at its landing (address_registry.h);
//   - the thread in a GuardedCall and the address in its range: end that call;
//   - the engine's own deliberate fault (RaiseTrap): the trap it asks for;
//   - a ud1 in generated code: the trap that it encodes;
//   - an address in a memory's reservation, from generated code or from the
//     engine working for it (not in_host): kMemoryOutOfBounds;
//   - an address below 4096 from generated code: kNullReference, or
//     kUninitializedElement when call_indirect was looking at the type;
//   - an integer division in generated code: kIntegerDivideByZero;
//   - the guard below the guest's stack, not in_host: kStackExhausted;
//   - anything else is not ours: the action that was installed before us is
//     restored and the instruction runs again, so that the process dies
//     honestly (or a sanitizer reports).
// A guest's fault first goes to the fault hook, then ends the nearest Invoke.
// The same signals sent by somebody (kill) go to the sent-signal hook.

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

// For a fault signal that was sent. False: the process dies of it.
using SentSignalHook = bool (*)(const siginfo_t& info, ucontext_t* context);
void SetSentSignalHook(SentSignalHook hook);

// Installs the handlers, once per process; later calls do nothing. They are
// inherited over fork.
absl::Status InstallFaultHandlers();

// Whether the engine handles the signal, so that nobody else may.
bool IsFaultSignal(int signal);

// For signal handlers that interrupted generated code (IsGuestCode(PC)) and
// this module's hooks: makes the interrupted context end its Invoke with
// kExited once the handler returns. Unlike ExitGuest this restores the signal
// mask. (ThrowException may be called in a handler as it is: unwinding crosses
// the signal frame. The handler restores the signal mask first.)
void ExitGuestFromSignal(Thread& thread, ucontext_t* context, int64_t value);

}  // namespace slipway::engine

#endif  // SLIPWAY_RUNTIME_ENGINE_FAULT_HANDLER_H_
