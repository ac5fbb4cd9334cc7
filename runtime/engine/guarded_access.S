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

// int slipway_guarded_string(to=rdi, from=rsi, size=rdx, size_t* length=rcx)
// Copies up to and with the first NUL, and stores how far it came without it;
// `size` when there is none. Blocks are aligned, so none of them reaches into a
// page that holds no byte of the string. What is beyond the NUL in `to` is
// anything.
    .globl slipway_guarded_string
    .hidden slipway_guarded_string
    .type slipway_guarded_string, @function
slipway_guarded_string:
    .cfi_startproc
    movq %rsi, %r9                 // where we are
    leaq (%rsi,%rdx), %r10         // the end
    pxor %xmm1, %xmm1
// A byte at a time, until a block starts.
1:  cmpq %r10, %r9
    je 5f
    testb $15, %r9b
    je 3f
2:  movzbl (%r9), %r8d
    movb %r8b, (%rdi)
    testl %r8d, %r8d
    je 5f
    incq %r9
    incq %rdi
    jmp 1b
// A block, unless it is longer than what is left.
3:  leaq 16(%r9), %r11
    cmpq %r10, %r11
    ja 2b
    movdqa (%r9), %xmm0
    movdqu %xmm0, (%rdi)
    pcmpeqb %xmm1, %xmm0
    pmovmskb %xmm0, %r8d
    testl %r8d, %r8d
    jne 4f
    movq %r11, %r9
    addq $16, %rdi
    cmpq %r10, %r9
    jne 3b
    jmp 5f
4:  bsfl %r8d, %r8d
    addq %r8, %r9
5:  subq %rsi, %r9
    movq %r9, (%rcx)
    xorl %eax, %eax
    retq
    .cfi_endproc
    .size slipway_guarded_string, . - slipway_guarded_string

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
