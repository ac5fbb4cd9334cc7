#include "runtime/host/signal_delivery.h"

#include <ucontext.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "runtime/engine/address_registry.h"
#include "runtime/engine/backtrace.h"
#include "runtime/engine/exception.h"
#include "runtime/engine/fault_handler.h"
#include "runtime/engine/invoke.h"
#include "runtime/engine/thread.h"
#include "runtime/engine/wait.h"
#include "runtime/host/address_space.h"
#include "runtime/host/death.h"
#include "runtime/host/descriptor_table.h"
#include "runtime/host/interruptible.h"
#include "runtime/host/process.h"
#include "runtime/host/signal_frame.h"
#include "runtime/host/signal_retry.h"
#include "runtime/host/signals.h"
#include "runtime/host/thread.h"
#include "runtime/host/trace.h"

namespace slipway::host {

namespace {

using engine::Outcome;

constexpr SignalMask kAll = ~kNeverBlocked;

void SetContextMask(ucontext_t* context, SignalMask mask) {
  std::memcpy(&context->uc_sigmask, &mask, sizeof(mask));
}

// The action to follow now; with SA_RESETHAND it is the last time.
GuestSigaction TakeAction(Signals& signals, int signal) {
  const GuestSigaction action = signals.Get(signal);
  if (action.has_handler() && (action.flags & SA_RESETHAND) != 0) {
    (void)signals.Set(signal, GuestSigaction{});
  }
  return action;
}

// There is no guest handler: it was sent just before the action changed, or it
// is a fault signal, whose disposition the kernel does not know.
void FollowDefault(const GuestSigaction& action, int signal) {
  if (action.is_ignored()) return;
  if ((SignalBit(signal) & kNeverBlocked) != 0) DieOfSignal(signal);
  siginfo_t info = {};
  info.si_signo = signal;
  info.si_code = SI_TKILL;
  QueueToSelf(info);  // the kernel's disposition is the guest's by now
}

Outcome Call(Thread& thread, const GuestSigaction& action, int signal,
             const SignalFrame& frame) {
  object::Value values[4] = {};
  values[0].i64 = static_cast<int64_t>(action.handler);
  values[1].i32 = signal;
  if ((action.flags & SA_SIGINFO) != 0) {
    values[2].i64 = static_cast<int64_t>(frame.info.address);
  }
  values[3].i64 = static_cast<int64_t>(frame.context.address);
  return engine::Invoke(*thread.engine, *thread.process->entry.signal, values);
}

Outcome DeliverSlot(Thread& thread, bool& restart);

// Unblocks what the guest's mask does not block. What is pending of that
// interrupts the handler that is about to start before its first instruction,
// as on Linux: the last signal runs first.
Outcome EnterMask(Thread& thread) {
  while (true) {
    InstallMask(thread);
    if (signal_pending.load(std::memory_order_relaxed) == 0) return Outcome{};
    bool ignored = true;
    const Outcome outcome = DeliverSlot(thread, ignored);
    if (outcome.kind != Outcome::kReturned) return outcome;
  }
}

// Where the guest was interrupted. Looking it up takes about a microsecond, so
// only for a handler that asks for the context.
uint64_t PositionFor(const GuestSigaction& action) {
  if ((action.flags & SA_SIGINFO) == 0) return 0;
  return engine::TextPosition(engine::InnermostGuestPc());
}

// Runs the handler of one signal: frame, stack, mask, call, and all of that
// back. Precondition: every signal is blocked in the kernel. On return
// thread.signals.mask is what the kernel mask has to become. It is still that
// of the handler in the host, where what arrives waits in the slot; otherwise
// every signal is blocked.
Outcome RunHandler(Thread& thread, const GuestSigaction& action,
                   const siginfo_t& info) {
  Process& process = *thread.process;
  ThreadSignals& signals = thread.signals;
  const int signal = info.si_signo;
  object::Value& sp = thread.engine->Global(process.entry.stack_pointer);
  const int64_t interrupted_sp = sp.i64;
  const SysResult<SignalFrame> frame = WriteSignalFrame(
      process.memory, ChooseSignalStack(signals, action, interrupted_sp), info,
      signals,
      {.stack_pointer = static_cast<uint64_t>(interrupted_sp),
       .position = PositionFor(action)});
  // Linux, too, kills a program whose signal stack is not there.
  if (!frame.ok() || process.entry.signal == nullptr) DieOfSignal(SIGSEGV);
  if (process.tracer != nullptr) process.tracer->Delivering(signal);

  // The frame holds the permanent mask: that is restored.
  signals.mask = signals.effective_mask() | action.mask;
  signals.temporary.reset();
  if ((action.flags & SA_NODEFER) == 0) signals.mask |= SignalBit(signal);
  signals.mask &= ~kUnblockable;
  sp.i64 = static_cast<int64_t>(frame->stack_pointer);
  Outcome outcome = EnterMask(thread);
  if (outcome.kind == Outcome::kReturned) {
    outcome = Call(thread, action, signal, *frame);
  }
  if (!thread.engine->in_host()) SetKernelMask(kAll);
  sp.i64 = interrupted_sp;
  if (outcome.kind == Outcome::kReturned) {
    if (SysResult<SignalMask> mask = ReadFrameMask(process.memory, *frame);
        mask.ok()) {
      signals.mask = *mask & ~kUnblockable;
    }
  }
  if (outcome.kind == Outcome::kTrapped) {
    DieOfOutcome(process.start.executable, outcome);
  }
  return outcome;
}

// Delivers what is in the slot, and what takes its place meanwhile, until a
// handler does not return. `restart` is cleared when the first handler is one
// without SA_RESTART; those after it do not interrupt the call any more.
Outcome DeliverSlot(Thread& thread, bool& restart) {
  bool first = true;
  while (signal_pending.load(std::memory_order_relaxed) != 0) {
    const siginfo_t info = thread.signals.pending;
    signal_pending.store(0, std::memory_order_relaxed);
    DisarmRetry(thread);
    const GuestSigaction action =
        TakeAction(thread.process->signals, info.si_signo);
    if (!action.has_handler()) {
      FollowDefault(action, info.si_signo);
      continue;
    }
    if (first && (action.flags & SA_RESTART) == 0) restart = false;
    first = false;
    const Outcome outcome = RunHandler(thread, action, info);
    if (outcome.kind != Outcome::kReturned) return outcome;
  }
  return Outcome{};
}

void Defer(Thread& thread, const siginfo_t& info, ucontext_t* context) {
  ThreadSignals& signals = thread.signals;
  if (signal_pending.load(std::memory_order_relaxed) == 0) {
    signals.pending = info;
    signal_pending.store(kSignalWaits, std::memory_order_relaxed);
  } else if ((SignalBit(info.si_signo) & kNeverBlocked) == 0) {
    QueueToSelf(info);
  }  // else: merged with the one that waits; these are never queued
  SetContextMask(context, kAll);
}

// The guest's handler left by longjmp (or threw): so does ours, with the mask
// that the handler ran with, as on Linux.
[[noreturn]] void LeaveHandler(const Thread& thread, const Outcome& outcome) {
  SetKernelMask(KernelMask(thread.signals.mask));
  engine::ForwardException(outcome.exception);
}

// Guest code was interrupted between two instructions of its own.
void DeliverAtOnce(Thread& thread, ucontext_t* context) {
  engine::SaveOverflow overflow(*thread.engine);
  bool restart = true;
  const Outcome outcome = DeliverSlot(thread, restart);
  if (outcome.kind == Outcome::kExited) {
    engine::ExitGuestFromSignal(*thread.engine, context, outcome.exit_value);
    SetContextMask(context, kAll);
    return;
  }
  if (outcome.kind == Outcome::kException) LeaveHandler(thread, outcome);
  SetContextMask(context, KernelMask(thread.signals.mask));
}

uint64_t ProgramCounter(const ucontext_t* context) {
  return static_cast<uint64_t>(context->uc_mcontext.gregs[REG_RIP]);
}

// False when no call that may wait was about to be made. (In Retry it may also
// be one that the kernel is about to restart, for SA_RESTART, unseen by
// Arrived.)
bool LeaveWindow(ucontext_t* context) {
  const uint64_t exit = InterruptedExit(ProgramCounter(context));
  if (exit == 0) return false;
  greg_t* const registers = context->uc_mcontext.gregs;
  registers[REG_RIP] = static_cast<greg_t>(exit);
  // A system call changes the register.
  const bool made =
      registers[REG_R11] != reinterpret_cast<greg_t>(&signal_pending);
  if (!made) signal_pending.store(kCallNotMade, std::memory_order_relaxed);
  return true;
}

void Arrived(Thread& thread, const siginfo_t& info, ucontext_t* context) {
  Defer(thread, info, context);
  if (engine::IsGuestCode(ProgramCounter(context))) {
    DeliverAtOnce(thread, context);
  } else if (!LeaveWindow(context) && !thread.engine->in_host()) {
    engine::InterruptWait();
    ArmRetry(thread);
  }
}

void Retry(Thread& thread, ucontext_t* context) {
  thread.signals.timer_armed = false;
  if (signal_pending.load(std::memory_order_relaxed) == 0) return;
  if (engine::IsGuestCode(ProgramCounter(context))) {
    DeliverAtOnce(thread, context);
  } else if (!LeaveWindow(context) && !thread.engine->in_host() &&
             !engine::InterruptWait()) {
    ArmRetry(thread);
  }
}

int HeldIndex(int signal) {
  switch (signal) {
    case SIGSEGV:
      return 0;
    case SIGBUS:
      return 1;
    case SIGILL:
      return 2;
    default:
      return 3;
  }
}

// The engine's: somebody sent us one of the fault signals.
bool OnSentSignal(const siginfo_t& info, ucontext_t* context) {
  Thread* thread = Thread::CurrentOrNull();
  if (thread == nullptr) return false;
  const SignalMask bit = SignalBit(info.si_signo);
  if ((thread->signals.effective_mask() & bit) != 0) {
    thread->signals.held[HeldIndex(info.si_signo)] = info;
    thread->signals.held_mask.fetch_or(bit);
    return true;
  }
  Arrived(*thread, info, context);
  return true;
}

// Only the alternate stack is of use when the guest's own is exhausted.
bool CanDeliverFault(const Thread& thread, const GuestSigaction& action,
                     int signal, object::TrapCode code) {
  if (!action.has_handler() || (thread.signals.mask & SignalBit(signal)) != 0) {
    return false;
  }
  return code != object::TrapCode::kStackExhausted ||
         ((action.flags & SA_ONSTACK) != 0 &&
          thread.signals.alternate.enabled());
}

// The kernel sees the reservation as mapped; for the guest there is a mapping
// or there is none. (A thread that faults in guest code holds no lock.)
int MemoryFaultCode(const AddressSpace& space, const engine::Fault& fault) {
  const GuestPtr page{fault.guest_address & ~(AddressSpace::kPage - 1)};
  if (fault.memory == nullptr || !space.IsMapped(page, AddressSpace::kPage)) {
    return SEGV_MAPERR;
  }
  return fault.info.si_code;
}

siginfo_t GuestFaultInfo(const AddressSpace& space, const engine::Fault& fault,
                         int signal) {
  siginfo_t info = {};
  info.si_signo = signal;
  switch (signal) {
    case SIGILL:
      info.si_code = ILL_ILLOPN;
      break;
    case SIGFPE:
      info.si_code = fault.code == object::TrapCode::kIntegerDivideByZero
                         ? FPE_INTDIV
                         : FPE_INTOVF;
      break;
    default:
      info.si_code = signal == SIGSEGV ? MemoryFaultCode(space, fault)
                                       : fault.info.si_code;
      info.si_addr = reinterpret_cast<void*>(fault.guest_address);
  }
  return info;
}

// The engine's: the guest faulted. A handler that returns has the instruction
// tried again, as on Linux.
bool OnFault(const engine::Fault& fault, ucontext_t* context) {
  Thread* thread = Thread::CurrentOrNull();
  if (thread == nullptr || thread->process->entry.signal == nullptr) {
    return false;
  }
  const bool in_memory =
      fault.memory != nullptr &&
      (fault.info.si_signo == SIGSEGV || fault.info.si_signo == SIGBUS);
  const int signal =
      in_memory ? fault.info.si_signo : engine::TrapSignal(fault.code);
  Signals& signals = thread->process->signals;
  if (!CanDeliverFault(*thread, signals.Get(signal), signal, fault.code)) {
    return false;
  }
  const GuestSigaction action = TakeAction(signals, signal);
  engine::SaveOverflow overflow(*thread->engine);
  SetKernelMask(kAll);
  Outcome outcome =
      RunHandler(*thread, action,
                 GuestFaultInfo(thread->process->address_space, fault, signal));
  if (outcome.kind == Outcome::kException) LeaveHandler(*thread, outcome);
  if (outcome.kind == Outcome::kExited) {
    engine::ExitGuestFromSignal(*thread->engine, context, outcome.exit_value);
    SetContextMask(context, kAll);
    return true;
  }
  SetContextMask(context, KernelMask(thread->signals.mask));
  return true;
}

// Outside signal handlers, with a signal in the slot, and so with everything
// blocked. It stays blocked when the guest exited.
Outcome DeliverInHost(Thread& thread, bool& restart) {
  const Outcome outcome = DeliverSlot(thread, restart);
  if (outcome.kind == Outcome::kExited) {
    SetKernelMask(kAll);
    return outcome;
  }
  thread.signals.temporary.reset();
  // What is queued in the kernel arrives now, into the slot: in_host is set.
  InstallMask(thread);
  ReleaseHeldSignals(thread);
  return outcome;
}

// The engine's: a signal came while the guest was in memory.atomic.wait.
Outcome OnInterruptedWait(engine::Thread& engine) {
  Outcome outcome;
  while (outcome.kind == Outcome::kReturned &&
         signal_pending.load(std::memory_order_relaxed) != 0) {
    bool restart = true;
    engine.set_in_host(true);
    outcome = DeliverInHost(Thread::Current(), restart);
    engine.set_in_host(false);
  }
  return outcome;
}

}  // namespace

bool DeliverPendingSignals(Thread& thread) {
  bool restart = true;
  const Outcome outcome = DeliverInHost(thread, restart);
  if (outcome.kind == Outcome::kExited) {
    engine::ExitGuest(*thread.engine, outcome.exit_value);
  }
  if (outcome.kind == Outcome::kException) {
    thread.engine->set_in_host(false);
    engine::ForwardException(outcome.exception);
  }
  return restart;
}

bool SendToSelf(Thread& thread, int signal) {
  constexpr SignalMask kJobControl = SignalBit(SIGCONT) | SignalBit(SIGTSTP) |
                                     SignalBit(SIGTTIN) | SignalBit(SIGTTOU);
  const Process& process = *thread.process;
  if (signal < 1 || signal > kSignalCount || process.files.is_shared()) {
    return false;
  }
  const SignalMask kernels =
      kNeverBlocked | kJobControl | thread.signals.effective_mask();
  if ((SignalBit(signal) & kernels) != 0 ||
      !process.signals.Get(signal).has_handler()) {
    return false;
  }
  // As Defer leaves it; what comes before that has the slot.
  SetKernelMask(kAll);
  if (signal_pending.load(std::memory_order_relaxed) != 0) return false;
  siginfo_t& info = thread.signals.pending;
  info = {};
  info.si_signo = signal;
  info.si_code = SI_USER;
  info.si_pid = thread.tid;
  info.si_uid = ::getuid();
  signal_pending.store(kSignalWaits, std::memory_order_relaxed);
  return true;
}

void OnSignal(int signal, siginfo_t* info, void* raw_context) {
  const int saved_errno = errno;
  auto* context = static_cast<ucontext_t*>(raw_context);
  Thread* thread = Thread::CurrentOrNull();
  if (thread != nullptr) {
    if (IsRetry(*info)) {
      Retry(*thread, context);
    } else {
      info->si_signo = signal;
      Arrived(*thread, *info, context);
    }
  }
  errno = saved_errno;
}

void ReleaseHeldSignals(Thread& thread) {
  ThreadSignals& signals = thread.signals;
  const SignalMask ready = signals.held_mask.load() & ~signals.effective_mask();
  if (ready == 0) return;
  signals.held_mask.fetch_and(~ready);
  for (int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE}) {
    if ((ready & SignalBit(signal)) != 0) {
      QueueToSelf(signals.held[HeldIndex(signal)]);
    }
  }
}

void InstallFaultHooks() {
  engine::SetFaultHook(OnFault);
  engine::SetSentSignalHook(OnSentSignal);
  engine::SetInterruptHook(OnInterruptedWait);
}

}  // namespace slipway::host
