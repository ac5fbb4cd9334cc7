#include "runtime/host/signal_frame.h"

#include <cstddef>

namespace slipway::host {

namespace {

// ucontext_t of Linux x86-64 as the C library has it.
struct GuestContext {
  uint64_t flags = 0;
  uint64_t link = 0;
  GuestStack stack;
  uint64_t registers[23] = {};
  uint64_t fpregs = 0;
  uint64_t reserved[8] = {};
  SignalMask mask[16] = {};
  uint64_t fpregs_memory[64] = {};
};
static_assert(offsetof(GuestContext, mask) == 296);
static_assert(sizeof(GuestContext) == 936);
static_assert(sizeof(siginfo_t) == 128);

constexpr int kRegisterSp = 15;   // REG_RSP
constexpr int kRegisterIp = 16;   // REG_RIP
constexpr int kRegisterCr2 = 22;  // REG_CR2
constexpr uint64_t kRedZone = 128;
// Interrupted code may already use stack that its stack pointer does not show
// yet: generated code is free to update the pointer late.
constexpr uint64_t kUnseenFrame = 32 << 10;

bool IsFault(const siginfo_t& info) {
  return info.si_code > 0 && (SignalBit(info.si_signo) & kFaultSignals) != 0;
}

}  // namespace

uint64_t ChooseSignalStack(const ThreadSignals& signals,
                           const GuestSigaction& action, uint64_t sp) {
  const GuestStack& alternate = signals.alternate;
  if ((action.flags & SA_ONSTACK) != 0 && alternate.enabled() &&
      !alternate.Contains(sp)) {
    return alternate.sp + alternate.size;
  }
  const GuestStack& own = signals.own;
  if (own.Contains(sp) && sp - own.sp > kUnseenFrame) return sp - kUnseenFrame;
  return own.sp + own.size;
}

SysResult<SignalFrame> WriteSignalFrame(const GuestMemory& memory, uint64_t top,
                                        const siginfo_t& info,
                                        const ThreadSignals& signals,
                                        const Interrupted& interrupted) {
  GuestContext context;
  context.stack = signals.alternate;
  context.registers[kRegisterSp] = interrupted.stack_pointer;
  context.registers[kRegisterIp] = interrupted.position;
  context.mask[0] = signals.mask;
  if (IsFault(info)) {
    context.registers[kRegisterCr2] = reinterpret_cast<uint64_t>(info.si_addr);
  }
  SignalFrame frame;
  frame.info = {(top - kRedZone - sizeof(info)) & ~uint64_t{15}};
  frame.context = {(frame.info.address - sizeof(context)) & ~uint64_t{15}};
  frame.stack_pointer = frame.context.address - kRedZone;
  SLIPWAY_CHECK_OK(memory.Store(frame.info, info));
  SLIPWAY_CHECK_OK(memory.Store(frame.context, context));
  return frame;
}

SysResult<SignalMask> ReadFrameMask(const GuestMemory& memory,
                                    const SignalFrame& frame) {
  return memory.Load<SignalMask>(frame.context + offsetof(GuestContext, mask));
}

}  // namespace slipway::host
