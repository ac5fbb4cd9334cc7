// Signals, the guest's view: actions per process, masks and pending signals
// per thread, and delivery.
//
// The kernel does what it can: a thread's kernel mask is the guest's mask
// (without the fault signals, which the engine needs), SIG_IGN and SIG_DFL are
// the kernel's, and so are queues, process-directed delivery, signalfd and
// sigtimedwait. Only for a signal with a guest handler do we install our own,
// which either calls the guest's handler at once (the interrupted code is the
// guest's) or keeps the signal in the thread's single slot and blocks
// everything else until the dispatcher has delivered it; the kernel's queue
// holds the rest in order.
// Fault signals (SIGSEGV, SIGBUS, SIGILL, SIGFPE) always keep the engine's
// handler; their guest mask and disposition are emulated here.
// All of it calls the kernel directly: the C library would hide 32 and 33.

#ifndef SLIPWAY_RUNTIME_HOST_SIGNALS_H_
#define SLIPWAY_RUNTIME_HOST_SIGNALS_H_

#include <array>
#include <atomic>
#include <csignal>
#include <cstdint>

#include "runtime/host/guest_memory.h"
#include "runtime/host/sys_result.h"

namespace slipway::host {

struct Process;
struct Thread;

inline constexpr int kSignalCount = 64;  // signals are 1 … 64
// Bit n-1 stands for signal n, as in the kernel's sigset_t.
using SignalMask = uint64_t;
constexpr SignalMask SignalBit(int signal) {
  return SignalMask{1} << (signal - 1);
}

// struct k_sigaction of Linux x86-64, as guest memory holds it.
struct GuestSigaction {
  uint64_t handler = 0;  // SIG_DFL, SIG_IGN or a guest function pointer
  uint64_t flags = 0;    // SA_*
  uint64_t restorer = 0;
  SignalMask mask = 0;
};
static_assert(sizeof(GuestSigaction) == 32);

// stack_t of Linux x86-64.
struct GuestStack {
  uint64_t sp = 0;
  int32_t flags = 0;
  int32_t padding = 0;
  uint64_t size = 0;
};
static_assert(sizeof(GuestStack) == 24);

// Per thread. Written by its own thread and its signal handlers only.
struct ThreadSignals {
  SignalMask mask = 0;     // the guest's
  GuestStack alternate{.flags = SS_DISABLE};
  GuestPtr stack_top;      // our own signal stack for this thread's handlers
  uint64_t stack_size = 0;
  siginfo_t pending{};     // valid while signal_pending (interruptible.h)
};

class Signals {
 public:
  // rt_sigaction(2): EINVAL for SIGKILL, SIGSTOP and numbers out of range.
  SysResult<GuestSigaction> SetAction(int signal,
                                      const GuestSigaction& action);
  SysResult<GuestSigaction> GetAction(int signal) const;

  // Sets the calling thread's guest mask.
  static void SetMask(Thread& thread, SignalMask mask);
};

// Delivers what waits for the calling thread. Returns whether a call that was
// interrupted is to be re-run: something was delivered and all of it asked for
// SA_RESTART.
bool DeliverPendingSignals(Thread& thread);

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_SIGNALS_H_
