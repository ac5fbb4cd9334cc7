"""fuzz_target: a libFuzzer program, its bounded run as a test, and a build of
it that measures coverage. A transition instruments all that the program is
made of, so that a fuzzer depends on ordinary libraries."""

load("@rules_cc//cc:defs.bzl", "cc_binary")

_COPT = "//command_line_option:copt"
_LINKOPT = "//command_line_option:linkopt"

_COMMON = ["-fsanitize=fuzzer-no-link", "-g"]
_SANITIZERS = ["-fsanitize=address,undefined"]
_SANITIZER_COPTS = ["-fno-sanitize-recover=all"]
_COVERAGE = ["-fprofile-instr-generate"]
_COVERAGE_COPTS = ["-fcoverage-mapping"]

def _instrument(settings, attr):
    flags = _COVERAGE if attr.coverage else _SANITIZERS
    return {
        _COPT: settings[_COPT] + _COMMON + flags +
               (_COVERAGE_COPTS if attr.coverage else _SANITIZER_COPTS),
        _LINKOPT: settings[_LINKOPT] + flags,
    }

_instrumented = transition(
    implementation = _instrument,
    inputs = [_COPT, _LINKOPT],
    outputs = [_COPT, _LINKOPT],
)

def _instrumented_binary_impl(ctx):
    program = ctx.attr.program[0]
    output = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.symlink(
        output = output,
        target_file = ctx.executable.program,
        is_executable = True,
    )
    return [DefaultInfo(
        executable = output,
        runfiles = program[DefaultInfo].default_runfiles,
    )]

_instrumented_binary = rule(
    implementation = _instrumented_binary_impl,
    attrs = {
        "coverage": attr.bool(),
        "program": attr.label(executable = True, cfg = _instrumented),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
    executable = True,
)

def fuzz_target(name, srcs, deps, seeds = [], args = [], size = "medium", **kwargs):
    """Declares NAME, NAME_test and NAME_coverage.

    Args:
      name: the fuzzer, for //tests/fuzz:long.
      srcs: of a libFuzzer program.
      deps: ordinary libraries.
      seeds: files that the test starts from.
      args: of every run of the test.
      size: of the test.
      **kwargs: to every target.
    """
    cc_binary(
        name = name + "_program",
        testonly = True,
        srcs = srcs,
        linkopts = ["-fsanitize=fuzzer"],
        tags = ["manual"],
        deps = deps,
    )
    for suffix in ["", "_coverage"]:
        _instrumented_binary(
            name = name + suffix,
            testonly = True,
            coverage = suffix != "",
            program = name + "_program",
            tags = ["manual"],
            **kwargs
        )
    native.sh_test(
        name = name + "_test",
        size = size,
        srcs = [name],
        args = ["-seed=1"] + args + ([
            "-seed_inputs=" + ",".join(["$(rootpath %s)" % seed for seed in seeds]),
        ] if seeds else []),
        data = seeds,
        **kwargs
    )
