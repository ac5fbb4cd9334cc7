"""Programs for WASI, built with Debian's wasi-libc and libc++, or without any."""

load("@rules_cc//cc:defs.bzl", "cc_binary")

_HEADERS = [
    "calls.h",
    "//tests/posix:check.h",
]

def _compile(name, src, out, command):
    native.genrule(
        name = name,
        testonly = True,
        srcs = [src] + _HEADERS,
        outs = [out],
        cmd = command + " -I. -O2 -Wall -o $@ $(location %s)" % src,
    )

def wasi_program(name, src):
    """NAME.wasm from a C or C++ source, with its standard library.

    Args:
      name: of the module without ".wasm"; the rule is NAME_wasm.
      src: the source.
    """
    cxx = src.endswith(".cc")
    _compile(
        name + "_wasm",
        src,
        name + ".wasm",
        ("clang++-22 -std=c++20 -fno-exceptions" if cxx else "clang-22 -std=gnu11 -D_GNU_SOURCE") +
        # What newer compilers call wasm32-wasip1; Debian's library is here.
        " --target=wasm32-wasi -Wno-deprecated",
    )

def freestanding_program(name, src, bits, flags = ""):
    """NAME.wasm from a C source that calls WASI functions without a library.

    Args:
      name: of the module without ".wasm"; the rule is NAME_wasm.
      src: the source.
      bits: of an address, 32 or 64.
      flags: for the compiler.
    """
    _compile(
        name + "_wasm",
        src,
        name + ".wasm",
        "clang-22 --target=wasm%d-unknown-unknown -nostdlib -ffreestanding %s" % (bits, flags),
    )

def wasi_test(name, src, args = [], input = ""):
    """Tests that a program prints the same natively and under WASI.

    Args:
      name: of the test without "_test".
      src: the program's source.
      args: its arguments.
      input: its standard input, a pipe.
    """
    cc_binary(
        name = name,
        testonly = True,
        srcs = [src] + (["//tests/posix:check.h"] if src.endswith(".c") else []),
        copts = ["-D_GNU_SOURCE"],
    )
    wasi_program(name, src)
    native.sh_test(
        name = name + "_test",
        size = "medium",
        srcs = ["run_both.sh"],
        args = [
            "$(location //runtime/cli:slipway)",
            "$(location //runtime/compiler:slipway-compiler)",
            "$(location :%s)" % name,
            "$(location :%s_wasm)" % name,
            "'%s'" % input,
        ] + ["'%s'" % arg for arg in args],
        data = [
            ":" + name,
            ":" + name + "_wasm",
            "//runtime/cli:slipway",
            "//runtime/compiler:slipway-compiler",
        ],
    )
