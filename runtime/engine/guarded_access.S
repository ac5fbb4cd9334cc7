// See guarded_access.h. Each routine answers 0 when it succeeded; a fault
// between slipway_guarded_begin and slipway_guarded_end resumes at
// slipway_guarded_fault, with every register as it was.

    .text
    .globl slipway_guarded_begin
    .hidden slipway_guarded_begin
slipway_guarded_begin:

// int slipway_guarded_copy(to=rdi, from=rsi, size=rdx)
    .globl slipway_guarded_copy
    .hidden slipway_guarded_copy
    .type slipway_guarded_copy, @function
slipway_guarded_copy:
    .cfi_startproc
    xorl %eax, %eax
    cmpq $32, %rdx
    ja 4f
    cmpq $16, %rdx
    jae 3f
    cmpq $8, %rdx
    jae 2f
    cmpq $4, %rdx
    jae 1f
    movq %rdx, %rcx
    rep movsb
    retq
// Structs of calls: two words that may overlap, both loaded before either is
// stored. (String instructions take tens of cycles to start.)
1:  movl (%rsi), %ecx
    movl -4(%rsi,%rdx), %r8d
    movl %ecx, (%rdi)
    movl %r8d, -4(%rdi,%rdx)
    retq
2:  movq (%rsi), %rcx
    movq -8(%rsi,%rdx), %r8
    movq %rcx, (%rdi)
    movq %r8, -8(%rdi,%rdx)
    retq
3:  movups (%rsi), %xmm0
    movups -16(%rsi,%rdx), %xmm1
    movups %xmm0, (%rdi)
    movups %xmm1, -16(%rdi,%rdx)
    retq
4:  movq %rdx, %rcx
    rep movsb
    xorl %eax, %eax
    retq
    .cfi_endproc
    .size slipway_guarded_copy, . - slipway_guarded_copy

// int slipway_guarded_load32(from=rdi, uint32_t* value=rsi)
    .globl slipway_guarded_load32
    .hidden slipway_guarded_load32
    .type slipway_guarded_load32, @function
slipway_guarded_load32:
    .cfi_startproc
    movl (%rdi), %ecx
    movl %ecx, (%rsi)
    xorl %eax, %eax
    retq
    .cfi_endproc
    .size slipway_guarded_load32, . - slipway_guarded_load32

// int slipway_guarded_load64(from=rdi, uint64_t* value=rsi)
    .globl slipway_guarded_load64
    .hidden slipway_guarded_load64
    .type slipway_guarded_load64, @function
slipway_guarded_load64:
    .cfi_startproc
    movq (%rdi), %rcx
    movq %rcx, (%rsi)
    xorl %eax, %eax
    retq
    .cfi_endproc
    .size slipway_guarded_load64, . - slipway_guarded_load64

    .globl slipway_guarded_end
    .hidden slipway_guarded_end
slipway_guarded_end:

    .globl slipway_guarded_fault
    .hidden slipway_guarded_fault
slipway_guarded_fault:
    .cfi_startproc
    movl $1, %eax
    retq
    .cfi_endproc

    .section .note.GNU-stack, "", @progbits
