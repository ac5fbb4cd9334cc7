// See unwinder.h. System V x86-64.

    .text

// Stores the caller's FrameRegisters on the stack, calls
//   void* function(rdi, rsi, FrameRegisters*)
// and leaves for the frame that they describe then, with the result in RAX and
// the selector that all landing pads have in RDX (System V x86-64 ABI, 6.2.3).
// The registers themselves are not touched before, so that libgcc may unwind
// this frame, too.
.macro UNWINDING name, function
    .globl \name
    .hidden \name
    .type \name, @function
    .p2align 4
\name:
    .cfi_startproc
    leaq 8(%rsp), %rax
    movq (%rsp), %rcx
    subq $72, %rsp                 // FrameRegisters, and alignment
    .cfi_adjust_cfa_offset 72
    movq %rbx, (%rsp)
    movq %rbp, 8(%rsp)
    movq %r12, 16(%rsp)
    movq %r13, 24(%rsp)
    movq %r14, 32(%rsp)
    movq %r15, 40(%rsp)
    movq %rax, 48(%rsp)
    movq %rcx, 56(%rsp)
    movq %rsp, %rdx
    callq \function
    movl $1, %edx
    movq (%rsp), %rbx
    movq 8(%rsp), %rbp
    movq 16(%rsp), %r12
    movq 24(%rsp), %r13
    movq 32(%rsp), %r14
    movq 40(%rsp), %r15
    movq 56(%rsp), %rcx
    movq 48(%rsp), %rsp
    jmpq *%rcx
    .cfi_endproc
    .size \name, . - \name
.endm

    UNWINDING slipway_throw, slipway_find_throw_handler
    UNWINDING slipway_resume, slipway_find_resume_handler

    .section .note.GNU-stack, "", @progbits
