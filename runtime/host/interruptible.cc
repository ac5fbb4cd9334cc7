#include "runtime/host/interruptible.h"

namespace slipway::host {

constinit thread_local std::atomic<uint32_t> signal_pending = 0;

// int64_t slipway_interruptible_syscall(pending, number, a, b, c, d, e, f).
// The window starts at the test of *pending (in r11, which the kernel clobbers
// only once the call is over) and ends after the syscall instruction, whose
// address is also where a call that the kernel wants to restart is found.
asm(R"(
  .text
  .p2align 4
  .globl slipway_interruptible_syscall
  .hidden slipway_interruptible_begin
  .globl slipway_interruptible_begin
  .hidden slipway_interruptible_end
  .globl slipway_interruptible_end
  .hidden slipway_interruptible_exit
  .globl slipway_interruptible_exit
  .type slipway_interruptible_syscall, @function
slipway_interruptible_syscall:
  .cfi_startproc
  movq %rdi, %r11
  movq %rsi, %rax
  movq %rdx, %rdi
  movq %rcx, %rsi
  movq %r8, %rdx
  movq %r9, %r10
  movq 8(%rsp), %r8
  movq 16(%rsp), %r9
slipway_interruptible_begin:
  cmpl $0, (%r11)
  jne slipway_interruptible_exit
  syscall
slipway_interruptible_end:
  ret
slipway_interruptible_exit:
  movq $-4, %rax   # -EINTR
  ret
  .cfi_endproc
  .size slipway_interruptible_syscall, . - slipway_interruptible_syscall
)");

extern "C" {
extern const char slipway_interruptible_begin[];
extern const char slipway_interruptible_end[];
extern const char slipway_interruptible_exit[];
}

bool InInterruptibleWindow(uint64_t pc) {
  return pc >= reinterpret_cast<uint64_t>(slipway_interruptible_begin) &&
         pc < reinterpret_cast<uint64_t>(slipway_interruptible_end);
}

uint64_t InterruptedExit() {
  return reinterpret_cast<uint64_t>(slipway_interruptible_exit);
}

}  // namespace slipway::host
