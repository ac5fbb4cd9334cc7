#include "runtime/engine/guarded_call.h"

namespace slipway::engine {

namespace {

struct Guard {
  // Where the call's registers are saved; 0 outside of a call.
  volatile uintptr_t stack = 0;
  uintptr_t begin = 0;
  uint64_t size = 0;
};

thread_local constinit Guard guard;

}  // namespace

// The registers that a function preserves, and where to note that the call has
// ended, are on the stack below the caller's frame.
asm(R"(
  .text
  .p2align 4
  .type slipway_guarded_call, @function
  .hidden slipway_guarded_call
  .globl slipway_guarded_call
slipway_guarded_call:       # int (void (*)(void*), void*, uintptr_t* stack)
  .cfi_startproc
  pushq %rbp
  .cfi_adjust_cfa_offset 8
  .cfi_rel_offset %rbp, 0
  pushq %rbx
  .cfi_adjust_cfa_offset 8
  .cfi_rel_offset %rbx, 0
  pushq %r12
  .cfi_adjust_cfa_offset 8
  .cfi_rel_offset %r12, 0
  pushq %r13
  .cfi_adjust_cfa_offset 8
  .cfi_rel_offset %r13, 0
  pushq %r14
  .cfi_adjust_cfa_offset 8
  .cfi_rel_offset %r14, 0
  pushq %r15
  .cfi_adjust_cfa_offset 8
  .cfi_rel_offset %r15, 0
  pushq %rdx
  .cfi_adjust_cfa_offset 8
  movq %rsp, (%rdx)
  movq %rdi, %rax
  movq %rsi, %rdi
  callq *%rax
  xorl %eax, %eax
1:
  popq %rdx
  .cfi_adjust_cfa_offset -8
  movq $0, (%rdx)
  popq %r15
  .cfi_adjust_cfa_offset -8
  .cfi_same_value %r15
  popq %r14
  .cfi_adjust_cfa_offset -8
  .cfi_same_value %r14
  popq %r13
  .cfi_adjust_cfa_offset -8
  .cfi_same_value %r13
  popq %r12
  .cfi_adjust_cfa_offset -8
  .cfi_same_value %r12
  popq %rbx
  .cfi_adjust_cfa_offset -8
  .cfi_same_value %rbx
  popq %rbp
  .cfi_adjust_cfa_offset -8
  .cfi_same_value %rbp
  ret
  .cfi_adjust_cfa_offset 56
  .cfi_rel_offset %r15, 8
  .cfi_rel_offset %r14, 16
  .cfi_rel_offset %r13, 24
  .cfi_rel_offset %r12, 32
  .cfi_rel_offset %rbx, 40
  .cfi_rel_offset %rbp, 48
  .hidden slipway_guarded_call_fault
  .globl slipway_guarded_call_fault
slipway_guarded_call_fault:
  movl $1, %eax
  jmp 1b
  .cfi_endproc
  .size slipway_guarded_call, . - slipway_guarded_call
)");

extern "C" {
int slipway_guarded_call(void (*work)(void*), void* argument,
                         volatile uintptr_t* stack);
extern const char slipway_guarded_call_fault[];
}

bool GuardedCall(const void* begin, uint64_t size, void (*work)(void*),
                 void* argument) {
  guard.begin = reinterpret_cast<uintptr_t>(begin);
  guard.size = size;
  return slipway_guarded_call(work, argument, &guard.stack) == 0;
}

bool LeaveGuardedCall(uintptr_t address, ucontext_t* context) {
  constexpr greg_t kDirectionFlag = 0x400;
  if (guard.stack == 0 || address - guard.begin >= guard.size) return false;
  greg_t* registers = context->uc_mcontext.gregs;
  registers[REG_RSP] = static_cast<greg_t>(guard.stack);
  registers[REG_RIP] = reinterpret_cast<greg_t>(slipway_guarded_call_fault);
  registers[REG_EFL] &= ~kDirectionFlag;
  return true;
}

}  // namespace slipway::engine
