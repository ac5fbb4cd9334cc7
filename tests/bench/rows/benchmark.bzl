"""Benchmarks of rows: one source, timed natively and as a guest, in turns."""

load("@rules_cc//cc:defs.bzl", "cc_binary")
load("//toolchain/bazel:wasm_binary.bzl", "wasm_binary")
load("//tests/cxx:cxx_test.bzl", "NATIVE_LIBCXX", "cxx_build")

def row_benchmark(name, srcs):
    """Makes NAME, to `bazel run`, and NAME_smoke_test.

    Args:
      name: of the benchmark.
      srcs: C files that define row_groups (row.h).
    """
    cc_binary(
        name = name + "_native",
        testonly = True,
        srcs = srcs + [
            "//tests/bench/rows:main.c",
            "//tests/bench/rows:row.h",
        ],
        copts = [
            "-D_GNU_SOURCE",
            "-std=gnu11",
        ],
        linkopts = ["-pthread"],
    )
    wasm_binary(
        name = name + "_guest",
        testonly = True,
        binary = ":%s_native" % name,
        out = name + ".wasm",
    )
    _compare(name, "glibc")

def row_benchmark_cxx(name, srcs, hdrs):
    """As row_benchmark, of C++ sources, with libc++ on both sides.

    Args:
      name: of the benchmark.
      srcs: C++ files that define row_groups (row.h).
      hdrs: their headers.
    """
    for kind, out in {
        "native": name + "_native",
        "guest": name + ".wasm",
    }.items():
        cxx_build(
            name,
            kind,
            srcs = srcs + hdrs + [
                "//tests/bench/rows:main.c",
                "//tests/bench/rows:row.h",
            ],
            out = out,
            options = [
                "-O2 -Wall -I. -pthread -o $@",
                "-x c $(execpath //tests/bench/rows:main.c)",
                "-x c++",
            ] + ["$(execpath %s)" % file for file in srcs] +
                      (NATIVE_LIBCXX if kind == "native" else []),
        )
    _compare(name, "libc++")

def _compare(name, native_name):
    args = [
        "--slipway",
        "$(rootpath //runtime/cli:slipway)",
        "--module",
        "$(rootpath :%s.wasm)" % name,
        "--native",
        "%s=$(rootpath :%s_native)" % (native_name, name),
    ]
    data = [
        ":%s.wasm" % name,
        ":%s_native" % name,
        "//runtime/cli:slipway",
        "//runtime/compiler:slipway-compiler",
        "//tests/bench:figures.py",
    ]
    native.sh_binary(
        name = name,
        testonly = True,
        srcs = ["//tests/bench/rows:compare.py"],
        args = args,
        data = data,
    )

    # That it still runs: every row, once. Asserts nothing about time.
    native.sh_test(
        name = name + "_smoke_test",
        size = "medium",
        srcs = ["//tests/bench/rows:compare.py"],
        args = args + [
            "--rounds=1",
            "--milliseconds=1",
            "--json=-",
        ],
        data = data,
    )
