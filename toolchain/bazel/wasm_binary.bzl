"""wasm_binary: a cc_binary, built for the guest.

    cc_binary(name = "hello", srcs = ["hello.c"])
    wasm_binary(name = "hello_wasm", binary = ":hello", out = "hello.wasm")

The binary and all it depends on are compiled by slipway-cc, whatever the
command line says: no flags are needed. Nor are any of ours taken over: the
warnings and options of the repository's own C++ code stay behind.
"""

def _guest_impl(settings, attr):
    return {
        "//command_line_option:cpu": "wasm64",
        "//command_line_option:compiler": "slipway-cc",
        "//command_line_option:crosstool_top": "//toolchain/bazel:guest",
        "//command_line_option:copt": ["-O2"],
        "//command_line_option:cxxopt": [],
        "//command_line_option:linkopt": [],
        "//command_line_option:features": [],
        "//command_line_option:dynamic_mode": "off",
        "//command_line_option:grte_top": None,
    }

_guest = transition(
    implementation = _guest_impl,
    inputs = [],
    outputs = [
        "//command_line_option:cpu",
        "//command_line_option:compiler",
        "//command_line_option:crosstool_top",
        "//command_line_option:copt",
        "//command_line_option:cxxopt",
        "//command_line_option:linkopt",
        "//command_line_option:features",
        "//command_line_option:dynamic_mode",
        "//command_line_option:grte_top",
    ],
)

def _wasm_binary_impl(ctx):
    out = ctx.outputs.out
    ctx.actions.symlink(output = out, target_file = ctx.executable.binary)
    return [DefaultInfo(files = depset([out]), runfiles = ctx.runfiles([out]))]

wasm_binary = rule(
    implementation = _wasm_binary_impl,
    attrs = {
        "binary": attr.label(
            mandatory = True,
            executable = True,
            cfg = _guest,
            doc = "A cc_binary.",
        ),
        "out": attr.output(mandatory = True, doc = "The module."),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
)
