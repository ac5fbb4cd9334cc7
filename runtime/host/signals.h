// Signals, the guest's view: actions per process, masks and pending signals
// per thread. Delivery is signal_delivery.h.
//
// The kernel does what it can: a thread's kernel mask is the guest's mask
// (without the fault signals, which the engine needs, and kRetrySignal),
// SIG_IGN and SIG_DFL are the kernel's, and so are queues, process-directed
// delivery, signalfd and sigtimedwait. Only for a signal with a guest handler
// do we install our own, which either calls the guest's handler at once (the
// interrupted code is the guest's) or keeps the signal in the thread's single
// slot and blocks everything else until it is delivered; the kernel's queue
// holds the rest in order.
// Fault signals (SIGSEGV, SIGBUS, SIGILL, SIGFPE) always keep the engine's
// handler; their guest mask and disposition are emulated here.

#ifndef SLIPWAY_RUNTIME_HOST_SIGNALS_H_
#define SLIPWAY_RUNTIME_HOST_SIGNALS_H_

#include <array>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <ctime>
#include <mutex>
#include <optional>

#include "runtime/host/guest_memory.h"
#include "runtime/host/kernel_signals.h"
#include "runtime/host/sys_result.h"

namespace slipway::host {

struct Thread;

// The runtime's own: a timer that tries a deferred delivery again. Linux never
// sends it on x86-64, and a guest that does gets it as any other signal, but
// cannot block it.
inline constexpr int kRetrySignal = SIGSTKFLT;

inline constexpr SignalMask kFaultSignals =
    SignalBit(SIGSEGV) | SignalBit(SIGBUS) | SignalBit(SIGILL) |
    SignalBit(SIGFPE);
// What the kernel must never block for us.
inline constexpr SignalMask kNeverBlocked =
    kFaultSignals | SignalBit(kRetrySignal);
// What no program can block.
inline constexpr SignalMask kUnblockable =
    SignalBit(SIGKILL) | SignalBit(SIGSTOP);

// struct k_sigaction of Linux x86-64, as guest memory holds it.
struct GuestSigaction {
  uint64_t handler = 0;  // SIG_DFL, SIG_IGN or a guest function pointer
  uint64_t flags = 0;    // SA_*
  uint64_t restorer = 0;
  SignalMask mask = 0;

  bool is_default() const { return handler == 0; }
  bool is_ignored() const { return handler == 1; }
  bool has_handler() const { return handler > 1; }
};
static_assert(sizeof(GuestSigaction) == 32);

// stack_t of Linux x86-64.
struct GuestStack {
  uint64_t sp = 0;
  int32_t flags = 0;
  int32_t padding = 0;
  uint64_t size = 0;

  bool enabled() const { return (flags & SS_DISABLE) == 0; }
  bool Contains(uint64_t address) const {
    return enabled() && address > sp && address - sp <= size;
  }
};
static_assert(sizeof(GuestStack) == 24);

// Per thread. Written by its own thread and its signal handlers only.
struct ThreadSignals {
  SignalMask mask = 0;  // the guest's
  // In place of `mask` until a call that waits with another one (sigsuspend,
  // ppoll …) has ended and the first handler was entered with it.
  std::optional<SignalMask> temporary;
  GuestStack alternate{.sp = 0, .flags = SS_DISABLE, .padding = 0, .size = 0};
  // Where handlers run that did not ask for the alternate stack.
  GuestStack own{.sp = 0, .flags = SS_DISABLE, .padding = 0, .size = 0};
  siginfo_t pending{};  // the slot; valid while signal_pending
  // Fault signals that were sent while the guest's mask blocked them.
  std::atomic<SignalMask> held_mask = 0;
  siginfo_t held[4]{};
  // The retry timer; made when it is first needed.
  bool has_timer = false;
  bool timer_armed = false;
  int timer = 0;

  SignalMask effective_mask() const { return temporary.value_or(mask); }
};

// The table of actions. Thread-safe; Get may be called in a signal handler.
class Signals {
 public:
  // rt_sigaction(2): returns the old action. EINVAL for SIGKILL, SIGSTOP and
  // numbers out of range.
  SysResult<GuestSigaction> Set(int signal, const GuestSigaction& action);
  // Precondition: 1 <= signal <= kSignalCount.
  GuestSigaction Get(int signal) const;
  // What the process was started with: ignored signals stay ignored. Which of
  // the fault signals are, the kernel cannot tell: `fault_signals`.
  void Inherit(SignalMask fault_signals);
  // For execve: takes our handlers out of the kernel, and back.
  void UninstallHandlers();
  void ReinstallHandlers();
  SignalMask Ignored() const;

  // For fork; lock order: anywhere, it is a leaf.
  std::mutex& mutex() { return mutex_; }

 private:
  // Written under mutex_, with an odd sequence while it changes.
  struct Entry {
    std::atomic<uint32_t> sequence = 0;
    std::atomic<uint64_t> handler = 0, flags = 0, restorer = 0, mask = 0;
  };
  void Store(Entry& entry, const GuestSigaction& action);

  std::mutex mutex_;
  std::array<Entry, kSignalCount + 1> entries_;
};

// The kernel mask that stands for a guest's.
constexpr SignalMask KernelMask(SignalMask guest) {
  return guest & ~kNeverBlocked;
}
// Makes the kernel's mask of the calling thread that of the guest, unless a
// signal is in the slot: as long as one is, everything is blocked, and its
// delivery ends with this. Whether it did.
bool InstallMask(const Thread& thread);
// Sets the calling thread's guest mask. False, with nothing changed, when a
// signal is in the slot: it came before, so its handler has to run before.
bool SetGuestMask(Thread& thread, SignalMask mask);
// What the guest's mask is while a call waits. The caller hands
// KernelMask(mask) to the kernel and afterwards tells how the call ended.
void BeginTemporaryMask(Thread& thread, SignalMask mask);
// `interrupted`: with EINTR. False when the signal that did it arrived before
// the kernel had the temporary mask, and is blocked in it: then the call was
// not made, and is to be made again once the handler has run.
bool EndTemporaryMask(Thread& thread, bool interrupted);

// Blocks every signal that can be blocked while it lives, for code that must
// not be interrupted halfway (fork, starting threads).
class BlockSignals {
 public:
  BlockSignals() : old_(SetKernelMask(~kNeverBlocked)) {}
  ~BlockSignals() { SetKernelMask(old_); }
  BlockSignals(const BlockSignals&) = delete;
  BlockSignals& operator=(const BlockSignals&) = delete;

 private:
  const SignalMask old_;
};

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_SIGNALS_H_
