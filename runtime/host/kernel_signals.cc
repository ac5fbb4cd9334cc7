#include "runtime/host/kernel_signals.h"

#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/host/raw_syscall.h"

namespace slipway::host {

namespace {

constexpr uint64_t kRestorerFlag = 0x04000000;  // SA_RESTORER
constexpr uint64_t kPassedFlags = SA_NOCLDSTOP | SA_NOCLDWAIT;

// struct sigaction as rt_sigaction takes it.
struct KernelAction {
  uint64_t handler;
  uint64_t flags;
  uint64_t restorer;
  SignalMask mask;
};

bool SetAction(int signal, const KernelAction& action) {
  return syscall(SYS_rt_sigaction, signal, &action, nullptr,
                 sizeof(SignalMask)) == 0;
}

}  // namespace

// The unwinder knows a signal frame by these very instructions.
asm(R"(
  .text
  .p2align 4
  nop
  .hidden slipway_signal_return
  .globl slipway_signal_return
  .type slipway_signal_return, @function
slipway_signal_return:
  movq $15, %rax
  syscall
)");
extern "C" void slipway_signal_return();

SignalMask SetKernelMask(SignalMask mask) {
  SignalMask old = 0;
  RawSyscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, &old, sizeof(mask));
  return old;
}

bool SetKernelHandler(int signal, SignalHandler handler, uint64_t flags,
                      SignalMask mask) {
  return SetAction(
      signal, {.handler = reinterpret_cast<uint64_t>(handler),
               .flags = SA_SIGINFO | SA_ONSTACK | kRestorerFlag |
                        (flags & (kPassedFlags | SA_RESTART)),
               .restorer = reinterpret_cast<uint64_t>(&slipway_signal_return),
               .mask = mask});
}

bool SetKernelDisposition(int signal, uint64_t disposition, uint64_t flags) {
  return SetAction(
      signal, {.handler = disposition,
               .flags = kRestorerFlag | (flags & kPassedFlags),
               .restorer = reinterpret_cast<uint64_t>(&slipway_signal_return),
               .mask = 0});
}

uint64_t KernelDisposition(int signal) {
  KernelAction old = {};
  syscall(SYS_rt_sigaction, signal, nullptr, &old, sizeof(SignalMask));
  return old.handler;
}

void QueueToSelf(const siginfo_t& info) {
  syscall(SYS_rt_tgsigqueueinfo, getpid(), gettid(), info.si_signo, &info);
}

}  // namespace slipway::host
