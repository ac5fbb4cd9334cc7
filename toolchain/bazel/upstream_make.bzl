"""upstream_make: builds an upstream tree with its own makefile.

    upstream_make(
        name = "wasm",
        tree = "@redis//:tree",
        root = "@redis//:Makefile",
        guest = True,
        variables = {"MALLOC": "libc"},
        paths = ["src/redis-server"],
        outs = ["redis-server.wasm"],
    )

The tree is copied, `make` runs in the copy with CC, CXX, AR and RANLIB set
to Slipway's tools (guest) or to clang-22 and LLVM's (not guest), and the named
files are taken out. Nothing is patched. What the program is built against, other
ports as installed, is below $(SLIPWAY_PORTS), which variables can name.
"""

_SCRIPT = """
set -euo pipefail
execroot=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -rL {root} "$work/tree"
chmod -R u+w "$work/tree"
mkdir "$work/bin"
{tools}
export PATH=$work/bin:$PATH
export SLIPWAY_PORTS=$work/ports
mkdir "$SLIPWAY_PORTS"
for port in {ports}; do
  tar -xf "$port" -C "$SLIPWAY_PORTS"
done
# Nothing of this machine or this moment in what is built.
export CFLAGS="-ffile-prefix-map=$work/tree=. -ffile-prefix-map=$execroot=. -ffile-prefix-map=$SLIPWAY_PORTS= {cflags}"
export SOURCE_DATE_EPOCH=1
if ! make -C "$work/tree" -j"$(nproc)" {targets} {variables} > "$work/log" 2>&1
then
  cat "$work/log" >&2
  exit 1
fi
{take}
"""

_GUEST_TOOLS = """
for tool in cc c++ ar ranlib nm strip; do
  ln -s "$execroot/{driver}" "$work/bin/slipway-$tool"
done
export SLIPWAY_SYSROOT=$execroot/{sysroot}
"""

_GUEST_VARIABLES = {
    "CC": "slipway-cc",
    "CXX": "slipway-c++",
    "AR": "slipway-ar",
    "RANLIB": "slipway-ranlib",
}

_NATIVE_VARIABLES = {
    "CC": "clang-22",
    "CXX": "clang++-22",
    "AR": "llvm-ar-22",
    "RANLIB": "llvm-ranlib-22",
}

def _quote(text):
    return "'" + text.replace("'", "'\\''") + "'"

def _upstream_make_impl(ctx):
    variables = dict(_GUEST_VARIABLES if ctx.attr.guest else _NATIVE_VARIABLES)
    variables.update(ctx.attr.variables)
    inputs = ctx.files.tree + ctx.files.ports
    tools = []
    tool_commands = ""
    if ctx.attr.guest:
        inputs += ctx.files._sysroot
        tools = [ctx.executable._driver]
        tool_commands = _GUEST_TOOLS.format(
            driver = ctx.executable._driver.path,
            sysroot = ctx.files._sysroot[0].path,
        )
    if len(ctx.attr.paths) != len(ctx.outputs.outs):
        fail("paths and outs must correspond", "outs")
    take = ""
    for path, file in zip(ctx.attr.paths, ctx.outputs.outs):
        take += "cp \"$work/tree/%s\" %s\n" % (path, file.path)
    ctx.actions.run_shell(
        outputs = ctx.outputs.outs,
        inputs = inputs,
        tools = tools,
        command = _SCRIPT.format(
            root = ctx.file.root.dirname,
            tools = tool_commands,
            cflags = ctx.attr.cflags,
            targets = " ".join(ctx.attr.targets),
            variables = " ".join([_quote(k + "=" + v) for k, v in variables.items()]),
            ports = " ".join([_quote(file.path) for file in ctx.files.ports]),
            take = take,
        ),
        mnemonic = "UpstreamMake",
        progress_message = "Building %s with its makefile" % ctx.label,
        use_default_shell_env = True,
    )
    return [DefaultInfo(
        files = depset(ctx.outputs.outs),
        runfiles = ctx.runfiles(ctx.outputs.outs),
    )]

upstream_make = rule(
    implementation = _upstream_make_impl,
    attrs = {
        "tree": attr.label(mandatory = True, doc = "All files of the upstream tree."),
        "root": attr.label(
            allow_single_file = True,
            mandatory = True,
            doc = "A file in the root of the tree.",
        ),
        "guest": attr.bool(mandatory = True, doc = "For the guest, or native."),
        "targets": attr.string_list(doc = "Of make; default: its first."),
        "variables": attr.string_dict(doc = "Of make, on its command line."),
        "ports": attr.label_list(
            allow_files = [".tar"],
            doc = "NAME_installed.tar of slipway_make_port and its like.",
        ),
        "cflags": attr.string(doc = "More for the environment's CFLAGS."),
        "paths": attr.string_list(
            mandatory = True,
            doc = "What to take out of the built tree.",
        ),
        "outs": attr.output_list(
            mandatory = True,
            doc = "Where to put it, in the order of paths.",
        ),
        "_driver": attr.label(
            default = "//toolchain/driver:slipway-cc",
            executable = True,
            cfg = "host",
        ),
        "_sysroot": attr.label(
            default = "//posix-shim:sysroot",
            cfg = "host",
        ),
    },
)
