// Signals: actions, masks, waiting, sending, interval timers, signalfd. What a
// guest may send signals to is in runtime/host/signal_send.h.

#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "runtime/host/descriptor_table.h"
#include "runtime/host/interruptible.h"
#include "runtime/host/signal_send.h"
#include "runtime/syscalls/handlers.h"
#include "runtime/syscalls/kernel_pointer.h"
#include "runtime/syscalls/temporary_mask.h"

namespace slipway::sys {

namespace {

using host::GuestSigaction;
using host::GuestStack;
using host::InterruptibleSyscall;
using host::SignalMask;

constexpr uint64_t kMinimumStack = 2048;  // MINSIGSTKSZ

SysStatus CheckMaskSize(uint64_t size) {
  if (size != sizeof(SignalMask)) return Errno{EINVAL};
  return Done{};
}

SysResult<int64_t> Pass(int64_t result) {
  if (result < 0) return Errno::Last();
  return result;
}

// What a guest wants a signal to say. Linux lets a process tell itself that it
// faulted; the engine could not tell that from a fault.
SysResult<siginfo_t> LoadInfo(Call& call, int32_t signum, GuestPtr info) {
  SLIPWAY_TRY(const siginfo_t value, call.process.memory.Load<siginfo_t>(info));
  const bool fault = signum >= 1 && signum <= host::kSignalCount &&
                     (host::SignalBit(signum) & host::kFaultSignals) != 0;
  if (fault && value.si_code > 0) return Errno{EPERM};
  return value;
}

// The alternate stack as sigaltstack reports it.
GuestStack ReportedStack(Call& call) {
  GuestStack stack = call.thread.signals.alternate;
  if (stack.enabled() && host::OnAlternateStack(call.thread)) {
    stack.flags |= SS_ONSTACK;
  }
  return stack;
}

SysStatus SetAlternateStack(Call& call, GuestPtr ss) {
  SLIPWAY_TRY(GuestStack stack, call.process.memory.Load<GuestStack>(ss));
  if (host::OnAlternateStack(call.thread)) return Errno{EPERM};
  constexpr int32_t kKnown = SS_ONSTACK | SS_DISABLE;
  if ((stack.flags & ~kKnown) != 0) return Errno{EINVAL};
  stack.flags &= SS_DISABLE;
  if (!stack.enabled()) {
    stack = {.sp = 0, .flags = SS_DISABLE, .padding = 0, .size = 0};
  } else if (stack.size < kMinimumStack) {
    return Errno{ENOMEM};
  }
  call.thread.signals.alternate = stack;
  return Done{};
}

// Applies sigprocmask's `how`; nothing for an unknown one.
SysResult<SignalMask> Combine(int32_t how, SignalMask old, SignalMask set) {
  switch (how) {
    case SIG_BLOCK:
      return old | set;
    case SIG_UNBLOCK:
      return old & ~set;
    case SIG_SETMASK:
      return set;
    default:
      return Errno{EINVAL};
  }
}

}  // namespace

SysResult<int64_t> rt_sigaction(Call& call, int32_t signum, GuestPtr act,
                                GuestPtr oldact, uint64_t sigsetsize) {
  SLIPWAY_CHECK_OK(CheckMaskSize(sigsetsize));
  if (signum < 1 || signum > host::kSignalCount) return Errno{EINVAL};
  const GuestMemory& memory = call.process.memory;
  GuestSigaction old = call.process.signals.Get(signum);
  if (!act.is_null()) {
    SLIPWAY_TRY(const GuestSigaction action, memory.Load<GuestSigaction>(act));
    SLIPWAY_TRY(old, call.process.signals.Set(signum, action));
  }
  if (!oldact.is_null()) SLIPWAY_CHECK_OK(memory.Store(oldact, old));
  return 0;
}

SysResult<int64_t> rt_sigprocmask(Call& call, int32_t how, GuestPtr set,
                                  GuestPtr oldset, uint64_t sigsetsize) {
  SLIPWAY_CHECK_OK(CheckMaskSize(sigsetsize));
  const GuestMemory& memory = call.process.memory;
  const SignalMask old = call.thread.signals.mask;
  if (!set.is_null()) {
    SLIPWAY_TRY(const SignalMask change, memory.Load<SignalMask>(set));
    SLIPWAY_TRY(const SignalMask mask, Combine(how, old, change));
    if (!host::SetGuestMask(call.thread, mask)) {
      call.not_made = true;
      return Errno{EINTR};
    }
  }
  if (!oldset.is_null()) SLIPWAY_CHECK_OK(memory.Store(oldset, old));
  return 0;
}

SysResult<int64_t> rt_sigpending(Call& call, GuestPtr set,
                                 uint64_t sigsetsize) {
  if (sigsetsize > sizeof(SignalMask)) return Errno{EINVAL};
  SignalMask pending = 0;
  SLIPWAY_TRY([[maybe_unused]] const int64_t done,
              FromKernel(InterruptibleSyscall(SYS_rt_sigpending, &pending,
                                              sizeof(pending))));
  pending |= call.thread.signals.held_mask.load();
  SLIPWAY_CHECK_OK(call.process.memory.CopyOut(set, &pending, sigsetsize));
  return 0;
}

SysResult<int64_t> rt_sigtimedwait(Call& call, GuestPtr set, GuestPtr info,
                                   GuestPtr timeout, uint64_t sigsetsize) {
  SLIPWAY_CHECK_OK(CheckMaskSize(sigsetsize));
  const GuestMemory& memory = call.process.memory;
  SLIPWAY_TRY(const SignalMask wanted, memory.Load<SignalMask>(set));
  timespec limit;
  const bool limited = !timeout.is_null();
  if (limited) {
    SLIPWAY_TRY(limit, memory.Load<timespec>(timeout));
  }
  siginfo_t received = {};
  SLIPWAY_TRY(const int64_t signal,
              FromKernel(InterruptibleSyscall(
                  SYS_rt_sigtimedwait, &wanted, &received,
                  limited ? &limit : nullptr, sizeof(wanted))));
  if (!info.is_null()) SLIPWAY_CHECK_OK(memory.Store(info, received));
  return signal;
}

SysResult<int64_t> rt_sigsuspend(Call& call, GuestPtr mask,
                                 uint64_t sigsetsize) {
  SLIPWAY_CHECK_OK(CheckMaskSize(sigsetsize));
  if (mask.is_null()) return Errno{EFAULT};
  SLIPWAY_TRY(const TemporaryMask temporary,
              TemporaryMask::Load(call, mask, sigsetsize));
  return FromKernel(temporary.Wait(call, [&] {
    return InterruptibleSyscall(SYS_rt_sigsuspend, temporary.for_kernel(),
                                TemporaryMask::kSize);
  }));
}

SysResult<int64_t> sigaltstack(Call& call, GuestPtr ss, GuestPtr old_ss) {
  const GuestStack old = ReportedStack(call);
  if (!ss.is_null()) SLIPWAY_CHECK_OK(SetAlternateStack(call, ss));
  if (!old_ss.is_null()) {
    SLIPWAY_CHECK_OK(call.process.memory.Store(old_ss, old));
  }
  return 0;
}

SysResult<int64_t> kill(Call& call, int32_t pid, int32_t signum) {
  return host::SendToProcesses(call.process, pid, signum);
}

SysResult<int64_t> tkill(Call& call, int32_t tid, int32_t signum) {
  if (tid <= 0) return Errno{EINVAL};
  if (!call.process.threads.Contains(tid)) return Errno{ESRCH};
  return Pass(syscall(SYS_tgkill, ::getpid(), tid, signum));
}

SysResult<int64_t> tgkill(Call& call, int32_t tgid, int32_t tid,
                          int32_t signum) {
  if (tgid <= 0 || tid <= 0) return Errno{EINVAL};
  SLIPWAY_CHECK_OK(host::CheckMaySignal(call.process, tgid));
  return Pass(syscall(SYS_tgkill, tgid, tid, signum));
}

SysResult<int64_t> rt_sigqueueinfo(Call& call, int32_t pid, int32_t signum,
                                   GuestPtr info) {
  SLIPWAY_CHECK_OK(host::CheckMaySignal(call.process, pid));
  SLIPWAY_TRY(siginfo_t value, LoadInfo(call, signum, info));
  return Pass(syscall(SYS_rt_sigqueueinfo, pid, signum, &value));
}

SysResult<int64_t> rt_tgsigqueueinfo(Call& call, int32_t tgid, int32_t tid,
                                     int32_t signum, GuestPtr info) {
  SLIPWAY_CHECK_OK(host::CheckMaySignal(call.process, tgid));
  SLIPWAY_TRY(siginfo_t value, LoadInfo(call, signum, info));
  return Pass(syscall(SYS_rt_tgsigqueueinfo, tgid, tid, signum, &value));
}

SysResult<int64_t> pause(Call&) {
  return FromKernel(InterruptibleSyscall(SYS_pause));
}

SysResult<int64_t> alarm(Call&, uint32_t seconds) { return ::alarm(seconds); }

SysResult<int64_t> getitimer(Call& call, int32_t which, GuestPtr value) {
  SLIPWAY_TRY(void* const out,
              call.process.memory.ForKernel(value, sizeof(itimerval)));
  return Pass(syscall(SYS_getitimer, which, out));
}

SysResult<int64_t> setitimer(Call& call, int32_t which, GuestPtr value,
                             GuestPtr old_value) {
  const GuestMemory& memory = call.process.memory;
  SLIPWAY_TRY(void* const in,
              ForKernelOrNull(memory, value, sizeof(itimerval)));
  SLIPWAY_TRY(void* const out,
              ForKernelOrNull(memory, old_value, sizeof(itimerval)));
  return Pass(syscall(SYS_setitimer, which, in, out));
}

SysResult<int64_t> signalfd(Call& call, GuestFd fd, GuestPtr mask,
                            uint64_t sigsetsize) {
  return signalfd4(call, fd, mask, sigsetsize, 0);
}

SysResult<int64_t> signalfd4(Call& call, GuestFd fd, GuestPtr mask,
                             uint64_t sigsetsize, uint32_t flags) {
  SLIPWAY_CHECK_OK(CheckMaskSize(sigsetsize));
  SLIPWAY_TRY(const SignalMask wanted,
              call.process.memory.Load<SignalMask>(mask));
  int host_fd = -1;
  if (fd.number != -1) {
    SLIPWAY_TRY(host_fd, call.process.files.Host(fd));
  }
  const int64_t result =
      syscall(SYS_signalfd4, host_fd, &wanted, sizeof(wanted), flags);
  if (result < 0) return Errno::Last();
  if (host_fd != -1) return result;
  return call.process.files.Adopt(static_cast<int>(result),
                                  {.kind = host::FdKind::kSignal});
}

}  // namespace slipway::sys
