#include "runtime/host/signals.h"

#include <sys/syscall.h>

#include "runtime/engine/fault_handler.h"
#include "runtime/host/interruptible.h"
#include "runtime/host/signal_delivery.h"
#include "runtime/host/thread.h"

namespace slipway::host {

namespace {

// While one of our handlers decides what to do, nothing else may arrive.
constexpr SignalMask kHandlerMask = ~kNeverBlocked;

bool IsOurs(int signal) {
  return engine::IsFaultSignal(signal) || signal == kRetrySignal;
}

bool InstallInKernel(int signal, const GuestSigaction& action) {
  if (IsOurs(signal)) return true;
  if (!action.has_handler()) {
    return SetKernelDisposition(signal, action.handler, action.flags);
  }
  return SetKernelHandler(signal, OnSignal,
                          action.flags & ~uint64_t{SA_RESTART}, kHandlerMask);
}

}  // namespace

GuestSigaction Signals::Get(int signal) const {
  const Entry& entry = entries_[signal];
  GuestSigaction action;
  uint32_t before, after;
  do {
    before = entry.sequence.load(std::memory_order_acquire);
    action.handler = entry.handler.load(std::memory_order_relaxed);
    action.flags = entry.flags.load(std::memory_order_relaxed);
    action.restorer = entry.restorer.load(std::memory_order_relaxed);
    action.mask = entry.mask.load(std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_acquire);
    after = entry.sequence.load(std::memory_order_relaxed);
  } while (before != after || (before & 1) != 0);
  return action;
}

void Signals::Store(Entry& entry, const GuestSigaction& action) {
  const uint32_t sequence = entry.sequence.load(std::memory_order_relaxed);
  entry.sequence.store(sequence + 1, std::memory_order_relaxed);
  std::atomic_thread_fence(std::memory_order_release);
  entry.handler.store(action.handler, std::memory_order_relaxed);
  entry.flags.store(action.flags, std::memory_order_relaxed);
  entry.restorer.store(action.restorer, std::memory_order_relaxed);
  entry.mask.store(action.mask, std::memory_order_relaxed);
  entry.sequence.store(sequence + 2, std::memory_order_release);
}

// Signals are blocked so that a handler of this thread never waits for a
// sequence that this thread has left odd, nor for the lock.
SysResult<GuestSigaction> Signals::Set(int signal,
                                       const GuestSigaction& action) {
  if (signal < 1 || signal > kSignalCount ||
      (SignalBit(signal) & kUnblockable) != 0) {
    return Errno{EINVAL};
  }
  BlockSignals block;
  std::lock_guard lock(mutex_);
  const GuestSigaction old = Get(signal);
  GuestSigaction stored = action;
  stored.mask &= ~kUnblockable;
  Store(entries_[signal], stored);
  if (!InstallInKernel(signal, stored)) {
    Store(entries_[signal], old);
    return Errno{EINVAL};
  }
  return old;
}

void Signals::Inherit(SignalMask fault_signals) {
  for (int signal = 1; signal <= kSignalCount; ++signal) {
    const bool ignored = IsOurs(signal)
                             ? (fault_signals & SignalBit(signal)) != 0
                             : KernelDisposition(signal) == 1 /* SIG_IGN */;
    if (ignored) Store(entries_[signal], {.handler = 1});
  }
  // A retry that comes late, when its signal has been delivered by other means,
  // must not end a call of the guest.
  SetKernelHandler(kRetrySignal, OnSignal, SA_RESTART, kHandlerMask);
}

void Signals::UninstallHandlers() {
  for (int signal = 1; signal <= kSignalCount; ++signal) {
    if (!IsOurs(signal) && Get(signal).has_handler()) {
      SetKernelDisposition(signal, 0 /* SIG_DFL */, 0);
    }
  }
}

void Signals::ReinstallHandlers() {
  for (int signal = 1; signal <= kSignalCount; ++signal) {
    const GuestSigaction action = Get(signal);
    if (action.has_handler()) InstallInKernel(signal, action);
  }
}

SignalMask Signals::Ignored() const {
  SignalMask ignored = 0;
  for (int signal = 1; signal <= kSignalCount; ++signal) {
    if (Get(signal).is_ignored()) ignored |= SignalBit(signal);
  }
  return ignored;
}

bool InstallMask(const Thread& thread) {
  const SignalMask mask = KernelMask(thread.signals.mask);
  return InterruptibleSyscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, nullptr,
                              sizeof(mask)) == 0;
}

bool SetGuestMask(Thread& thread, SignalMask mask) {
  const SignalMask old = thread.signals.mask;
  thread.signals.mask = mask & ~kUnblockable;
  if (!InstallMask(thread)) {
    thread.signals.mask = old;
    return false;
  }
  ReleaseHeldSignals(thread);
  return true;
}

void BeginTemporaryMask(Thread& thread, SignalMask mask) {
  thread.signals.temporary = mask & ~kUnblockable;
  ReleaseHeldSignals(thread);
}

bool EndTemporaryMask(Thread& thread, bool interrupted) {
  ThreadSignals& signals = thread.signals;
  const bool waits = signal_pending.load(std::memory_order_relaxed) != 0;
  const bool blocked = waits && (signals.effective_mask() &
                                 SignalBit(signals.pending.si_signo)) != 0;
  if (!interrupted || !waits || blocked) signals.temporary.reset();
  return !(interrupted && blocked);
}

}  // namespace slipway::host
