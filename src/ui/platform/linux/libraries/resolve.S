/* Jumps to functions of libraries that are loaded when the first of them is called; see build.rs beside this file. */

/* Called by a jump's first use with the name in r11 and the slot in r10, both of which a function may destroy. Every register that can
   hold an argument is kept, so that the function finds what its caller gave it. */
    .section .text.shell_toolkit_resolve, "ax", @progbits
    .hidden shell_toolkit_resolve
    .globl shell_toolkit_resolve
    .type shell_toolkit_resolve, @function
shell_toolkit_resolve:
    .cfi_startproc
    pushq %rbp
    .cfi_def_cfa_offset 16
    .cfi_offset %rbp, -16
    movq %rsp, %rbp
    .cfi_def_cfa_register %rbp
    /* The callee's stack must be a multiple of 16; a jump left it 8 short of that, the push mended it. */
    subq $192, %rsp
    movq %rdi, (%rsp)
    movq %rsi, 8(%rsp)
    movq %rdx, 16(%rsp)
    movq %rcx, 24(%rsp)
    movq %r8, 32(%rsp)
    movq %r9, 40(%rsp)
    movq %rax, 48(%rsp)
    movq %r10, 56(%rsp)
    movups %xmm0, 64(%rsp)
    movups %xmm1, 80(%rsp)
    movups %xmm2, 96(%rsp)
    movups %xmm3, 112(%rsp)
    movups %xmm4, 128(%rsp)
    movups %xmm5, 144(%rsp)
    movups %xmm6, 160(%rsp)
    movups %xmm7, 176(%rsp)
    movq %r11, %rdi
    call shell_resolve_symbol
    movq %rax, %r11
    movq (%rsp), %rdi
    movq 8(%rsp), %rsi
    movq 16(%rsp), %rdx
    movq 24(%rsp), %rcx
    movq 32(%rsp), %r8
    movq 40(%rsp), %r9
    movq 48(%rsp), %rax
    movq 56(%rsp), %r10
    movups 64(%rsp), %xmm0
    movups 80(%rsp), %xmm1
    movups 96(%rsp), %xmm2
    movups 112(%rsp), %xmm3
    movups 128(%rsp), %xmm4
    movups 144(%rsp), %xmm5
    movups 160(%rsp), %xmm6
    movups 176(%rsp), %xmm7
    /* Two threads may come here for one name; both write the same address. */
    movq %r11, (%r10)
    leave
    .cfi_def_cfa %rsp, 8
    jmp *%r11
    .cfi_endproc
    .size shell_toolkit_resolve, . - shell_toolkit_resolve

    .section .note.GNU-stack, "", @progbits

/* One function: a jump through its slot, the slot, and where the slot leads at first. Sections of their own let the linker drop what nothing
   calls. Hidden, so that the libraries find each other's functions and never these. */
    .macro jump_through_slot name
    .section .text.jump.\name, "ax", @progbits
    .hidden \name
    .globl \name
    .type \name, @function
\name:
    jmp *.Lslot.\name(%rip)
    .size \name, . - \name
.Lfirst.\name:
    leaq .Lname.\name(%rip), %r11
    leaq .Lslot.\name(%rip), %r10
    jmp shell_toolkit_resolve
    .section .data.jump.\name, "aw", @progbits
    .balign 8
.Lslot.\name:
    .quad .Lfirst.\name
    .section .rodata.jump.\name, "a", @progbits
.Lname.\name:
    .asciz "\name"
    .endm

