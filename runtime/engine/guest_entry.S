// See guest_entry.h. System V x86-64.

    .text

// int slipway_enter_guest(record=rdi, context=rsi, code=rdx, values=rcx,
//                         thunk=r8, stack_top=r9)
// rbp-based, so that unwinders (and gdb) cross the change of stacks. The
// personality routine makes this frame catch every exception.
    .globl slipway_enter_guest
    .hidden slipway_enter_guest
    .type slipway_enter_guest, @function
    .p2align 4
slipway_enter_guest:
    .cfi_startproc
    .cfi_personality 0x1b, slipway_enter_guest_personality
    pushq %rbp
    .cfi_def_cfa_offset 16
    .cfi_offset %rbp, -16
    movq %rsp, %rbp
    .cfi_def_cfa_register %rbp
    pushq %rbx
    .cfi_offset %rbx, -24
    pushq %r12
    .cfi_offset %r12, -32
    pushq %r13
    .cfi_offset %r13, -40
    pushq %r14
    .cfi_offset %r14, -48
    pushq %r15
    .cfi_offset %r15, -56
    movq %rsp, (%rdi)              // record->stack_pointer
    movq %rdi, %rbx                // for slipway_uncaught_landing
    testq %r9, %r9
    cmovneq %r9, %rsp
    andq $-16, %rsp
    movq %rsi, %rdi
    movq %rdx, %rsi
    movq %rcx, %rdx
    callq *%r8
    .globl slipway_guest_returns
    .hidden slipway_guest_returns
slipway_guest_returns:
    xorl %eax, %eax                // kGuestReturned
    jmp .Lleave_frame

    .globl slipway_uncaught_landing
    .hidden slipway_uncaught_landing
slipway_uncaught_landing:
    movq %rax, 8(%rbx)             // record->unwind_exception
    movl $1, %eax                  // kGuestUncaught

.Lleave_frame:
    leaq -40(%rbp), %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    .cfi_def_cfa %rsp, 8
    retq
    .cfi_endproc
    .size slipway_enter_guest, . - slipway_enter_guest

// void slipway_leave_guest(record=rdi, result=esi)
    .globl slipway_leave_guest
    .hidden slipway_leave_guest
    .type slipway_leave_guest, @function
    .p2align 4
slipway_leave_guest:
    movq (%rdi), %rsp
    movl %esi, %eax
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    retq
    .size slipway_leave_guest, . - slipway_leave_guest

// void slipway_raise_trap(code=rdi, memory=rsi, guest_address=rdx)
    .globl slipway_raise_trap
    .hidden slipway_raise_trap
    .type slipway_raise_trap, @function
    .p2align 4
slipway_raise_trap:
    .cfi_startproc
    .globl slipway_raise_trap_pc
    .hidden slipway_raise_trap_pc
slipway_raise_trap_pc:
    ud2
    .cfi_endproc
    .size slipway_raise_trap, . - slipway_raise_trap

    .section .note.GNU-stack, "", @progbits
