"""posix_test: one C source, built natively and for the guest, run as both."""

load("@rules_cc//cc:defs.bzl", "cc_binary")
load("//toolchain/bazel:wasm_binary.bzl", "wasm_binary")

def posix_test(name, grants = [], args = [], fails = None, size = "small", tags = []):
    """Tests that NAME.c behaves the same natively and as a guest.

    Args:
      name: of the source without ".c"; the test is NAME_test.
      grants: options for slipway run besides a working directory.
      args: the program's arguments.
      fails: why the guest is known to fail; an unexpected success is an error.
      size: of the test.
      tags: of the test.
    """
    cc_binary(
        name = name,
        srcs = [
            "check.h",
            name + ".c",
        ],
        copts = [
            "-D_GNU_SOURCE",
            "-std=gnu11",
            # Some tests are about what a compiler warns of.
            "-Wno-format",
        ],
        linkopts = [
            "-pthread",
            "-lm",
        ],
        testonly = True,
    )
    wasm_binary(
        name = name + "_wasm",
        binary = ":" + name,
        out = name + ".wasm",
        testonly = True,
    )
    native.sh_test(
        name = name + "_test",
        size = size,
        srcs = ["run_both.sh"],
        args = (["--fails", "'%s'" % fails] if fails else []) + [
            "$(location //runtime/cli:slipway)",
            "$(location //runtime/compiler:slipway-compiler)",
            "$(location :%s)" % name,
            "$(location :%s_wasm)" % name,
        ] + grants + ["--"] + ["'%s'" % arg for arg in args],
        data = [
            ":" + name,
            ":" + name + "_wasm",
            "//runtime/cli:slipway",
            "//runtime/compiler:slipway-compiler",
        ],
        tags = tags,
    )
