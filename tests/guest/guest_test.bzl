"""guest_test: builds one C source for the guest, runs it, checks the outcome."""

load("@rules_cc//cc:defs.bzl", "cc_binary")
load("//toolchain/bazel:wasm_binary.bzl", "wasm_binary")

def guest_program(name, testonly = True, **kwargs):
    """NAME.wasm from NAME.c.

    Args:
      name: of the source without ".c"; the module is NAME_wasm.
      testonly: as of every rule.
      **kwargs: for wasm_binary.
    """
    cc_binary(
        name = name,
        testonly = testonly,
        srcs = [name + ".c"],
        copts = [
            "-D_GNU_SOURCE",
            # So that frames are where the source has them.
            "-fno-optimize-sibling-calls",
            "-Wno-infinite-recursion",
        ],
        linkopts = [
            "-pthread",
            "-lm",
        ],
        # Only for the guest: it may use what the host's compiler lacks.
        tags = ["manual"],
    )
    wasm_binary(
        name = name + "_wasm",
        testonly = testonly,
        binary = ":" + name,
        out = name + ".wasm",
        **kwargs
    )

def guest_test(name, module, status = 0, patterns = [], subcommand = "run"):
    """Tests a module's exit status and output.

    Args:
      name: of the test.
      module: label of a wasm_binary.
      status: expected, as a shell reports it (128 + signal).
      patterns: regular expressions (grep) that the output must match.
      subcommand: of slipway.
    """
    native.sh_test(
        name = name,
        size = "small",
        srcs = ["run_guest.sh"],
        args = [
            "$(location //runtime/cli:slipway)",
            "$(location //runtime/compiler:slipway-compiler)",
            "$(location %s)" % module,
            subcommand,
            str(status),
        ] + ["'%s'" % pattern for pattern in patterns],
        data = [
            module,
            "//runtime/cli:slipway",
            "//runtime/compiler:slipway-compiler",
        ],
    )
