// Calling a guest's signal handlers: from the dispatcher when a host call ends,
// from our own signal handler when it interrupted guest code, from the engine
// in the middle of memory.atomic.wait, and from the engine's fault handler for
// the guest's own faults.
//
// A handler runs by way of the module's export __slipway_signal(handler,
// signal, siginfo, ucontext) on the stack that signal_frame.h chooses, with the
// guest mask that sigaction(2) describes. It may end the thread or the process,
// be interrupted by further signals, and change the mask that is restored
// through uc_sigmask. A longjmp out of it works when it was called at the end
// of a host call, and is fatal when it interrupted guest code between two
// arbitrary instructions (no landing pad covers those).

#ifndef SLIPWAY_RUNTIME_HOST_SIGNAL_DELIVERY_H_
#define SLIPWAY_RUNTIME_HOST_SIGNAL_DELIVERY_H_

#include <csignal>

namespace slipway::host {

struct Thread;

// Delivers what waits for the calling thread, if anything does. Returns whether
// a call that was interrupted is to be re-run: something was delivered, and all
// of it with SA_RESTART. Does not return when a handler ends the thread.
// Precondition: called by the dispatcher; signal_pending is set.
bool DeliverPendingSignals(Thread& thread);

// kill(2) of the caller's own process, without the kernel: puts the signal into
// the slot, to be delivered when the call ends. False, and nothing done, when
// that could differ from what the kernel does: without a handler, blocked, with
// effects of its own, or in a process of several threads. Preconditions: called
// by the main thread, in a call of the guest's.
bool SendToSelf(Thread& thread, int signal);

// Our handler in the kernel for every signal with a guest handler.
void OnSignal(int signal, siginfo_t* info, void* context);

// Queues fault signals again that were sent while blocked and are not now.
void ReleaseHeldSignals(Thread& thread);

// Makes the engine's fault handler ask us. Once per process.
void InstallFaultHooks();

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_SIGNAL_DELIVERY_H_
