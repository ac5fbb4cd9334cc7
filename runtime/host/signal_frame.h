// What a guest's handler finds on its stack: siginfo_t and ucontext_t in the
// layout of Linux x86-64. There is no machine state to show: of the registers
// only the stack pointer, for a handler with SA_SIGINFO the program counter, as
// backtrace(3) has it, and, for a fault, CR2 mean something.

#ifndef SLIPWAY_RUNTIME_HOST_SIGNAL_FRAME_H_
#define SLIPWAY_RUNTIME_HOST_SIGNAL_FRAME_H_

#include <csignal>
#include <cstdint>

#include "runtime/host/guest_memory.h"
#include "runtime/host/signals.h"

namespace slipway::host {

// Where the guest was.
struct Interrupted {
  uint64_t stack_pointer = 0;
  uint64_t position = 0;  // engine::TextPosition
};

struct SignalFrame {
  GuestPtr info;
  GuestPtr context;
  uint64_t stack_pointer = 0;  // for the handler; below both
};

// Chooses the stack (the alternate one if `action` asks for it, it is enabled
// and not in use; else the thread's own signal stack) and returns the address
// below which the frame goes. `sp` is the interrupted stack pointer.
uint64_t ChooseSignalStack(const ThreadSignals& signals,
                           const GuestSigaction& action, uint64_t sp);

// EFAULT when the stack is not there.
SysResult<SignalFrame> WriteSignalFrame(const GuestMemory& memory, uint64_t top,
                                        const siginfo_t& info,
                                        const ThreadSignals& signals,
                                        const Interrupted& interrupted);

// The mask that the handler left in the frame's uc_sigmask.
SysResult<SignalMask> ReadFrameMask(const GuestMemory& memory,
                                    const SignalFrame& frame);

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_SIGNAL_FRAME_H_
