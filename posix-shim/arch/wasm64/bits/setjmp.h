/* What posix-shim/src/setjmp/setjmp.c keeps: see struct jump there. */
typedef unsigned long __jmp_buf[8];
