"""The sysroot, in parts: each is a directory that one script makes.

    sysroot_part(
        name = "libc",
        script = "build_libc.sh",
        srcs = ["@musl//:tree"],
        roots = {"@musl//:VERSION": "MUSL"},
        parts = {":headers": "HEADERS"},
    )

The script finds all it needs by the variables that it is given, with OUT for
the directory to make. A part is made again when something changes that it names.
"""

def _sysroot_part_impl(ctx):
    out = ctx.actions.declare_directory(ctx.label.name)
    variables = {"OUT": out.path, "PASSES": ctx.file._passes.path}
    for target, variable in ctx.attr.roots.items():
        variables[variable] = target.files.to_list()[0].dirname
    for target, variable in ctx.attr.parts.items():
        variables[variable] = target.files.to_list()[0].path
    ctx.actions.run_shell(
        outputs = [out],
        inputs = ctx.files.srcs + ctx.files.roots + ctx.files.parts,
        tools = [ctx.file.script] + ([ctx.file._passes] if ctx.attr.passes else []),
        command = " ".join(
            ["%s=%s" % item for item in variables.items()] + [ctx.file.script.path],
        ),
        mnemonic = "Sysroot",
        progress_message = ctx.attr.message,
        use_default_shell_env = True,
    )
    return [DefaultInfo(files = depset([out]), runfiles = ctx.runfiles([out]))]

sysroot_part = rule(
    implementation = _sysroot_part_impl,
    attrs = {
        "script": attr.label(allow_single_file = True, mandatory = True),
        "srcs": attr.label_list(allow_files = True, doc = "What it reads."),
        "roots": attr.label_keyed_string_dict(
            allow_files = True,
            doc = "A file in the root of a tree, and the variable for its directory.",
        ),
        "parts": attr.label_keyed_string_dict(
            doc = "Another part, and the variable for it.",
        ),
        "passes": attr.bool(doc = "Whether it compiles with PASSES (//posix-shim/passes)."),
        "message": attr.string(mandatory = True, doc = "What is shown meanwhile."),
        "_passes": attr.label(
            allow_single_file = True,
            cfg = "host",
            default = "//posix-shim/passes:guest_passes.so",
        ),
    },
)
