#include "runtime/engine/fault_handler.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <mutex>
#include <optional>

#include "absl/strings/str_cat.h"
#include "runtime/engine/address_registry.h"
#include "runtime/engine/backtrace_guard.h"
#include "runtime/engine/guarded_access.h"
#include "runtime/engine/guarded_call.h"
#include "runtime/engine/guest_entry.h"

namespace slipway::engine {
namespace {

using object::TrapCode;

constexpr int kSignals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE};

struct sigaction previous_actions[NSIG];
constinit std::atomic<FaultHook> fault_hook{nullptr};
constinit std::atomic<SentSignalHook> sent_signal_hook{nullptr};

uintptr_t Register(const ucontext_t* context, int which) {
  return static_cast<uintptr_t>(context->uc_mcontext.gregs[which]);
}

void SetRegister(ucontext_t* context, int which, uintptr_t value) {
  context->uc_mcontext.gregs[which] = static_cast<greg_t>(value);
}

// What a guest's fault means.
struct Verdict {
  TrapCode code;
  const Memory* memory = nullptr;
  uint64_t guest_address = 0;
};

// `ud1 code(%eax), %eax`, as llvm.ubsantrap emits it: 67 0f b9 40 code.
std::optional<Verdict> DecodeTrapInstruction(uintptr_t pc) {
  constexpr uint8_t kOpcode[] = {0x67, 0x0f, 0xb9, 0x40};
  const auto* bytes = reinterpret_cast<const uint8_t*>(pc);
  if (std::memcmp(bytes, kOpcode, sizeof(kOpcode)) != 0) {
    return Verdict{TrapCode::kUnreachable};  // a plain ud2
  }
  return Verdict{static_cast<TrapCode>(bytes[sizeof(kOpcode)])};
}

std::optional<Verdict> ClassifyAddress(const Thread& thread, uintptr_t pc,
                                       uintptr_t address) {
  if (const auto hit = FindReservation(address)) {
    return Verdict{TrapCode::kMemoryOutOfBounds, hit->memory, hit->offset};
  }
  if (thread.InStackGuard(address)) return Verdict{TrapCode::kStackExhausted};
  if (address < 4096 && IsGuestCode(pc)) {
    // Only call_indirect looks at a type.
    return Verdict{address == offsetof(object::FuncRef, type_hash)
                       ? TrapCode::kUninitializedElement
                       : TrapCode::kNullReference};
  }
  return std::nullopt;
}

std::optional<Verdict> Classify(const Thread& thread, const siginfo_t& info,
                                const ucontext_t* context) {
  const uintptr_t pc = Register(context, REG_RIP);
  if (pc == reinterpret_cast<uintptr_t>(slipway_raise_trap_pc)) {
    return Verdict{static_cast<TrapCode>(Register(context, REG_RDI)),
                   reinterpret_cast<const Memory*>(Register(context, REG_RSI)),
                   Register(context, REG_RDX)};
  }
  if (thread.in_host()) return std::nullopt;
  switch (info.si_signo) {
    case SIGILL:
      return IsGuestCode(pc) ? DecodeTrapInstruction(pc) : std::nullopt;
    case SIGFPE:
      if (!IsGuestCode(pc)) return std::nullopt;
      return Verdict{TrapCode::kIntegerDivideByZero};
    default:
      // SI_KERNEL: a general protection fault, which has no address.
      if (info.si_code == SI_KERNEL) return std::nullopt;
      return ClassifyAddress(thread, pc,
                             reinterpret_cast<uintptr_t>(info.si_addr));
  }
}

// An access of a GuardedCall.
bool EndGuardedCall(const siginfo_t& info, ucontext_t* context) {
  if (info.si_signo != SIGSEGV && info.si_signo != SIGBUS) return false;
  if (info.si_code == SI_KERNEL) return false;
  return LeaveGuardedCall(reinterpret_cast<uintptr_t>(info.si_addr), context);
}

// Makes `context` continue as slipway_leave_guest(top invoke, result).
void RedirectToLeave(Thread& thread, ucontext_t* context, int result) {
  constexpr greg_t kDirectionFlag = 0x400;
  SetRegister(context, REG_RIP,
              reinterpret_cast<uintptr_t>(&slipway_leave_guest));
  SetRegister(context, REG_RDI,
              reinterpret_cast<uintptr_t>(thread.top_invoke()));
  SetRegister(context, REG_RSI, static_cast<uintptr_t>(result));
  context->uc_mcontext.gregs[REG_EFL] &= ~kDirectionFlag;
}

// Whether the fault was the guest's, and has been dealt with.
bool HandleGuestFault(const siginfo_t& info, ucontext_t* context) {
  Thread* thread = Thread::Current();
  if (thread == nullptr || thread->top_invoke() == nullptr) return false;
  const auto verdict = Classify(*thread, info, context);
  if (!verdict) return false;

  const uintptr_t pc = Register(context, REG_RIP);
  const Fault fault = {*thread,         verdict->code,          pc,
                       verdict->memory, verdict->guest_address, info};
  const FaultHook hook = fault_hook.load(std::memory_order_acquire);
  if (hook != nullptr && hook(fault, context)) return true;

  Trap& trap = thread->trap();
  trap.code = verdict->code;
  trap.pc = pc;
  trap.memory = verdict->memory;
  trap.guest_address = verdict->guest_address;
  CaptureBacktrace(trap.backtrace, pc);
  RedirectToLeave(*thread, context, kGuestTrapped);
  return true;
}

// The instruction (or the sent signal) happens again under the old action.
void RestorePrevious(int signal) {
  sigaction(signal, &previous_actions[signal], nullptr);
}

void HandleSentSignal(const siginfo_t& info, ucontext_t* context) {
  const SentSignalHook hook = sent_signal_hook.load(std::memory_order_acquire);
  if (hook != nullptr && hook(info, context)) return;
  RestorePrevious(info.si_signo);
  syscall(SYS_tgkill, getpid(), gettid(), info.si_signo);
}

void HandleFault(int signal, siginfo_t* info, void* raw_context) {
  const int saved_errno = errno;
  auto* context = static_cast<ucontext_t*>(raw_context);
  if (info->si_code <= 0) {
    HandleSentSignal(*info, context);
  } else if (const uintptr_t landing = FindFixup(Register(context, REG_RIP))) {
    SetRegister(context, REG_RIP, landing);
  } else if (EndGuardedCall(*info, context)) {
    // Continues behind it.
  } else {
    RecoverBacktrace();
    if (!HandleGuestFault(*info, context)) RestorePrevious(signal);
  }
  errno = saved_errno;
}

absl::Status Install(int signal) {
  struct sigaction action = {};
  action.sa_sigaction = HandleFault;
  // NODEFER: a fault inside the handler must reach the handler.
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  sigfillset(&action.sa_mask);
  for (int synchronous : kSignals) sigdelset(&action.sa_mask, synchronous);
  if (sigaction(signal, &action, &previous_actions[signal]) != 0) {
    return absl::InternalError(
        absl::StrCat("sigaction ", signal, ": ", strerror(errno)));
  }
  return absl::OkStatus();
}

}  // namespace

void SetFaultHook(FaultHook hook) { fault_hook.store(hook); }
void SetSentSignalHook(SentSignalHook hook) { sent_signal_hook.store(hook); }

absl::Status InstallFaultHandlers() {
  static std::once_flag once;
  static absl::Status status;
  std::call_once(once, [] {
    RegisterGuardedAccess();
    for (int signal : kSignals) status.Update(Install(signal));
  });
  return status;
}

bool IsFaultSignal(int signal) {
  for (int ours : kSignals) {
    if (signal == ours) return true;
  }
  return false;
}

void ExitGuestFromSignal(Thread& thread, ucontext_t* context, int64_t value) {
  thread.top_invoke()->exit_value = value;
  RedirectToLeave(thread, context, kGuestExited);
}

}  // namespace slipway::engine
