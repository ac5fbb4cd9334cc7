"""Ports: upstream trees built by their own build systems, with their own suites.

    slipway_autotools_port(
        name = "zlib",
        tree = "@zlib//:tree",
        root = "@zlib//:configure",
    )

    slipway_port_suite(
        name = "suite",
        port = "zlib",
        command = "make test QEMU_RUN=$LAUNCHER",
    )

A port is built by what a user has (//toolchain:sdk), outside of Bazel's rules;
`NAME.tar` holds the tree as built, and `NAME_installed.tar`, if `install` says how, what
other programs are built against. slipway_make_port, slipway_autotools_port and
slipway_cmake_port differ in what is called, slipway_cc_port calls nothing; each also
makes `NAME_native`, the same for this machine. A suite is a test of the one, and
`NAME_native` of the other: what fails natively says nothing of the guest.

With `--define=port_ccache=DIR --sandbox_writable_path=DIR` the compilers use a cache of
ccache's in DIR, so that the build of a large tree, when it is interrupted or begun anew,
goes on where it was.
"""

load("//toolchain/bazel:wasm_binary.bzl", "wasm_binary")

_MOVE = "//toolchain/bazel:move_port.sh"

# What //toolchain:install.sh puts together, in the order of its arguments.
INSTALLATION = [
    "//toolchain:install.sh",
    "//toolchain:sdk",
    "//toolchain/package:documents",
    "//runtime/cli:slipway",
    "//runtime/compiler:slipway-compiler",
]

def _port_impl(ctx):
    arguments = ctx.actions.args()
    arguments.add(ctx.outputs.out)
    arguments.add(ctx.file.root)
    arguments.add(ctx.attr.system)
    arguments.add(ctx.file._sdk if ctx.attr.guest else "-")
    arguments.add(ctx.var.get("port_ccache", "-"))
    arguments.add_joined(ctx.files.needs, join_with = ":", omit_if_empty = False)
    arguments.add_all(ctx.attr.arguments)
    arguments.add("--")
    arguments.add_all(ctx.attr.targets)
    outputs = [ctx.outputs.out]
    if ctx.outputs.installed:
        outputs.append(ctx.outputs.installed)
        arguments.add("--")
        arguments.add(ctx.outputs.installed)
        arguments.add_all(ctx.attr.install)
    ctx.actions.run(
        outputs = outputs,
        inputs = ctx.files.tree + ctx.files.needs +
                 ([ctx.file._sdk] if ctx.attr.guest else []),
        executable = ctx.executable._build,
        arguments = [arguments],
        tools = [ctx.executable._move],
        mnemonic = "SlipwayPort",
        progress_message = "Building %s with its own build system" % ctx.label,
        use_default_shell_env = True,
    )
    return [DefaultInfo(files = depset([ctx.outputs.out]))]

_port = rule(
    implementation = _port_impl,
    attrs = {
        "tree": attr.label(mandatory = True, doc = "All files of the upstream tree."),
        "root": attr.label(
            allow_single_file = True,
            mandatory = True,
            doc = "A file in the root of the tree; the configure script, if there is one.",
        ),
        "system": attr.string(values = ["make", "autotools", "cmake"]),
        "guest": attr.bool(doc = "For the guest, or native."),
        "arguments": attr.string_list(
            doc = "Of make, of the configure script, or of cmake.",
        ),
        "targets": attr.string_list(
            doc = "What to build, and more arguments of make; default: as always.",
        ),
        "install": attr.string_list(doc = "Targets of make that heed DESTDIR."),
        "needs": attr.label_list(
            allow_files = [".tar"],
            doc = "What other ports have installed (NAME_installed.tar).",
        ),
        "out": attr.output(mandatory = True),
        "installed": attr.output(doc = "What they install, from the root on."),
        "_build": attr.label(
            default = "//toolchain/bazel:build_port.sh",
            allow_single_file = True,
            executable = True,
            cfg = "host",
        ),
        "_move": attr.label(
            default = _MOVE,
            allow_single_file = True,
            executable = True,
            cfg = "host",
        ),
        "_sdk": attr.label(
            default = "//toolchain:sdk",
            allow_single_file = True,
            cfg = "host",
        ),
    },
)

def _both(name, system, native_arguments, arguments, install = [], needs = [], **kwargs):
    for suffix, guest, given in [
        ("", True, arguments),
        ("_native", False, arguments if native_arguments == None else native_arguments),
    ]:
        _port(
            name = name + suffix,
            out = name + suffix + ".tar",
            arguments = given,
            guest = guest,
            install = install,
            needs = [port + suffix + "_installed.tar" for port in needs],
            installed = name + suffix + "_installed.tar" if install else None,
            system = system,
            tags = ["manual"],
            **kwargs
        )

def slipway_make_port(name, arguments = [], native_arguments = None, **kwargs):
    """By a makefile; CC and the others are in the environment."""
    _both(name, "make", native_arguments, arguments, **kwargs)

def slipway_autotools_port(name, arguments = [], native_arguments = None, **kwargs):
    """By a configure script, then make."""
    _both(name, "autotools", native_arguments, arguments, **kwargs)

def slipway_cmake_port(name, arguments = [], native_arguments = None, **kwargs):
    """By CMake and Ninja, in tree/build."""
    _both(name, "cmake", native_arguments, arguments, **kwargs)

def slipway_cc_port(name, programs):
    """By Bazel's own rules, for upstreams that come with lists of their sources.

    Args:
      name: the tree as built has the programs alone.
      programs: cc_binary targets.
    """
    for program in programs:
        wasm_binary(
            name = "%s_%s" % (name, Label(program).name),
            testonly = True,
            out = "%s_programs/%s" % (name, Label(program).name),
            binary = program,
            tags = ["manual"],
        )
    for suffix, built in [
        ("", ["%s_programs/%s" % (name, Label(program).name) for program in programs]),
        ("_native", programs),
    ]:
        native.genrule(
            name = name + suffix,
            testonly = True,
            srcs = built,
            outs = [name + suffix + ".tar"],
            cmd = "tar chf $@ --sort=name --owner=0 --group=0 --numeric-owner " +
                  "--transform='s,.*/,tree/,' $(SRCS)",
            tags = ["manual"],
        )

def _quoted(command):
    return "'%s'" % command.replace("$", "$$").replace("'", "'\\''")

def slipway_port_suite(
        name,
        port,
        command,
        data = [],
        exclusions = None,
        size = "large",
        tags = []):
    """An upstream suite, in the guest and natively.

    Args:
      name: of the test; NAME_native, which is manual, is the one to compare with.
      port: the name of a port in this package.
      command: of bash, in the tree as built. $LAUNCHER runs a module.
      data: what else the command finds in $TEST_SRCDIR.
      exclusions: a CSV file of what is known to fail in the guest: name, reason,
        since. The command has the names in $EXCLUDED; natively there are none.
      size: of the test.
      tags: ["manual"] for what takes more than a minute.
    """
    native.sh_test(
        name = name,
        size = size,
        # Each program of a suite is compiled for the machine first, which takes long
        # on a busy one.
        timeout = "eternal",
        srcs = ["//toolchain/bazel:port_suite.sh"],
        args = ["$(rootpath %s)" % _MOVE, "$(rootpath %s.tar)" % port] +
               ["$(rootpath %s)" % part for part in INSTALLATION] +
               ["--", _quoted(command)] +
               (["$(rootpath %s)" % exclusions] if exclusions else []),
        data = [_MOVE, port + ".tar"] + INSTALLATION + data +
               ([exclusions] if exclusions else []),
        tags = tags,
    )
    native.sh_test(
        name = name + "_native",
        size = size,
        srcs = ["//toolchain/bazel:port_suite.sh"],
        args = ["$(rootpath %s)" % _MOVE, "$(rootpath %s_native.tar)" % port] +
               ["--", _quoted(command)],
        data = [_MOVE, port + "_native.tar"] + data,
        tags = ["manual"],
    )
