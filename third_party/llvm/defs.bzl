"""Compiler options for code that includes LLVM 22's headers."""

LLVM_COPTS = [
    "-isystem/usr/include/llvm-22",
    "-isystem/usr/include/llvm-c-22",
    "-D_GNU_SOURCE",
    "-D__STDC_CONSTANT_MACROS",
    "-D__STDC_FORMAT_MACROS",
    "-D__STDC_LIMIT_MACROS",
    # LLVM is built without RTTI.
    "-fno-rtti",
]
