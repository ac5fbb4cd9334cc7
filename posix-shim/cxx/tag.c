/* What C++'s exceptions are thrown with, by all modules of a program: LLVM only
 * refers to it. */
__asm__(
    ".globl __cpp_exception\n"
    ".tagtype __cpp_exception i64\n"
    "__cpp_exception:\n");
